"""The committee's room: what waits for a vote, what it rests on, the vote itself, and the record of a decision."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.blueprints._voting import WORDS
from aid.documents.amounts import in_words
from aid.documents.decisions import decision_record
from aid.documents.record import record_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.quorum import Outcome
from aid.domain.words import Message, _
from aid.extensions import reading
from aid.formats import language, say
from aid.forms.committee import VoteForm
from aid.perform import look, perform
from aid.queries import allocations as queries
from aid.queries.committee import record_of
from aid.security import allow, current_actor
from aid.security.guessing import own_signing_key
from aid.services.committee import COMPUTED_ANEW, cast_vote, open_lines

bp = Blueprint("committee", __name__, url_prefix="/committee")

WHAT_CAME_OF_IT: dict[Outcome, Message] = {
    Outcome.OPEN: _("Your vote is signed and counted. The decision waits for other members."),
    Outcome.CARRIED: _("Your vote is signed, and the allocation is carried: its money is set aside for the families."),
    Outcome.REJECTED: _("Your vote is signed, and the allocation is rejected: nothing is given."),
}

CARRIED_FOR_POINTS = _(
    "Your vote is signed, and the allocation is carried. It is put into practice once the decision has rested."
)


@bp.get("/")
@allow(Permission.VOTE)
def index() -> ResponseReturnValue:
    """What waits for the committee, and what it decided."""
    found = queries.allocations(reading(), actor=current_actor(), before=request.args.get("before", type=place))
    more = found[-1].number if len(found) == queries.PAGE else None
    return render_template("committee/index.html", allocations=found, more=more, **WORDS)


@bp.get("/<uuid:allocation_id>")
@allow(Permission.VOTE)
def show(allocation_id: UUID) -> ResponseReturnValue:
    """One allocation with the facts it rests on. Whose facts were seen is recorded."""
    after = request.args.get("after", default=0, type=place)
    _found(allocation_id)
    opened = look(open_lines, actor=current_actor(), allocation_id=allocation_id, after=after)
    allocation = _found(allocation_id)
    return render_template(
        "committee/show.html",
        allocation=allocation,
        opened=opened,
        after=after,
        mine=allocation.by(current_actor().id),
        spelled=in_words(allocation.total, Language(language())),
        **WORDS,
    )


@bp.route("/<uuid:allocation_id>/vote", methods=["GET", "POST"])
@allow(Permission.VOTE)
def vote(allocation_id: UUID) -> ResponseReturnValue:
    """Vote on what was seen. The password opens the signing key for this one request."""
    allocation = _found(allocation_id)
    if request.method == "GET" and request.args.get("version", allocation.version, type=place) != allocation.version:
        flash(say(COMPUTED_ANEW), "warn")
        return redirect(url_for(".show", allocation_id=allocation_id))
    form = VoteForm(
        version=allocation.version, content_root=allocation.content_root.hex(), choice=request.args.get("choice")
    )
    if form.validate_on_submit():
        with blamed_on(form):
            signing = own_signing_key(current_actor(), form.password.data)
            voted = perform(
                form.idempotency_key,
                cast_vote,
                actor=current_actor(),
                order=form.order(allocation_id),
                signing=signing,
            )
            is_for_points = voted.decided is Outcome.CARRIED and not allocation.makes_vouchers
            flash(say(CARRIED_FOR_POINTS if is_for_points else WHAT_CAME_OF_IT[voted.decided]), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    page = render_template(
        "committee/vote.html",
        form=form,
        allocation=allocation,
        mine=allocation.by(current_actor().id),
        spelled=in_words(allocation.total, Language(language())),
        **WORDS,
    )
    return page, 409 if form.errors else 200


@bp.get("/<uuid:allocation_id>/record.pdf")
@allow(Permission.PRINT_RECORDS)
def record(allocation_id: UUID) -> ResponseReturnValue:
    """The disbursement record, in the reader's language."""
    values = record_of(reading(), actor=current_actor(), allocation_id=allocation_id)
    if values is None:
        abort(404)
    reader = Language(language())
    pdf = record_pdf(decision_record(values, reader), reader)
    return shown_file(pdf, f"record-{values.allocation.number}.pdf")


def _found(allocation_id: UUID) -> queries.AllocationPage:
    allocation = queries.allocation(reading(), actor=current_actor(), allocation_id=allocation_id)
    if allocation is None:
        abort(404)
    return allocation
