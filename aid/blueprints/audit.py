"""The audit trail: what was done, by whom, and the hash that the chain ends with."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.domain.permissions import Permission
from aid.extensions import reading
from aid.queries.audit import audit_page
from aid.security import allow, current_actor

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
@allow(Permission.SEE_AUDIT)
def index() -> ResponseReturnValue:
    """The chain's lines, the newest first, a page at a time."""
    before = request.args.get("before", type=place)
    return render_template("audit/index.html", trail=audit_page(reading(), actor=current_actor(), before=before))
