"""The committee's meetings: called, gathered on one page, minuted, closed; and what is printed for them."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._meeting import WORDS, meeting_at
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.documents.ballots import ballots_pdf
from aid.documents.minutes import minutes_pdf
from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading, time_zone
from aid.formats import language, named, say
from aid.forms.base import KomekForm
from aid.forms.meetings import MeetingForm, TableForm, WhoseForm, paper_form_for
from aid.perform import look, perform
from aid.queries import meetings as queries
from aid.queries.agenda import OpenProposal, members_to_invite, open_proposals
from aid.queries.minutes import ballots_of, printed_minutes
from aid.security import allow, current_actor
from aid.services.meetings import call_meeting, call_off, minute_paper, note_attendance
from aid.services.minutes import close_meeting
from aid.services.said import open_place

bp = Blueprint("meetings", __name__, url_prefix="/meetings")


@bp.get("/")
@allow(Permission.SEE_ALLOCATIONS)
def index() -> ResponseReturnValue:
    """All meetings, the newest first."""
    before = request.args.get("before", type=place)
    found = queries.meetings(reading(), actor=current_actor(), now=now(), before=before)
    more = found[-1].number if len(found) == queries.PAGE else None
    return render_template("meetings/index.html", meetings=found, more=more, may=current_actor().may, **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def new() -> ResponseReturnValue:
    """Call a meeting: when, until when, what about, with whom, and where if it must be written down."""
    actor = current_actor()
    items = open_proposals(reading(), actor=actor)
    members = members_to_invite(reading(), actor=actor, now=now())
    form = MeetingForm()
    titles = [(str(item.id), _title_of(item)) for item in items]
    form.offer(
        items=titles,
        members=[(str(id_), handle) for id_, handle in members],
        today=now().today,
        fresh=not form.is_submitted(),
    )
    if form.validate_on_submit():
        with blamed_on(form):
            called = perform(form.idempotency_key, call_meeting, actor=actor, order=form.order(time_zone()))
            flash(say(_("Meeting no. %(number)s is called.", number=called.number)), "success")
            return redirect(url_for(".show", meeting_id=called.meeting_id))
    return render_template("meetings/new.html", form=form, proposals=items), 409 if form.errors else 200


def _title_of(item: OpenProposal) -> str:
    what = named(dict(item.titles)) if item.titles else say(ALLOCATION_KIND_TITLES[item.kind])
    return say(_("No. %(number)s · %(title)s", number=item.number, title=what))


@bp.get("/<uuid:meeting_id>")
@allow(Permission.SEE_ALLOCATIONS)
def show(meeting_id: UUID) -> ResponseReturnValue:
    """What gathers for a meeting: proposals, votes, recusals, remarks, papers, what is open."""
    actor = current_actor()
    return render_template("meetings/show.html", meeting=meeting_at(meeting_id), actor=actor, **WORDS)


@bp.get("/<uuid:meeting_id>/place")
@allow(Permission.SEE_ALLOCATIONS)
def where(meeting_id: UUID) -> ResponseReturnValue:
    """Where the meeting is, on a page of its own. That it was opened is recorded."""
    meeting = meeting_at(meeting_id)
    opened = look(open_place, actor=current_actor(), meeting_id=meeting_id)
    return render_template("meetings/place.html", meeting=meeting, place=opened.place)


@bp.route("/<uuid:meeting_id>/table", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def table(meeting_id: UUID) -> ResponseReturnValue:
    """Note who sits at the table."""
    meeting, form = meeting_at(meeting_id), TableForm()
    form.offer(meeting, fresh=not form.is_submitted())
    if form.validate_on_submit():
        with blamed_on(form):
            perform(
                form.idempotency_key,
                note_attendance,
                actor=current_actor(),
                meeting_id=meeting_id,
                there=form.chosen,
            )
            flash(say(_("It is noted who sits at the table.")), "success")
            return redirect(url_for(".show", meeting_id=meeting_id))
    return render_template("meetings/table.html", form=form, meeting=meeting), 409 if form.errors else 200


@bp.route("/<uuid:meeting_id>/paper", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def whose_paper(meeting_id: UUID) -> ResponseReturnValue:
    """Choose whose paper is written down."""
    meeting, form = meeting_at(meeting_id), WhoseForm()
    form.member.choices = [(str(one.person_id), one.handle) for one in meeting.invited]
    if form.validate_on_submit():
        return redirect(url_for(".paper", meeting_id=meeting_id, member_id=UUID(form.member.data)))
    return render_template("meetings/whose.html", form=form, meeting=meeting), 409 if form.errors else 200


@bp.route("/<uuid:meeting_id>/paper/<uuid:member_id>", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def paper(meeting_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Write down what a member marked on paper. It never counts until they sign it."""
    meeting = meeting_at(meeting_id)
    member = next((one.handle for one in meeting.invited if one.person_id == member_id), None)
    if member is None:
        abort(404)
    form = paper_form_for(meeting.open_items)
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(meeting, member_id)
            perform(form.idempotency_key, minute_paper, actor=current_actor(), order=order)
            flash(say(_("The paper is minuted. It counts once %(member)s signs it.", member=member)), "success")
            return redirect(url_for(".show", meeting_id=meeting_id))
    page = render_template("meetings/paper.html", form=form, meeting=meeting, member=member, **WORDS)
    return page, 409 if form.errors else 200


@bp.route("/<uuid:meeting_id>/close", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def close(meeting_id: UUID) -> ResponseReturnValue:
    """Make the minutes, after showing what stays open. Afterwards nothing changes."""
    meeting, form = meeting_at(meeting_id), KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, close_meeting, actor=current_actor(), meeting_id=meeting_id)
            flash(say(_("The minutes are made. Print them with the records, and sign them by hand.")), "success")
            return redirect(url_for(".show", meeting_id=meeting_id))
    return render_template("meetings/close.html", form=form, meeting=meeting, **WORDS), 409 if form.errors else 200


@bp.route("/<uuid:meeting_id>/call-off", methods=["GET", "POST"])
@allow(Permission.HOLD_MEETINGS)
def cancel(meeting_id: UUID) -> ResponseReturnValue:
    """Call a meeting off, after asking once."""
    meeting, form = meeting_at(meeting_id), KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, call_off, actor=current_actor(), meeting_id=meeting_id)
            flash(say(_("Meeting no. %(number)s is called off.", number=meeting.number)), "success")
            return redirect(url_for(".show", meeting_id=meeting_id))
    return render_template("meetings/call_off.html", form=form, meeting=meeting), 409 if form.errors else 200


# ---------------------------------------------------------------- on paper


@bp.get("/<uuid:meeting_id>/ballots.pdf")
@allow(Permission.HOLD_MEETINGS)
def ballots(meeting_id: UUID) -> ResponseReturnValue:
    """A ballot paper for each member who was invited."""
    values = ballots_of(reading(), actor=current_actor(), meeting_id=meeting_id)
    if values is None:
        abort(404)
    return shown_file(ballots_pdf(values, Language(language())), f"ballots-{values.number}.pdf")


@bp.get("/<uuid:meeting_id>/minutes.pdf")
@allow(Permission.SEE_ALLOCATIONS)
def minutes(meeting_id: UUID) -> ResponseReturnValue:
    """The minutes, and after them the record of each decision of the agenda."""
    values = printed_minutes(reading(), actor=current_actor(), meeting_id=meeting_id)
    if values is None:
        abort(404)
    return shown_file(minutes_pdf(values, Language(language())), f"minutes-{values.minutes.number}.pdf")
