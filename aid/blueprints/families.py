"""Families: search first, then register; open a file with a reason, correct it, confirm it."""

from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints import _households
from aid.blueprints._frame import may_be_provisional
from aid.domain.codes import grouped, is_family_code
from aid.domain.consent import CONSENT_WORDINGS, LATEST_WORDING
from aid.domain.families import CIRCUMSTANCE_TITLES, FAMILY_STATE_TITLES, KINSHIP_TITLES, FamilyState
from aid.domain.families.life import REASON_TITLES
from aid.domain.families.words import HISTORY_TITLES
from aid.domain.languages import OWN_NAMES
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.families import (
    ConfirmForm,
    CorrectionForm,
    FamilyForm,
    Meanwhile,
    OpenForm,
    RegistrationForm,
    SearchForm,
    Written,
    taken_of,
    typed_at_first,
    typed_from,
    typed_of,
)
from aid.perform import look, perform
from aid.queries import families, withdrawals
from aid.queries.families import FamilyPage
from aid.queries.recovery import is_provisional
from aid.security import allow, current_actor
from aid.services.confirmations import confirm as confirm_family
from aid.services.families import ChangedMeanwhile, LooksLike, OpenedFile, Registered, open_file, register
from aid.services.families import correct as correct_family
from aid.services.family_index import find_families

bp = Blueprint("families", __name__, url_prefix="/families")

Form = TypeVar("Form", bound=FamilyForm)

STATE_TONES = {FamilyState.REGISTERED: "waits", FamilyState.CONFIRMED: "good", FamilyState.WITHDRAWN: "quiet"}
WORDS: dict[str, Any] = {
    "state_titles": FAMILY_STATE_TITLES,
    "state_tones": STATE_TONES,
    "kinship_titles": KINSHIP_TITLES,
    "circumstance_titles": CIRCUMSTANCE_TITLES,
    "own_names": OWN_NAMES,
    "history_titles": HISTORY_TITLES,
    "reason_titles": REASON_TITLES,
}


@bp.route("/", methods=["GET", "POST"])
@allow(Permission.SEARCH_FAMILIES)
def index() -> ResponseReturnValue:
    """Search, and what it found. What was sought stays out of the address."""
    form, found = SearchForm(), None
    if form.validate_on_submit():
        try:
            found = look(find_families, actor=current_actor(), text=form.text)
        except RuleBroken as refusal:
            form.blame(refusal)
    shown = {"form": form, "found": found, "by_code": is_family_code(form.text)}
    return render_template("families/index.html", **shown, may=current_actor().may, **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.REGISTER_FAMILIES)
def new() -> ResponseReturnValue:
    """Register a family, unless it looks like one that is there; a sample one while the fund is provisional."""
    if may_be_provisional() and is_provisional(reading()):
        return redirect(url_for("samples.new"))
    if request.method == "GET" or "start" in request.form:
        return _registration(_new_form())
    form = _form(RegistrationForm)
    if form.rearrange(request.form) or not form.validate():
        return _registration(form)
    try:
        outcome = perform(form.idempotency_key, register, actor=current_actor(), order=form.registration())
    except RuleBroken as refusal:
        form.blame(refusal)
        return _registration(form)
    match outcome:
        case Registered(code=code):
            return redirect(url_for(".show", code=code, registered=1))  # said there: a flash would be one more write
        case LooksLike(codes):
            form.ask_about(codes)
            return _registration(form)


@bp.get("/waiting")
@allow(Permission.CONFIRM_FAMILIES)
def waiting() -> ResponseReturnValue:
    """Families that wait for somebody's second word."""
    after = request.args.get("after", type=UUID)
    found = families.waiting(reading(), actor=current_actor(), after=after)
    return render_template("families/waiting.html", found=found)


@bp.get("/<string(length=9):code>")
@allow(Permission.SEE_FAMILIES)
def show(code: str) -> ResponseReturnValue:
    """A family in the clear: code, state, places, who did what."""
    family = _family(code)
    return _shown(family, OpenForm(actor=current_actor(), family=family))


@bp.get("/<string(length=9):code>/open", endpoint="again")
@bp.get("/<string(length=9):code>/correct", endpoint="again")
@bp.get("/<string(length=9):code>/confirm", endpoint="again")
@allow(Permission.SEE_FAMILIES)
def again(code: str) -> ResponseReturnValue:
    """A file opens for a reason given anew: who comes back by its address, or chose a language there, starts here."""
    return redirect(url_for(".show", code=code))


@bp.post("/<string(length=9):code>/open")
@allow(Permission.OPEN_FILES)
def open_(code: str) -> ResponseReturnValue:
    """Open the family's file, and go on with what it was opened for."""
    family = _family(code)
    form = OpenForm(actor=current_actor(), family=family)
    if not form.validate():
        return _shown(family, form)
    opened = look(open_file, actor=current_actor(), family_id=family.id, why=form.why.data)
    match form.why.data:
        case "correct":
            return _correction(family, _form(CorrectionForm, typed_from(opened)))
        case "confirm":
            return _confirmation(family, opened, ConfirmForm(formdata=None, data={"version": opened.version}))
        case "life" | "split" | "move" | "return" as why:
            return _households.at_first(family, opened, why=why)
        case _:
            return render_template("families/file.html", family=family, opened=opened, today=now().today, **WORDS)


@bp.post("/<string(length=9):code>/correct")
@allow(Permission.REGISTER_FAMILIES)
def correct(code: str) -> ResponseReturnValue:
    """Write down what is right; where somebody was quicker, line by line what of both."""
    family, form = _family(code), _form(CorrectionForm)
    if form.rearrange(request.form) or not form.validate():
        return _correction(family, form)
    try:
        base, theirs = Written.read(form.base.data), Written.read(form.theirs.data)
        mine = form.written()
    except RuleBroken as refusal:
        form.blame(refusal)
        return _correction(family, form)
    if base and theirs:
        try:
            mine = Meanwhile(base, theirs, mine).settled(taken_of(request.form))
        except RuleBroken as refusal:
            return _overtaken(family, Meanwhile(base, theirs, mine), version=form.version.data, refusal=refusal)
    try:
        order = form.correction(family.id, mine)
        done = perform(form.idempotency_key, correct_family, actor=current_actor(), order=order)
    except ChangedMeanwhile as refusal:
        opened = look(open_file, actor=current_actor(), family_id=family.id, why="correct")
        if began := theirs or base:
            return _overtaken(family, Meanwhile(began, Written.of(opened), mine), version=opened.version)
        form.blame(refusal)
    except RuleBroken as refusal:
        form.blame(refusal)
    else:
        waits = _("Family %(code)s is corrected. It waits to be confirmed again.", code=grouped(code))
        stands = _("Family %(code)s is corrected, and stays confirmed.", code=grouped(code))
        flash(say(waits if done.waits else stands), "success")
        return redirect(url_for(".show", code=code))
    return _correction(family, form)


@bp.post("/<string(length=9):code>/confirm")
@allow(Permission.CONFIRM_FAMILIES)
def confirm(code: str) -> ResponseReturnValue:
    """Say that the family is real, as it was read."""
    family, form = _family(code), ConfirmForm()
    if not form.validate():
        opened = look(open_file, actor=current_actor(), family_id=family.id, why="confirm")
        return _confirmation(family, opened, form)
    order = {"family_id": family.id, "version": form.version.data}
    perform(form.idempotency_key, confirm_family, actor=current_actor(), **order)
    flash(say(_("Family %(code)s is confirmed.", code=grouped(code))), "success")
    return redirect(url_for(".waiting"))


def _shown(family: FamilyPage, form: OpenForm) -> ResponseReturnValue:
    """A family's page; of one that was erased only code and money are left."""
    actor = current_actor()
    departure = withdrawals.departure(reading(), actor=actor, family_id=family.id)
    sees_money = actor.may(Permission.SEE_VOUCHERS)
    vouchers = withdrawals.vouchers_of(reading(), actor=actor, family_id=family.id) if sees_money else ()
    return render_template(
        "families/show.html",
        family=family,
        form=form,
        departure=departure,
        vouchers=vouchers,
        may=actor.may,
        registered="registered" in request.args,
        **WORDS,
    )


def _family(code: str) -> FamilyPage:
    return families.family(reading(), actor=current_actor(), code=code) or abort(404)


def _new_form() -> RegistrationForm:
    """The form with nothing in it but what was sought."""
    places = families.places(reading(), actor=current_actor())
    sought = request.form.get("start", "")
    typed = typed_at_first(sought, localities=places.localities, points=places.points, today=now().today)
    return _form(RegistrationForm, typed, places)


def _form(kind: type[Form], typed: dict[str, Any] | None = None, places: families.Places | None = None) -> Form:
    """A form with this typed in; else with what the browser sent."""
    given = {"formdata": None, "data": typed} if typed is not None else {}
    here = places or families.places(reading(), actor=current_actor())
    return kind(localities=here.localities, points=here.points, today=now().today, **given)


def _registration(form: RegistrationForm) -> ResponseReturnValue:
    consent = CONSENT_WORDINGS.get(form.wording.data, CONSENT_WORDINGS[LATEST_WORDING])
    return render_template("families/new.html", form=form, consent=consent)


def _correction(family: FamilyPage, form: CorrectionForm) -> ResponseReturnValue:
    return render_template("families/correct.html", family=family, form=form)


def _overtaken(
    family: FamilyPage, meanwhile: Meanwhile, *, version: int, refusal: RuleBroken | None = None
) -> ResponseReturnValue:
    """What somebody else wrote beside what is typed here, to choose from, line by line; all that was typed stays."""
    typed = typed_of(meanwhile.mine, locality_id=family.locality_id, version=version)
    form = _form(CorrectionForm, {**typed, "base": meanwhile.base.text(), "theirs": meanwhile.theirs.text()})
    taken = taken_of(request.form)
    left = [say(line.title) for line in meanwhile.differences() if not (taken.get(line.key) or line.suggested)]
    if refusal:
        form.form_errors.append(
            _("Choose what is right: %(lines)s.", lines=", ".join(left)) if left else refusal.message
        )
    return render_template(
        "families/overtaken.html",
        family=family,
        form=form,
        differences=meanwhile.differences(),
        taken=taken,
        points=dict(form.point.choices),
        **WORDS,
    )


def _confirmation(family: FamilyPage, opened: OpenedFile, form: ConfirmForm) -> ResponseReturnValue:
    words = CONSENT_WORDINGS.get(opened.family.consent.wording, ())
    return render_template(
        "families/confirm.html", family=family, opened=opened, form=form, consent=words, today=now().today, **WORDS
    )
