"""The ledger: the fund's money at a glance, and the entries behind each figure."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.domain.permissions import Permission
from aid.extensions import reading
from aid.queries import ledger
from aid.security import allow, current_actor

bp = Blueprint("ledger", __name__, url_prefix="/ledger")


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """What each purpose received and has left, and where the money is."""
    return render_template("ledger/index.html", books=ledger.books(reading(), actor=current_actor()))


@bp.get("/entries")
@allow(Permission.SEE_MONEY)
def entries() -> ResponseReturnValue:
    """Entries, the latest first: all, those of an account, or those between two."""
    account, against = request.args.get("account", type=UUID), request.args.get("against", type=UUID)
    before = request.args.get("before", type=place)
    found = ledger.entries(reading(), actor=current_actor(), account_id=account, against=against, before=before)
    if found is None:
        abort(404)
    return render_template("ledger/entries.html", found=found, account=account, against=against)
