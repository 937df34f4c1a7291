"""Help inside: what each role does, what holds for everybody, and what to do when something happens."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from aid.domain.guidance import FOR_EVERYBODY, GUIDES, TROUBLES
from aid.domain.permissions import ROLE_TITLES, Role
from aid.extensions import reading
from aid.queries.people import myself
from aid.security import SIGNED_IN, allow, current_actor

bp = Blueprint("help", __name__, url_prefix="/help")

WORDS: dict[str, Any] = {"for_everybody": FOR_EVERYBODY, "all_troubles": TROUBLES}


@bp.get("/")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    """One's own roles first, then trouble, then what the others do."""
    own = myself(reading(), actor=current_actor()).roles
    others = [role for role in Role if role not in own]
    return render_template("help/index.html", own=own, others=others, titles=ROLE_TITLES, guides=GUIDES, **WORDS)


@bp.get("/<role>")
@allow(SIGNED_IN)
def role(role: str) -> ResponseReturnValue:
    """One role on one page, to be printed."""
    if role not in set(Role):
        abort(404)
    return render_template("help/role.html", title=ROLE_TITLES[Role(role)], guide=GUIDES[Role(role)], **WORDS)
