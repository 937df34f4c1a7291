"""Messages of support: taken out of donors' words, looked at by somebody else, shown to families."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file
from aid.blueprints._frame import the_fund
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.documents.support import SupportSheet, sheet_pdf
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import Permission
from aid.domain.support import signature_of
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.support import AnswerForm, DownForm, TakeForm, written_in
from aid.perform import perform
from aid.queries import donors, support
from aid.queries.lines.line import line_page
from aid.queries.support import SupportRow, SupportState
from aid.queries.thanks_words import languages_added
from aid.security import allow, current_actor
from aid.services.support import refuse, release, take_down, take_message

bp = Blueprint("support", __name__, url_prefix="/support")


@bp.get("/")
@allow(Permission.SHOW_MESSAGES)
def index() -> ResponseReturnValue:
    """What families see, to be shown to them on this screen or printed as a sheet."""
    actor, chosen = current_actor(), _chosen()
    return render_template(
        "support/index.html",
        rows=support.shown(reading(), actor=actor, language=chosen),
        chosen=chosen,
        names=OWN_NAMES,
        may=actor.may,
    )


@bp.get("/sheet.pdf")
@allow(Permission.SHOW_MESSAGES)
def sheet() -> ResponseReturnValue:
    """A sheet to hang up where families come."""
    chosen, fund = _chosen(), the_fund()
    rows = support.shown(reading(), actor=current_actor(), language=chosen)
    if not rows or fund is None:
        abort(404)
    pdf = sheet_pdf(SupportSheet(Language(chosen), rows, demo=fund.demo))
    return kept_file(pdf, f"support-{chosen}.pdf")


@bp.get("/all")
@allow(Permission.TAKE_MESSAGES)
def taken() -> ResponseReturnValue:
    """All messages that were taken, whatever became of them."""
    before = request.args.get("before", type=place)
    found = support.messages(reading(), actor=current_actor(), before=before)
    return render_template("support/all.html", found=found, names=_names())


@bp.get("/waiting")
@allow(Permission.RELEASE_MESSAGES)
def waiting() -> ResponseReturnValue:
    """Messages that wait for a second look."""
    rows = support.waiting(reading(), actor=current_actor())
    return render_template("support/waiting.html", rows=rows, names=_names())


@bp.route("/take", methods=["GET", "POST"])
@allow(Permission.TAKE_MESSAGES)
def take() -> ResponseReturnValue:
    """Take words out of a bank line's text, or of a letter."""
    actor = current_actor()
    line_id, donor_id, same_as = (request.args.get(name, type=UUID) for name in ("line", "donor", "same_as"))
    line = line_page(reading(), actor=actor, now=now(), line_id=line_id) if line_id else None
    first = support.message(reading(), actor=actor, message_id=same_as) if same_as else None
    giver_id = donor_id or (support.giver_of(reading(), actor=actor, line_id=line_id) if line_id else None)
    if first and same_as:
        giver_id = support.donor_of(reading(), actor=actor, message_id=same_as)
    row = donors.donor(reading(), actor=actor, donor_id=giver_id) if giver_id else None
    if (line_id and line is None) or (same_as and first is None) or (donor_id and row is None):
        abort(404)
    text = line.line.payment.text if line and line.line.payment else ""
    form = TakeForm(languages=languages_added(reading()), data={"words": text})
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(donor_id=row.id if row else None, line_id=line_id, same_as=same_as)
            done = perform(form.idempotency_key, take_message, actor=actor, order=order)
            flash(say(_("Message %(number)s waits for a second look.", number=done.number)), "success")
            return redirect(url_for(".show", message_id=done.message_id))
    signature = signature_of(row.details) if row else None
    return render_template("support/take.html", form=form, line=line, row=row, first=first, signature=signature)


@bp.route("/<uuid:message_id>", methods=["GET"])
@allow(Permission.SHOW_MESSAGES)
def show(message_id: UUID) -> ResponseReturnValue:
    """One message, for who takes or releases them."""
    return render_template(
        "support/show.html", row=_row(message_id), form=AnswerForm(), names=_names(), actor=current_actor()
    )


@bp.post("/<uuid:message_id>/answer")
@allow(Permission.RELEASE_MESSAGES)
def answer(message_id: UUID) -> ResponseReturnValue:
    """Let families see a message, or keep it from them."""
    row, form, actor = _row(message_id), AnswerForm(), current_actor()
    if row.state is not SupportState.WAITS:
        flash(say(_("Somebody has answered message %(number)s already.", number=row.number)), "info")
        return redirect(url_for(".show", message_id=message_id))
    if form.validate_on_submit():
        with blamed_on(form):
            if form.answer.data == "show":
                perform(form.idempotency_key, release, actor=actor, message_id=message_id)
                flash(say(_("Families see message %(number)s from now on.", number=row.number)), "success")
            else:
                reason = str(form.reason.data or "")
                perform(form.idempotency_key, refuse, actor=actor, message_id=message_id, reason=reason)
                flash(say(_("Message %(number)s is kept from families.", number=row.number)), "success")
            return redirect(url_for(".waiting"))
    return render_template("support/show.html", row=row, form=form, names=_names(), actor=actor)


@bp.route("/<uuid:message_id>/take-down", methods=["GET", "POST"])
@allow(Permission.RELEASE_MESSAGES)
def down(message_id: UUID) -> ResponseReturnValue:
    """Let families see a message no more."""
    row, form = _row(message_id), DownForm()
    if row.state is not SupportState.SHOWN:
        flash(say(_("Families don’t see this message.")), "info")
        return redirect(url_for(".show", message_id=message_id))
    if form.validate_on_submit():
        with blamed_on(form):
            reason = str(form.reason.data)
            perform(form.idempotency_key, take_down, actor=current_actor(), message_id=message_id, reason=reason)
            flash(say(_("Families don’t see message %(number)s any more.", number=row.number)), "success")
            return redirect(url_for(".index"))
    return render_template("support/down.html", row=row, form=form)


def _row(message_id: UUID) -> SupportRow:
    return support.message(reading(), actor=current_actor(), message_id=message_id) or abort(404)


def _chosen() -> str:
    """The language that the page is to be in: one of Komek's."""
    asked = request.args.get("language", "")
    return asked if asked in set(Language) else language()


def _names() -> dict[str, str]:
    return dict(written_in(languages_added(reading())))
