"""Donors: looking for one, what they gave, what is written of them, and their wish never to be named."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import moment, place
from aid.blueprints._refusals import blamed_on, told_above
from aid.blueprints.donor_merges import MERGED
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.donor_changes import differences, settled
from aid.domain.mails import STATE_TITLES
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.wishes import WISH_TITLES
from aid.domain.words import _, n_
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.donors import (
    DonorForm,
    DonorSearchForm,
    SeenForm,
    WhyForm,
    read_text,
    text_of,
    typed_of,
    whose_of,
)
from aid.perform import perform
from aid.queries import donor_pages, donor_twins, donors, histories, support
from aid.queries.donors import DonorRow
from aid.queries.resealing import findable
from aid.queries.thanks_words import languages_added
from aid.security import allow, current_actor
from aid.services.donors.changing import DonorChangedMeanwhile, DonorCorrection, correct_donor, may_name, never_name
from aid.services.donors.entering import add_donor
from aid.services.donors.resealing import find_missing

bp = Blueprint("donors", __name__, url_prefix="/donors")


@bp.route("/", methods=["GET", "POST"])
@allow(Permission.SEE_DONORS)
def index() -> ResponseReturnValue:
    """The latest donors, or those sought. What was sought stays out of the address."""
    form, actor = DonorSearchForm(), current_actor()
    sought, before = "", request.args.get("before", type=UUID)
    if form.validate_on_submit():
        sought, before = form.name, form.place
    found = donors.donors(reading(), actor=actor, name=sought, before=before)
    pairs = donor_twins.twins(reading(), actor=actor, size=1).rows
    lost = findable(reading(), actor=actor).left if actor.may(Permission.RECORD_DONATIONS) else 0
    return render_template("donors/index.html", form=form, found=found, sought=sought, pairs=pairs, lost=lost)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def new() -> ResponseReturnValue:
    """Enter a donor who has not given yet, or a branch of a union."""
    union = request.args.get("union", type=UUID)
    at_first = {"data": {"kind": DonorKind.BRANCH.value, "union": str(union)}} if union else {}
    form = DonorForm(languages=languages_added(reading()), unions=_unions(), **at_first)
    if form.validate_on_submit():
        with blamed_on(form):
            entered = perform(form.idempotency_key, add_donor, actor=current_actor(), details=form.new_details())
            return redirect(url_for(".show", donor_id=entered.donor_id))
    return render_template("donors/new.html", form=form)


@bp.route("/find-anew", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def find_anew() -> ResponseReturnValue:
    """Make the donors' index anew after an update, a step with each sending; the page goes on by itself."""
    actor, form = current_actor(), KomekForm()
    if request.method == "POST":
        if not form.validate_on_submit():
            abort(400)
        with told_above():
            step = perform(form.idempotency_key, find_missing, actor=actor)
            if step.damaged:
                told = n_("%(num)s donor can’t be opened.", "%(num)s donors can’t be opened.", step.damaged)
                flash(say(told), "warn")
            return redirect(url_for(".find_anew", on=1 if step.done else None))
    far = findable(reading(), actor=actor)
    return render_template("donors/find_anew.html", far=far, form=form, goes_on=bool(request.args.get("on")))


@bp.get("/<uuid:donor_id>")
@allow(Permission.SEE_DONORS)
def show(donor_id: UUID) -> ResponseReturnValue:
    """One donor. Whoever was merged is shown as the one that was kept."""
    before, actor = request.args.get("gifts", type=place), current_actor()
    page = donor_pages.donor_page(reading(), actor=actor, donor_id=donor_id, before=before)
    if page is None:
        abort(404)
    if page.row.id != donor_id:
        return redirect(url_for(".show", donor_id=page.row.id))
    told = histories.of_donor(
        reading(), actor=actor, now=now(), donor_id=donor_id, before=request.args.get("told", type=moment)
    )
    return render_template(
        "donors/show.html",
        page=page,
        told=told,
        may=actor.may,
        titles=STATE_TITLES,
        wishes=WISH_TITLES,
        messages=support.messages_of(reading(), actor=actor, donor_id=donor_id),
    )


@bp.route("/<uuid:donor_id>/change", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def change(donor_id: UUID) -> ResponseReturnValue:
    """Write down what is right; where somebody was quicker, line by line what of both."""
    row = _row(donor_id)
    if request.method == "GET":
        return _change(row, _form(row.details, row.version, base=row.details))
    form = DonorForm(languages=languages_added(reading()), unions=_unions())
    if not form.validate():
        return _change(row, form)
    with blamed_on(form):
        mine, base, theirs = form.details(), read_text(form.base.data), read_text(form.theirs.data)
        if base and theirs:
            try:
                mine = settled(base, theirs, mine, taken=whose_of(request.form))
            except RuleBroken as refusal:
                return _overtaken(row, base, theirs, mine, refusal)
        try:
            order = DonorCorrection(donor_id, form.version.data, mine)
            perform(form.idempotency_key, correct_donor, actor=current_actor(), order=order)
        except DonorChangedMeanwhile:
            if (began := theirs or base) is None:
                raise
            return _overtaken(_row(donor_id), began, _row(donor_id).details, mine, None)
        flash(say(_("The donor is corrected.")), "success")
        return redirect(url_for(".show", donor_id=donor_id))
    return _change(row, form)


@bp.route("/<uuid:donor_id>/never-named", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def unname(donor_id: UUID) -> ResponseReturnValue:
    """The donor asks never to be named: what that takes off, and what it can't undo."""
    row, actor = _row(donor_id), current_actor()
    form = SeenForm(data={"version": row.version})
    if row.details.never_named:
        flash(say(_("This donor is never named already.")), "info")
        return redirect(url_for(".show", donor_id=donor_id))
    if form.validate_on_submit():
        with blamed_on(form):
            done = perform(form.idempotency_key, never_name, actor=actor, donor_id=donor_id, version=form.version.data)
            gone = done.lines + done.signatures
            flash(
                say(
                    n_(
                        "The donor is never named from now on. One line with their name is gone.",
                        "The donor is never named from now on. %(num)s lines with their name are gone.",
                        gone,
                    )
                    if gone
                    else _("The donor is never named from now on.")
                ),
                "success",
            )
            return redirect(url_for(".show", donor_id=donor_id))
    return render_template(
        "donors/unname.html",
        row=row,
        form=form,
        in_public=donor_pages.in_public(reading(), actor=actor, donor_id=donor_id),
        signed=[each for each in support.messages_of(reading(), actor=actor, donor_id=donor_id) if each.is_signed],
    )


@bp.route("/<uuid:donor_id>/may-be-named", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def rename(donor_id: UUID) -> ResponseReturnValue:
    """The donor may be named again, for a reason."""
    row = _row(donor_id)
    form = WhyForm(data={"version": row.version})
    if not row.details.never_named:
        flash(say(_("This donor may be named already.")), "info")
        return redirect(url_for(".show", donor_id=donor_id))
    if form.validate_on_submit():
        with blamed_on(form):
            what = {"donor_id": donor_id, "version": form.version.data, "reason": str(form.reason.data)}
            perform(form.idempotency_key, may_name, actor=current_actor(), **what)
            flash(say(_("The donor may be named again.")), "success")
            return redirect(url_for(".show", donor_id=donor_id))
    return render_template("donors/rename.html", row=row, form=form)


def _row(donor_id: UUID) -> DonorRow:
    row = donors.donor(reading(), actor=current_actor(), donor_id=donor_id)
    if row is None:
        abort(404)
    if row.id != donor_id:
        flash(say(MERGED), "info")
        abort(redirect(url_for(".show", donor_id=row.id)))
    return row


def _unions() -> tuple[DonorRow, ...]:
    return donors.unions(reading(), actor=current_actor())


def _form(details: DonorDetails, version: int, *, base: DonorDetails, theirs: DonorDetails | None = None) -> DonorForm:
    """The form with this typed in, and what it began from."""
    typed = typed_of(details, version=version) | {"base": text_of(base), "theirs": text_of(theirs) if theirs else ""}
    return DonorForm(languages=languages_added(reading()), unions=_unions(), formdata=None, data=typed)


def _change(row: DonorRow, form: DonorForm) -> ResponseReturnValue:
    return render_template("donors/change.html", row=row, form=form)


def _overtaken(
    row: DonorRow, base: DonorDetails, theirs: DonorDetails, mine: DonorDetails, refusal: RuleBroken | None
) -> ResponseReturnValue:
    """What somebody else wrote beside what is typed here, to choose from; all that was typed stays."""
    form = _form(mine, row.version, base=base, theirs=theirs)
    if refusal:
        form.form_errors.append(say(refusal.message))
    return render_template(
        "donors/overtaken.html",
        row=row,
        form=form,
        differences=differences(base, theirs, mine),
        taken=whose_of(request.form),
        wishes=WISH_TITLES,
        unions={union.id: union.details.name for union in _unions()},
    )
