"""Cards with families' codes: printed for one family, or for all that have none yet."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file
from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.cards import Card, cards_pdf
from aid.documents.keeping import kept_forms
from aid.domain.permissions import Permission
from aid.extensions import reading
from aid.forms.base import KomekForm
from aid.forms.cards import CardsForm
from aid.perform import perform
from aid.queries import families, papers
from aid.queries.cards import without_card
from aid.security import allow, current_actor
from aid.services.cards import PrintedCards, print_cards

bp = Blueprint("cards", __name__, url_prefix="/families")


@bp.route("/cards", methods=["GET", "POST"])
@allow(Permission.REGISTER_FAMILIES)
def index() -> ResponseReturnValue:
    """Families without a card; those ticked are printed."""
    page = without_card(reading(), actor=current_actor(), after=request.args.get("after", type=UUID))
    form = CardsForm(page=page)
    if form.validate_on_submit():
        with blamed_on(form):
            return _pdf(perform(form.key_of_choice, print_cards, actor=current_actor(), codes=form.codes()))
    return render_template("families/cards.html", page=page, form=form)


@bp.post("/<string(length=9):code>/card")
@allow(Permission.REGISTER_FAMILIES)
def one(code: str) -> ResponseReturnValue:
    """One family's card."""
    family = families.family(reading(), actor=current_actor(), code=code) or abort(404)
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        return _pdf(perform(form.idempotency_key, print_cards, actor=current_actor(), codes=(family.code,)))
    return redirect(url_for("families.show", code=code))


def _pdf(printed: PrintedCards) -> Response:
    """The cards, sent as they are made and kept nowhere, under a name that says nothing."""
    cards = [Card(code, language, title, printed.demo) for code, language, title in printed.cards]
    return kept_file(cards_pdf(cards, style=papers.style(reading()), kept=kept_forms()), "cards.pdf")
