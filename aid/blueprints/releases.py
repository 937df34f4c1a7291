"""Releasing figures for donors: what would be told and what not, how it is published, and what was withdrawn."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.documents.figures import figures_pdf
from aid.domain.figures.charts import drawn
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.figures import ChoiceForm, ReleaseForm, WithdrawForm
from aid.perform import perform
from aid.queries.figures.choice import choice
from aid.queries.figures.preview import Preview, months_to_tell, preview
from aid.queries.figures.published import number_of, numbered, releases
from aid.security import allow, current_actor
from aid.services.figures import ReleaseOrder, choose, withdraw
from aid.services.figures import release as release_figures

bp = Blueprint("releases", __name__, url_prefix="/releases")


@bp.get("/")
@allow(Permission.RELEASE_FIGURES)
def index() -> ResponseReturnValue:
    """What was released, how it is published, and what waits."""
    waiting, _first = months_to_tell(reading(), today=now().today)
    return render_template("releases/index.html", rows=releases(reading()), choice=choice(reading()), waiting=waiting)


@bp.route("/choice", methods=["GET", "POST"])
@allow(Permission.RELEASE_FIGURES)
def chosen() -> ResponseReturnValue:
    """Choose who may read released figures, and how old they must be."""
    form = ChoiceForm(now=choice(reading()))
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, choose, actor=current_actor(), **form.order())
            flash(say(_("It holds from now on.")), "success")
            return redirect(url_for(".index"))
    return render_template("releases/choice.html", form=form)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.RELEASE_FIGURES)
def new() -> ResponseReturnValue:
    """Exactly what would be published, beside what is kept back and why; and releasing it."""
    form, actor = ReleaseForm(), current_actor()
    found = preview(reading(), actor=actor, now=now())
    if form.validate_on_submit():
        seen = bytes.fromhex(str(form.seen.data))
        if done := number_of(reading(), sha256=seen):  # the same form, sent again
            return redirect(url_for("figures.one", number=done))
        with blamed_on(form):
            number = perform(form.idempotency_key, release_figures, actor=actor, order=_order(found, seen)).number
            flash(say(_("Release %(number)s is kept as it stands here.", number=number)), "success")
            return redirect(url_for("figures.one", number=number))
    form.seen.data = found.sha256.hex()
    return render_template(
        "releases/new.html", form=form, found=found, drawn=drawn(found.release), choice=choice(reading())
    )


@bp.route("/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.RELEASE_FIGURES)
def withdraw_one(number: int) -> ResponseReturnValue:
    """Show a release no more. Copies may be anywhere."""
    told, form = numbered(reading(), number), WithdrawForm()
    if told is None or told.withdrawn_at:
        return redirect(url_for(".index"))
    if form.validate_on_submit():
        with blamed_on(form):
            reason = str(form.reason.data)
            perform(form.idempotency_key, withdraw, actor=current_actor(), number=number, reason=reason)
            flash(say(_("Release %(number)s is shown no more.", number=number)), "success")
            return redirect(url_for(".index"))
    return render_template("releases/withdraw.html", form=form, told=told)


def _order(found: Preview, seen: bytes) -> ReleaseOrder:
    """What is released, printed in each language. Raises RuleBroken before the press runs for nothing."""
    if seen != found.sha256:
        raise RuleBroken(_("The figures are not any more what you looked at. Look at them again."))
    shown = drawn(found.release)
    return ReleaseOrder(sha256=seen, papers={lang.value: figures_pdf(shown, lang) for lang in Language})
