"""Two entries of one donor: suggested, looked at beside each other, merged, and parted again."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.donor_changes import choices
from aid.domain.permissions import Permission
from aid.domain.wishes import WISH_TITLES
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.donors import DonorSearchForm, SeenForm, WhyForm, taken_of
from aid.perform import perform
from aid.queries import donor_pages, donor_twins, donors
from aid.queries.donor_pages import DonorPage
from aid.queries.resealing import findable
from aid.security import allow, current_actor
from aid.services.donors.merging import Merging, merge_donors, part_donors, tell_apart

bp = Blueprint("donor_merges", __name__, url_prefix="/donors/merges")
MERGED = _("The entry that you opened was merged into this donor meanwhile.")


@bp.get("/")
@allow(Permission.RECORD_DONATIONS)
def index() -> ResponseReturnValue:
    """Donors who may be one, and why."""
    ids = [request.args.get(name, type=UUID) for name in ("after", "then")]
    after = (ids[0], ids[1]) if ids[0] and ids[1] else None
    found = donor_twins.twins(reading(), actor=current_actor(), after=after)
    lost = findable(reading(), actor=current_actor()).left
    return render_template("donors/twins.html", found=found, lost=lost)


@bp.route("/with/<uuid:donor_id>", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def search(donor_id: UUID) -> ResponseReturnValue:
    """Look for the other entry of a donor."""
    page, form = _page(donor_id), DonorSearchForm()
    found = donors.donors(reading(), actor=current_actor(), name=form.name) if form.validate_on_submit() else None
    return render_template("donors/merge_with.html", page=page, form=form, found=found)


@bp.route("/<uuid:kept_id>/<uuid:other_id>", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def merge(kept_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Both entries beside each other: which goes on, and whose word is taken where they differ."""
    if one := _one_already(kept_id, other_id):
        flash(say(_("These are one donor already.")), "info")
        return redirect(url_for("donors.show", donor_id=one))
    kept, other = _page(kept_id), _page(other_id)
    form = SeenForm(data={"version": kept.row.version, "other_version": other.row.version})
    if form.validate_on_submit():
        with blamed_on(form):
            order = Merging(kept_id, form.version.data, other_id, form.other_version.data, taken_of(request.form))
            merged = perform(form.idempotency_key, merge_donors, actor=current_actor(), order=order)
            flash(say(_("They are one donor now.")), "success")
            return redirect(url_for("donors.show", donor_id=merged.kept_id))
        form.version.data, form.other_version.data = kept.row.version, other.row.version
    return render_template(
        "donors/merge.html",
        kept=kept,
        other=other,
        form=form,
        choices=choices(kept.row.details, other.row.details),
        taken=taken_of(request.form),
        wishes=WISH_TITLES,
        unions={page.row.details.union_id: page.row.union for page in (kept, other)},
    )


@bp.post("/<uuid:one_id>/<uuid:other_id>/apart")
@allow(Permission.RECORD_DONATIONS)
def apart(one_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Two donors who look alike are two: they are not suggested again."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        perform(form.idempotency_key, tell_apart, actor=current_actor(), one_id=one_id, other_id=other_id)
        flash(say(_("They stay two donors, and are not suggested again.")), "success")
    return redirect(url_for(".index"))


@bp.route("/<uuid:merge_id>/part", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def part(merge_id: UUID) -> ResponseReturnValue:
    """Undo a merge, for a reason, while nothing rests on it."""
    found = donor_pages.merge(reading(), actor=current_actor(), merge_id=merge_id)
    if found is None:
        kept = donor_pages.kept_by(reading(), merge_id=merge_id) or abort(404)
        flash(say(_("They are two again already.")), "info")
        return redirect(url_for("donors.show", donor_id=kept))
    form, (row, kept_id) = WhyForm(), found
    if form.validate_on_submit():
        with blamed_on(form):
            reason = str(form.reason.data)
            key = form.idempotency_key
            parted = perform(key, part_donors, actor=current_actor(), merge_id=merge_id, reason=reason)
            flash(say(_("They are two donors again.")), "success")
            return redirect(url_for("donors.show", donor_id=parted.kept_id))
    return render_template("donors/part.html", row=row, kept_id=kept_id, form=form)


def _one_already(*ids: UUID) -> UUID | None:
    """Whoever stands for all of these, where it is one donor."""
    rows = (donors.donor(reading(), actor=current_actor(), donor_id=id_) for id_ in ids)
    found = {row.id if row else None for row in rows}
    return found.pop() if len(found) == 1 else None


def _page(donor_id: UUID) -> DonorPage:
    page = donor_pages.donor_page(reading(), actor=current_actor(), donor_id=donor_id)
    if page is None:
        abort(404)
    if page.row.id != donor_id:
        flash(say(MERGED), "info")
        abort(redirect(url_for("donors.show", donor_id=page.row.id)))
    return page
