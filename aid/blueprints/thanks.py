"""Thanks: who waits for them, and the letters that give them."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.documents.letter import thanks_pdf
from aid.documents.thanks import letter_of
from aid.domain.permissions import Permission
from aid.extensions import now, reading
from aid.forms.base import KomekForm
from aid.perform import perform
from aid.queries import thanks
from aid.security import allow, current_actor
from aid.services.thanks import print_again, thank

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
    perform(form.idempotency_key, thank, actor=current_actor(), donation_id=donation_id)
    return _letter(donation_id)


@bp.post("/<uuid:donation_id>/again")
@allow(Permission.THANK_DONORS)
def again(donation_id: UUID) -> ResponseReturnValue:
    """The letter of a donation thanked before, once more."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, print_again, actor=current_actor(), donation_id=donation_id)
    return _letter(donation_id)


def _letter(donation_id: UUID) -> ResponseReturnValue:
    facts = thanks.letter_facts(reading(), actor=current_actor(), donation_id=donation_id)
    assert facts is not None, "it was thanked a moment ago"
    pdf = thanks_pdf(letter_of(facts))
    name = f"thanks-{facts.number}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})
