"""Why a family was given what it was, told in its language; what it objects to; and how that is answered."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._cases import RESULTS, WORDS, case_of, family_of, lists_to_choose
from aid.blueprints._files import shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.documents.objections import aloud, answer_pdf, answer_sheet, why_pdf, why_sheet
from aid.domain.objections import DAYS, ObjectionState
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.objections import AppealForm, DaysForm, FindForm, ObjectionForm, RemarkForm, ReplyForm
from aid.perform import look, perform
from aid.queries import objections as queries
from aid.queries.cases import ObjectionPage, held_meetings
from aid.queries.objections import Chosen
from aid.security import allow, current_actor
from aid.services.explanations import PAGE, explain
from aid.services.objections import (
    answer,
    answer_for_committee,
    days_in_force,
    hand_over,
    open_objection,
    remark,
    reopen,
    set_days,
)
from aid.services.objections.reading import open_case

bp = Blueprint("objections", __name__, url_prefix="/objections")


@bp.route("/", methods=["GET", "POST"])
@allow(Permission.SEE_OBJECTIONS)
def index() -> ResponseReturnValue:
    """Objections, and the way to a family by its card."""
    actor, form = current_actor(), FindForm()
    if form.validate_on_submit():
        try:
            family = family_of(form.found)
        except RuleBroken as refusal:
            form.blame(RuleBroken(refusal.message, "code"))
        else:
            return redirect(url_for(".why", code=family.code))
    usual = Chosen.WAITING if actor.may(Permission.OPEN_OBJECTIONS) else Chosen.COMMITTEE
    chosen = request.args.get("show", default=usual, type=Chosen)
    before = request.args.get("before", type=place)
    found = queries.objections(reading(), actor=actor, now=now(), chosen=chosen, before=before)
    more = found[-1].number if len(found) == queries.PAGE else None
    days = days_in_force(reading())
    return render_template(
        "objections/index.html", form=form, found=found, more=more, chosen=chosen, days=days, may=actor.may, **WORDS
    )


@bp.get("/why/<string(length=9):code>")
@allow(Permission.OPEN_OBJECTIONS)
def why(code: str) -> ResponseReturnValue:
    """Why, list by list, in the family's language. That it was opened is written down."""
    family, before = family_of(code), request.args.get("before", type=place)
    opened = look(explain, actor=current_actor(), family_id=family.id, before=before)
    cases = queries.families_objections(reading(), actor=current_actor(), now=now(), family_id=family.id)
    told = aloud(opened.lists, family.language)
    return render_template(
        "objections/why.html", family=family, opened=opened, told=told, before=before, cases=cases, **WORDS
    )


@bp.get("/why/<string(length=9):code>/sheet.pdf")
@allow(Permission.OPEN_OBJECTIONS)
def sheet(code: str) -> ResponseReturnValue:
    """The same on a small sheet to take home, all of it or one list."""
    family, only = family_of(code), request.args.get("no", type=place)
    before, size = (request.args.get("before", type=place), PAGE) if only is None else (only + 1, 1)
    opened = look(explain, actor=current_actor(), family_id=family.id, before=before, size=size)
    return shown_file(why_pdf(why_sheet(fund_of(), family, opened.lists, today=now().today)), f"why-{family.code}.pdf")


@bp.route("/new/<string(length=9):code>", methods=["GET", "POST"])
@allow(Permission.OPEN_OBJECTIONS)
def new(code: str) -> ResponseReturnValue:
    """Write down what a family objects to."""
    family, form = family_of(code), ObjectionForm(about=request.args.get("about"))
    form.offer(lists_to_choose(family))
    if form.validate_on_submit():
        with blamed_on(form):
            opened = perform(form.idempotency_key, open_objection, actor=current_actor(), order=form.order(family.id))
            said = _("Objection no. %(number)s is written down.", number=opened.number)
            promised = _("Tell the family: it is answered by %(day)s.", day=opened.due_on)
            flash(f"{say(said)} {say(promised)}", "success")
            return redirect(url_for(".show", objection_id=opened.objection_id))
    days = days_in_force(reading())
    page = render_template("objections/new.html", form=form, family=family, days=days)
    return page, 409 if form.errors else 200


@bp.get("/<uuid:objection_id>")
@allow(Permission.SEE_OBJECTIONS)
def show(objection_id: UUID) -> ResponseReturnValue:
    """One objection with what was said. Who looked is written down."""
    return _shown(case_of(objection_id))


@bp.get("/<uuid:objection_id>/answer", endpoint="again")
@bp.get("/<uuid:objection_id>/remark", endpoint="again")
@bp.get("/<uuid:objection_id>/reopen", endpoint="again")
@bp.get("/<uuid:objection_id>/hand-over", endpoint="again")
@allow(Permission.SEE_OBJECTIONS)
def again(objection_id: UUID) -> ResponseReturnValue:
    """Who comes back to a form by its address starts at the case."""
    return redirect(url_for(".show", objection_id=objection_id))


@bp.post("/<uuid:objection_id>/answer")
@allow(Permission.ANSWER_OBJECTIONS)
def reply(objection_id: UUID) -> ResponseReturnValue:
    """A coordinator's answer."""
    case, form = case_of(objection_id), _reply_form()
    return _done(case, form, answer, "reply", order=form.order(case.id) if form.validate() else None)


@bp.route("/<uuid:objection_id>/committee", methods=["GET", "POST"])
@allow(Permission.VOTE)
def committee(objection_id: UUID) -> ResponseReturnValue:
    """The committee's answer, written by one of its members."""
    case, form = case_of(objection_id), _reply_form()
    if case.state is not ObjectionState.COMMITTEE:
        return redirect(url_for(".show", objection_id=case.id))
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, answer_for_committee, actor=current_actor(), order=form.order(case.id))
            flash(say(RESULTS["committee"]), "success")
            return redirect(url_for(".show", objection_id=case.id))
    page = render_template("objections/committee.html", form=form, case=case, **WORDS)
    return page, 409 if form.errors else 200


@bp.post("/<uuid:objection_id>/remark")
@allow(Permission.VOTE)
def say_it(objection_id: UUID) -> ResponseReturnValue:
    """A member's words for the others."""
    case, form = case_of(objection_id), RemarkForm()
    words = form.said.data if form.validate() else None
    return _done(case, form, remark, "remark", objection_id=case.id, words=words)


@bp.post("/<uuid:objection_id>/reopen")
@allow(Permission.OPEN_OBJECTIONS)
def appeal(objection_id: UUID) -> ResponseReturnValue:
    """The family does not accept the answer: the committee has it from now on."""
    case, form = case_of(objection_id), AppealForm()
    words = form.words.data if form.validate() else None
    return _done(case, form, reopen, "appeal", objection_id=case.id, words=words)


@bp.post("/<uuid:objection_id>/hand-over")
@allow(Permission.ANSWER_OBJECTIONS)
def give(objection_id: UUID) -> ResponseReturnValue:
    """Give an objection against one's own work to the committee."""
    case, form = case_of(objection_id), KomekForm()
    form.validate()
    return _done(case, form, hand_over, "over", objection_id=case.id)


@bp.get("/<uuid:objection_id>/answer.pdf")
@allow(Permission.OPEN_OBJECTIONS)
def paper(objection_id: UUID) -> ResponseReturnValue:
    """The latest answer on a small sheet, in the family's language."""
    case = case_of(objection_id)
    words = look(open_case, actor=current_actor(), objection_id=case.id)
    if not case.answers or words is None:
        abort(404)
    return shown_file(answer_pdf(answer_sheet(fund_of(), case, words, today=now().today)), f"answer-{case.number}.pdf")


@bp.route("/days", methods=["GET", "POST"])
@allow(Permission.ANSWER_OBJECTIONS)
def days() -> ResponseReturnValue:
    """How soon objections are answered."""
    form = DaysForm(answer_days=days_in_force(reading()))
    if form.validate_on_submit():
        with blamed_on(form):
            kept = perform(form.idempotency_key, set_days, actor=current_actor(), answer_days=form.answer_days.data)
            flash(say(_("From now on objections are answered within %(days)s days.", days=kept.answer_days)), "success")
            return redirect(url_for(".index"))
    page = render_template("objections/days.html", form=form, least=DAYS.start, most=DAYS.stop - 1)
    return page, 409 if form.errors else 200


def _done(case: ObjectionPage, form: KomekForm, action: Any, name: str, **order: Any) -> ResponseReturnValue:
    """Do it, and show the case; or the case with its form and what is wrong in it."""
    if not form.errors:
        with blamed_on(form):
            perform(form.idempotency_key, action, actor=current_actor(), **order)
            flash(say(RESULTS[name]), "success")
            return redirect(url_for(".show", objection_id=case.id))
    return _shown(case, **{name: form})


def _shown(case: ObjectionPage, **forms: KomekForm) -> ResponseReturnValue:
    """The case with its words; forms that were sent keep what was typed."""
    actor = current_actor()
    words = look(open_case, actor=actor, objection_id=case.id)
    if words is None:
        abort(404)
    page = render_template(
        "objections/show.html",
        case=case,
        said=words,
        reply=forms.get("reply") or _reply_form(fresh=True),
        remark=forms.get("remark") or RemarkForm(formdata=None),
        appeal=forms.get("appeal") or AppealForm(formdata=None),
        over=forms.get("over") or KomekForm(formdata=None),
        may=actor.may,
        **WORDS,
    )
    return page, 409 if any(form.errors for form in forms.values()) else 200


def _reply_form(*, fresh: bool = False) -> ReplyForm:
    form = ReplyForm(formdata=None) if fresh else ReplyForm()
    actor = current_actor()
    meetings = held_meetings(reading(), actor=actor, now=now()) if actor.may(Permission.VOTE) else ()
    form.offer(
        (meeting.id, _("Meeting no. %(number)s on %(day)s", number=meeting.number, day=meeting.meets_at.date()))
        for meeting in meetings
    )
    return form
