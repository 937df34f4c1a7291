"""Today is home: what waits for me, and what I did last."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.queries.keys import lacks_keys
from aid.queries.today import waiting_for
from aid.queries.today.lately import done_by
from aid.security import SIGNED_IN, allow, current_actor

bp = Blueprint("today", __name__)

FIRST_STEPS = (
    (Permission.HAND_OUT, "collections.new", _("Hand out")),
    (Permission.REGISTER_FAMILIES, "families.index", _("Find or register a family")),
    (Permission.RECORD_DONATIONS, "donations.new", _("Record a donation")),
    (Permission.PROPOSE, "allocations.new", _("Propose a round")),
)


@bp.get("/")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    """What waits, each with the way there, what a person mostly comes for, and what they did last."""
    actor, moment = current_actor(), now()
    return render_template(
        "today/index.html",
        waiting=waiting_for(reading(), actor=actor, now=moment),
        now=moment,
        steps=[(endpoint, title) for permission, endpoint, title in FIRST_STEPS if actor.may(permission)],
        keyless=lacks_keys(reading(), actor=actor),
        done=done_by(reading(), actor=actor),
    )
