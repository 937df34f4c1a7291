"""How the fund's papers look: what is set now, a preview before it is kept, and earlier looks."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._refusals import blamed_on
from aid.documents.keeping import kept_forms
from aid.documents.vouchers.fitting import check_fits, sample
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle, check_style
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.papers import LookForm
from aid.perform import perform
from aid.queries import papers as queries
from aid.readers.pictures import read_picture
from aid.security import allow, current_actor
from aid.services.papers import set_style

bp = Blueprint("papers", __name__, url_prefix="/vouchers/look")


@bp.route("/", methods=["GET", "POST"])
@allow(Permission.SET_LOOK)
def look() -> ResponseReturnValue:
    """The look that is in force, to be changed."""
    form = _form()
    if form.validate_on_submit():
        with blamed_on(form):
            style = _checked(form)
            actor = current_actor()
            perform(form.idempotency_key, set_style, actor=actor, style=style, seen=form.version)
            flash(say(_("The look is kept. Papers are printed in it from now on.")), "success")
            return redirect(url_for(".look"))
    return _page(form)


@bp.post("/sample")
@allow(Permission.SET_LOOK)
def preview() -> ResponseReturnValue:
    """A voucher of nobody in each language, in the look that was typed and is not kept yet."""
    form = _form()
    if form.validate_on_submit():
        with blamed_on(form):
            style = _checked(form)
            last_day = now().today
            vouchers = [sample(each, title=style.titles[each], last_day=last_day) for each in Language]
            pdf = voucher_sheets(vouchers, style=style, kept=kept_forms())
            return shown_file(pdf, "sample.pdf")
    return _page(form)


def _form() -> LookForm:
    versions = queries.versions(reading(), actor=current_actor())
    return LookForm(look=queries.style(reading()), seen=versions[0].version if versions else 0)


def _checked(form: LookForm) -> PaperStyle:
    """What was typed, checked by the rules and tried by the press. Raises RuleBroken beside its field."""
    brought = form.brought()
    try:
        picture = read_picture(brought) if brought is not None else None
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, "logo") from None
    style = form.style(picture)
    check_style(style)
    check_fits(style, kept=kept_forms())
    return style


def _page(form: LookForm) -> ResponseReturnValue:
    versions = queries.versions(reading(), actor=current_actor())
    has_logo = queries.style(reading()).logo is not None
    page = render_template("vouchers/look.html", form=form, versions=versions, has_logo=has_logo)
    return page, 409 if form.errors else 200
