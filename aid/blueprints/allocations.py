"""Allocations: the list, proposing a round after its preview, computing it anew, taking it back."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import moment, place
from aid.blueprints._refusals import blamed_on
from aid.blueprints._voting import WORDS
from aid.documents.amounts import in_words
from aid.domain.allocations import AllocationKind
from aid.domain.entitlement import SHORTAGE_TITLES, Terms
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.allocations import ChooseForm, ProposeForm
from aid.forms.base import KomekForm
from aid.perform import look, perform
from aid.queries import allocations as queries
from aid.queries import histories, programmes
from aid.security import allow, current_actor
from aid.services.allocations import Preview, preview, preview_again, propose, repropose, withdraw
from aid.services.rounds import NO_TERMS

WRITTEN_ANEW = {
    AllocationKind.GRANT: "proposals.grant",
    AllocationKind.PURCHASE: "proposals.purchase",
    AllocationKind.TRANSFER: "proposals.transfer",
}
"""Where a proposal that is no round is written anew; a round is computed."""

bp = Blueprint("allocations", __name__, url_prefix="/allocations")


@bp.get("/")
@allow(Permission.SEE_ALLOCATIONS)
def index() -> ResponseReturnValue:
    """All allocations, the newest first."""
    found = queries.allocations(reading(), actor=current_actor(), before=request.args.get("before", type=place))
    more = found[-1].number if len(found) == queries.PAGE else None
    return render_template("allocations/index.html", allocations=found, more=more, may=current_actor().may, **WORDS)


@bp.get("/<uuid:allocation_id>")
@allow(Permission.SEE_ALLOCATIONS)
def show(allocation_id: UUID) -> ResponseReturnValue:
    """One allocation, by family codes."""
    allocation, after = _found(allocation_id), request.args.get("after", default=0, type=place)
    lines = queries.lines(reading(), actor=current_actor(), allocation_id=allocation_id, after=after)
    more = lines[-1].n if len(lines) == queries.PAGE and lines[-1].n < allocation.families else None
    before, actor = request.args.get("told", type=moment), current_actor()
    told = histories.of_allocation(reading(), actor=actor, now=now(), allocation_id=allocation_id, before=before)
    shown = {"allocation": allocation, "lines": lines, "more": more, "told": told}
    return render_template(
        "allocations/show.html", **shown, actor=actor, again=WRITTEN_ANEW.get(allocation.kind), **WORDS
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def new() -> ResponseReturnValue:
    """Choose a programme, and see what it would give today."""
    found = programmes.programmes(reading(), actor=current_actor())
    form = ChooseForm(programme_id=request.args.get("programme"), programmes=[(row.id, row.titles) for row in found])
    if form.validate_on_submit():
        return _preview_of(form.chosen)
    return render_template("allocations/new.html", form=form, programmes=found), 409 if form.errors else 200


@bp.post("/of/<uuid:programme_id>")
@allow(Permission.PROPOSE)
def put(programme_id: UUID) -> ResponseReturnValue:
    """Put a round to the committee as its preview showed it; who comes from trying it out sees the preview first."""
    form = ProposeForm()
    terms = form.chosen_terms
    if "seen" not in request.form:
        return _preview_of(programme_id, terms=terms)
    if form.validate_on_submit():
        with blamed_on(form):
            proposed = perform(
                form.idempotency_key,
                propose,
                actor=current_actor(),
                programme_id=programme_id,
                seen=form.digest,
                terms=terms,
            )
            flash(say(_("Allocation no. %(number)s is put to the committee.", number=proposed.number)), "success")
            return redirect(url_for(".show", allocation_id=proposed.allocation_id))
    return _preview_of(programme_id, form, terms=terms)


def _preview_of(programme_id: UUID, form: ProposeForm | None = None, *, terms: Terms = NO_TERMS) -> ResponseReturnValue:
    """What a programme would give today. Facts are opened, and that is recorded."""
    programme = programmes.programme(reading(), actor=current_actor(), programme_id=programme_id)
    if programme is None:
        abort(404)
    seen = look(preview, actor=current_actor(), programme_id=programme_id, terms=terms)
    put_to = url_for(".put", programme_id=programme_id)
    return _previewed(programme, seen, form, action=put_to, cancel=url_for(".new"))


@bp.route("/<uuid:allocation_id>/recompute", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def recompute(allocation_id: UUID) -> ResponseReturnValue:
    """Compute an open allocation anew: asked first, then previewed, then put in the old one's place."""
    allocation = _found(allocation_id)
    if not allocation.is_open or allocation.programme_id is None:
        return redirect(url_for(".show", allocation_id=allocation_id))
    form = ProposeForm() if "seen" in request.form else KomekForm()
    if not form.validate_on_submit():
        return render_template("allocations/recompute.html", form=form, allocation=allocation)
    if isinstance(form, ProposeForm):
        with blamed_on(form):
            perform(
                form.idempotency_key, repropose, actor=current_actor(), allocation_id=allocation_id, seen=form.digest
            )
            flash(say(_("The allocation is computed anew. Votes given before count no more.")), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    programme = programmes.programme(reading(), actor=current_actor(), programme_id=allocation.programme_id)
    assert programme is not None, "a round has its programme"
    seen = look(preview_again, actor=current_actor(), allocation_id=allocation_id)
    return _previewed(
        programme,
        seen,
        form if isinstance(form, ProposeForm) else None,
        action=url_for(".recompute", allocation_id=allocation_id),
        cancel=url_for(".show", allocation_id=allocation_id),
        instead_of=allocation,
    )


def _previewed(
    programme: programmes.ProgrammePage,
    seen: Preview,
    form: ProposeForm | None,
    *,
    action: str,
    cancel: str,
    instead_of: queries.AllocationPage | None = None,
) -> ResponseReturnValue:
    """The figures, with a form that carries what was seen."""
    shown = form or ProposeForm(formdata=None)
    shown.seen.data = shown.seen.raw_data = None
    shown.seen.data, shown.terms.data = seen.digest, seen.terms.text()
    page = render_template(
        "allocations/preview.html",
        form=shown,
        programme=programme,
        preview=seen,
        shared=SHORTAGE_TITLES[seen.terms.shortage],
        spelled=in_words(seen.total, Language(language())),
        action=action,
        cancel=cancel,
        instead_of=instead_of,
    )
    return page, 409 if shown.errors else 200


@bp.route("/<uuid:allocation_id>/withdraw", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def take_back(allocation_id: UUID) -> ResponseReturnValue:
    """Withdraw an open allocation, after asking once."""
    allocation, form = _found(allocation_id), KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, withdraw, actor=current_actor(), allocation_id=allocation_id)
            flash(say(_("Allocation no. %(number)s is withdrawn.", number=allocation.number)), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    return render_template("allocations/withdraw.html", form=form, allocation=allocation), 409 if form.errors else 200


def _found(allocation_id: UUID) -> queries.AllocationPage:
    allocation = queries.allocation(reading(), actor=current_actor(), allocation_id=allocation_id)
    if allocation is None:
        abort(404)
    return allocation
