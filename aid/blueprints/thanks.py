"""Thanks: who waits for them, and the letters that give them."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.documents.letter import ThanksLetter, thanks_pdf
from aid.documents.thanking import letter_again, letters
from aid.domain.permissions import Permission
from aid.extensions import now, reading
from aid.forms.base import KomekForm
from aid.queries import thanks
from aid.security import allow, current_actor

bp = Blueprint("thanks", __name__, url_prefix="/thanks")


@bp.get("/")
@allow(Permission.THANK_DONORS)
def index() -> ResponseReturnValue:
    """Donations that wait for thanks, the oldest first."""
    after = request.args.get("after", type=place)
    found = thanks.backlog(reading(), actor=current_actor(), today=now().today, after=after)
    return render_template("thanks/index.html", found=found)


@bp.post("/<uuid:donation_id>")
@allow(Permission.THANK_DONORS)
def give(donation_id: UUID) -> ResponseReturnValue:
    """Thank for a donation: it leaves the list, and its letter comes as PDF."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    return _printed(letters(current_actor(), [donation_id], form.idempotency_key))


@bp.post("/<uuid:donation_id>/again")
@allow(Permission.THANK_DONORS)
def again(donation_id: UUID) -> ResponseReturnValue:
    """The letter of a donation thanked before, once more."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    return _printed(letter_again(current_actor(), donation_id, form.idempotency_key))


def _printed(found: tuple[ThanksLetter, ...]) -> ResponseReturnValue:
    name = f"thanks-{found[0].number}.pdf" if len(found) == 1 else "thanks.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(thanks_pdf(*found), mimetype="application/pdf", headers=headers)
