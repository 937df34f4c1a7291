"""Today is home: what waits for me."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from aid.extensions import now, reading
from aid.queries.today import waiting_for
from aid.security import SIGNED_IN, allow, current_actor

bp = Blueprint("today", __name__)


@bp.get("/")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    """What waits, each with the way there."""
    waiting = waiting_for(reading(), actor=current_actor(), now=now())
    return render_template("today/index.html", waiting=waiting)
