"""Families that change: who came and went, partings, unions, moves and returns. Each begins with the open file."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints import _households as pages
from aid.blueprints._refusals import blamed_on
from aid.blueprints.families import WORDS
from aid.domain.codes import grouped
from aid.domain.consent import LATEST_WORDING
from aid.domain.families import Consent
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.families.life import BackForm, CameForm, GoneForm, JoinForm, OtherForm, PartForm, typed_of_pair
from aid.perform import look, perform
from aid.queries import families
from aid.queries.families import FamilyPage
from aid.security import allow, current_actor
from aid.services.families import ChangedMeanwhile, OpenedFile, open_file
from aid.services.families.joining import OpenedPair, join, open_pair
from aid.services.families.living import live
from aid.services.families.moving import move
from aid.services.families.parting import part
from aid.services.families.returning import come_back

bp = Blueprint("households", __name__, url_prefix="/families")


@bp.get("/<string(length=9):code>/came", endpoint="again")
@bp.get("/<string(length=9):code>/gone", endpoint="again")
@bp.get("/<string(length=9):code>/part", endpoint="again")
@bp.get("/<string(length=9):code>/move", endpoint="again")
@bp.get("/<string(length=9):code>/back", endpoint="again")
@bp.get("/<string(length=9):code>/join/both", endpoint="again")
@allow(Permission.SEE_FAMILIES)
def again(code: str) -> ResponseReturnValue:
    """A file opens for a reason given anew: who comes back by its address starts at the family."""
    return redirect(url_for("families.show", code=code))


@bp.post("/<string(length=9):code>/came")
@allow(Permission.REGISTER_FAMILIES)
def came(code: str) -> ResponseReturnValue:
    """Somebody was born into the family, or joined it."""
    family, form = _family(code), CameForm()
    order = {"family_id": family.id, "version": form.version.data}
    if form.validate() and _done(form, lambda: _do(form, live, **order, event=form.event())):
        return _back_to(
            family, _("It is written down. Family %(code)s waits to be confirmed again.", code=grouped(code))
        )
    opened = _opened(family, "life")
    _renew(form, opened)
    return pages.life(family, opened, came=form)


@bp.post("/<string(length=9):code>/gone")
@allow(Permission.REGISTER_FAMILIES)
def gone(code: str) -> ResponseReturnValue:
    """Somebody left the family, or died."""
    family = _family(code)
    opened = _opened(family, "life")
    form = GoneForm(members=opened.family.members)
    order = {"family_id": family.id, "version": form.version.data}
    if form.validate() and _done(form, lambda: _do(form, live, **order, event=form.event())):
        return _back_to(
            family, _("It is written down. Family %(code)s waits to be confirmed again.", code=grouped(code))
        )
    _renew(form, opened)
    return pages.life(family, opened, gone=form)


@bp.post("/<string(length=9):code>/part")
@allow(Permission.REGISTER_FAMILIES)
def split(code: str) -> ResponseReturnValue:
    """One family becomes two."""
    family = _family(code)
    opened = _opened(family, "split")
    form = PartForm(members=opened.family.members)
    if form.validate():
        parting = form.parting(today=now().today)
        order = {"family_id": family.id, "version": form.version.data, "parting": parting}
        made = _done(form, lambda: _do(form, part, **order))
        if made:
            new = grouped(made.new_code)
            flash(
                say(_("The new family is %(code)s. Tell it this code. Both wait to be confirmed.", code=new)), "success"
            )
            return redirect(url_for("families.show", code=made.new_code))
    _renew(form, opened)
    return pages.part(family, opened, form)


@bp.route("/<string(length=9):code>/join", methods=["GET", "POST"])
@allow(Permission.REGISTER_FAMILIES)
def other(code: str) -> ResponseReturnValue:
    """With which family it becomes one: both files open beside each other."""
    family, form = _family(code), OtherForm()
    if form.validate_on_submit():
        with blamed_on(form):
            pair = look(open_pair, actor=current_actor(), family_id=family.id, other_code=form.code())
            typed = typed_of_pair(pair, today=now().today)
            return pages.join(family, pair, JoinForm(pair=pair, formdata=None, data=typed), WORDS)
    return render_template("families/join.html", family=family, form=form)


@bp.post("/<string(length=9):code>/join/both")
@allow(Permission.REGISTER_FAMILIES)
def both(code: str) -> ResponseReturnValue:
    """Two families become one."""
    family = _family(code)
    pair = _pair(family)
    form = JoinForm(pair=pair)
    if form.validate():
        made = _done(form, lambda: _do(form, join, union=form.union(pair)))
        if made:
            said = _(
                "Family %(other)s left the fund, its people are in %(code)s.",
                other=grouped(pair.other_code),
                code=grouped(code),
            )
            return _back_to(family, said)
    _renew(form, pair)
    form.other_version.data = pair.other_version
    return pages.join(family, pair, form, WORDS)


@bp.post("/<string(length=9):code>/move")
@allow(Permission.REGISTER_FAMILIES)
def go(code: str) -> ResponseReturnValue:
    """A family lives or collects elsewhere."""
    family, form = _family(code), pages.move_form()
    if form.validate():
        made = _done(form, lambda: _do(form, move, order=form.move(family.id)))
        if made and made.is_mine:
            return _back_to(family, _("Family %(code)s moved. It waits to be confirmed there.", code=grouped(code)))
        if made:
            said = _("Family %(code)s moved. Its new place has its file now, and you no longer do.", code=grouped(code))
            flash(say(said), "success")
            return redirect(url_for("families.index"))
    opened = _opened(family, "move")
    _renew(form, opened)
    return pages.move(family, opened, form)


@bp.post("/<string(length=9):code>/back")
@allow(Permission.REGISTER_FAMILIES)
def returned(code: str) -> ResponseReturnValue:
    """A family that had left comes back."""
    family, form = _family(code), BackForm()
    consent = Consent(now().today, LATEST_WORDING)
    order = {"family_id": family.id, "version": form.version.data, "consent": consent}
    if form.validate() and _done(form, lambda: _do(form, come_back, **order)):
        return _back_to(
            family, _("Family %(code)s is in the fund again. Somebody else confirms it.", code=grouped(code))
        )
    return pages.back(family, form)


def _family(code: str) -> FamilyPage:
    return families.family(reading(), actor=current_actor(), code=code) or abort(404)


def _opened(family: FamilyPage, why: str) -> OpenedFile:
    return look(open_file, actor=current_actor(), family_id=family.id, why=why)


def _pair(family: FamilyPage) -> OpenedPair:
    form = OtherForm()
    try:
        return look(open_pair, actor=current_actor(), family_id=family.id, other_code=form.code())
    except NotAllowed:
        raise
    except RuleBroken:
        abort(404)


def _do(form: KomekForm, action: Callable[..., Any], **order: Any) -> Any:
    return perform(form.idempotency_key, action, actor=current_actor(), **order)


def _done(form: KomekForm, act: Callable[[], Any]) -> Any:
    """What was done; or nothing, and the form says why."""
    try:
        return act()
    except NotAllowed:
        raise
    except ChangedMeanwhile:
        form.blame(
            RuleBroken(_("Somebody changed this family meanwhile. Look at it again, and send the form once more."))
        )
    except RuleBroken as refusal:
        form.blame(refusal)
    return None


def _renew(form: Any, opened: OpenedFile | OpenedPair) -> None:
    """The file was shown anew, as it is now: that is what the form is about."""
    form.version.data = opened.version
    form.version.raw_data = None


def _back_to(family: FamilyPage, said: Message) -> ResponseReturnValue:
    flash(say(said), "success")
    return redirect(url_for("families.show", code=family.code))
