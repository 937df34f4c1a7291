"""The fund's own texts of thanks: what is used now, a new version with its preview, and all earlier ones."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.documents.letter import ThanksLetter
from aid.documents.thanks import letter_of, own_text
from aid.domain.codes import GIFT_DIGITS
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.thanks import PLACES, SPOKEN, ThanksText, check_text
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.thanks import ThanksTextForm
from aid.perform import perform
from aid.queries import thanks_words
from aid.queries.thanks_words import GiftFacts, TextVersion, the_giver
from aid.security import allow, current_actor
from aid.services.thanks.texts import write_text

bp = Blueprint("thanks_texts", __name__, url_prefix="/thanks/texts")


@bp.get("/")
@allow(Permission.THANK_DONORS)
def index() -> ResponseReturnValue:
    """Each language, and whether its text is the fund's own."""
    own = {version.text.language: version for version in thanks_words.texts(reading(), actor=current_actor())}
    brought = {language.value: OWN_NAMES[language] for language in Language}
    names = {**{language: version.text.own_name for language, version in own.items()}, **brought}
    return render_template("thanks/texts.html", names=names, own=own)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.THANK_DONORS)
def new() -> ResponseReturnValue:
    """A text in a language that Komek does not bring. One begins from the English one."""
    form = ThanksTextForm()
    return _answered(form, language=None, versions=())


@bp.route("/<language>", methods=["GET", "POST"])
@allow(Permission.THANK_DONORS)
def text(language: str) -> ResponseReturnValue:
    """The text that is used now, to be changed; it is shown as it will look before it is kept."""
    versions = thanks_words.versions_of(reading(), actor=current_actor(), language=language)
    if not versions and language not in SPOKEN:
        abort(404)
    latest = versions[0].text if versions else own_text(language)
    form = ThanksTextForm(text=latest, seen=len(versions), fixed=language)
    return _answered(form, language=language, versions=versions)


def _answered(form: ThanksTextForm, *, language: str | None, versions: tuple[TextVersion, ...]) -> ResponseReturnValue:
    shown: ThanksText | None = form.text() if language else None
    if form.validate_on_submit():
        with blamed_on(form):
            check_text(form.text())
            shown = form.text()
            if form.wants_to_keep:
                key, actor = form.idempotency_key, current_actor()
                perform(key, write_text, actor=actor, text=form.text(), seen=form.version)
                flash(say(_("The text is kept. It is used from now on.")), "success")
                return redirect(url_for(".index"))
    preview = _preview(shown) if shown and not form.errors else None
    return render_template(
        "thanks/text.html", form=form, language=language, versions=versions, preview=preview, places=PLACES
    )


def _preview(text: ThanksText) -> ThanksLetter:
    """The letter to a donor who is not there, of a gift that never came."""
    face = the_giver(reading())
    gift = GiftFacts(
        donation_id=face.id,
        number=1,
        amount=Money(25_000, "EUR"),
        purpose=face.names,
        received_on=now().today,
        corrections=0,
        language=text.language,
        text_id=None,
        text=text,
        donor=None,
        thanked_at=None,
    )
    return letter_of(gift, face, code="0" * GIFT_DIGITS, written_at=now().instant)
