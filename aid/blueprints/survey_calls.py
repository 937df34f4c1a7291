"""Calling families that were drawn, one at a time, and finding out where one says that something is wrong."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.documents.surveys import aloud
from aid.domain.languages import OWN_NAMES
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.surveys.calls import (
    CALL_STATE_TITLES,
    FINDING_TITLES,
    REACH_TITLES,
    RECEIVED_TITLES,
    SAID_TITLES,
    WAITED_TITLES,
)
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms._money import as_typed
from aid.forms.surveys import CallForm, CorrectForm, StoryForm
from aid.perform import look, perform
from aid.queries import survey_calls as queries
from aid.queries import survey_stories
from aid.queries.survey_calls import CallPage
from aid.security import allow, current_actor
from aid.services.surveys.calling import Tried, correct_answer, open_call, record_try
from aid.services.surveys.settling import read_story, settle

bp = Blueprint("survey_calls", __name__, url_prefix="/surveys")

WORDS = {
    "state_titles": CALL_STATE_TITLES,
    "reach_titles": REACH_TITLES,
    "received_titles": RECEIVED_TITLES,
    "waited_titles": WAITED_TITLES,
    "said_titles": SAID_TITLES,
    "finding_titles": FINDING_TITLES,
    "own_names": OWN_NAMES,
}


@bp.get("/<uuid:survey_id>/calls")
@allow(Permission.CALL_FAMILIES)
def index(survey_id: UUID) -> ResponseReturnValue:
    """The list for calls: the next family at one press."""
    found = queries.calls(reading(), actor=current_actor(), now=now(), survey_id=survey_id)
    if found is None:
        abort(404)
    return render_template("surveys/calls.html", page=found, **WORDS)


@bp.route("/calls/<uuid:call_id>", methods=["GET", "POST"])
@allow(Permission.CALL_FAMILIES)
def call(call_id: UUID) -> ResponseReturnValue:
    """One family: its number, the words to say, and what it answers. That it was opened is written down."""
    page, form = _call(call_id), CallForm()
    form.currency = page.booked.currency
    if form.validate_on_submit():
        with blamed_on(form):
            done = perform(form.idempotency_key, record_try, actor=current_actor(), order=form.order(call_id))
            return _next(page, done, wants_more=bool(form.more.data))
    try:
        opened = look(open_call, actor=current_actor(), call_id=call_id)
    except RuleBroken as refusal:
        flash(say(refusal.message), "warn")
        return redirect(url_for(".index", survey_id=page.row.survey_id))
    told = aloud(page.language)
    shown = render_template("surveys/call.html", page=page, opened=opened, told=told, form=form, **WORDS)
    return shown, 409 if form.errors else 200


@bp.route("/calls/<uuid:call_id>/correct", methods=["GET", "POST"])
@allow(Permission.CALL_FAMILIES)
def correct(call_id: UUID) -> ResponseReturnValue:
    """Write down anew what a family said; its file stays closed."""
    page = _call(call_id)
    if page.answer is None:
        abort(404)
    said = page.answer
    amount = "" if said.amount_minor is None else as_typed(Money(said.amount_minor, page.booked.currency))
    form = CorrectForm(
        received=said.received,
        amount=amount,
        received_on=said.received_on,
        waited=said.waited,
        respected=said.respected,
        paid=said.paid,
    )
    form.currency = page.booked.currency
    if form.validate_on_submit():
        with blamed_on(form):
            seen = request.form.get("seen", type=int) or 0
            perform(form.idempotency_key, correct_answer, actor=current_actor(), order=form.order(call_id, seen))
            flash(say(_("It is corrected. What was written before stays in the books.")), "success")
            return redirect(url_for(".index", survey_id=page.row.survey_id))
    return render_template("surveys/correct.html", page=page, form=form, **WORDS), 409 if form.errors else 200


@bp.get("/stories")
@allow(Permission.CALL_FAMILIES)
def stories() -> ResponseReturnValue:
    """Answers that something is wrong: all that wait, or all of a survey."""
    survey_id = request.args.get("survey", type=UUID)
    found = survey_stories.exceptions(reading(), actor=current_actor(), survey_id=survey_id, waiting=survey_id is None)
    return render_template("surveys/stories.html", stories=found, survey_id=survey_id, **WORDS)


@bp.route("/stories/<uuid:answer_id>", methods=["GET", "POST"])
@allow(Permission.CALL_FAMILIES)
def story(answer_id: UUID) -> ResponseReturnValue:
    """One of them: what the family says, what the books say, and what was found out."""
    found = survey_stories.exceptions(reading(), actor=current_actor(), answer_id=answer_id)
    if not found:
        abort(404)
    [page], form = found, StoryForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, settle, actor=current_actor(), order=form.order(answer_id))
            flash(say(_("What was found out is written down.")), "success")
            return redirect(url_for(".stories", survey=page.survey_id))
    words = look(read_story, actor=current_actor(), answer_id=answer_id) if page.found else None
    shown = render_template("surveys/story.html", page=page, form=form, words_told=words, **WORDS)
    return shown, 409 if form.errors else 200


def _call(call_id: UUID) -> CallPage:
    found = queries.call(reading(), actor=current_actor(), call_id=call_id)
    if found is None:
        abort(404)
    return found


def _next(page: CallPage, done: Tried, *, wants_more: bool) -> ResponseReturnValue:
    """To the next family, or first to what this one wants to say."""
    flash(say(_what_came_of_it(done)), "warn" if done.is_exception else "success")
    if wants_more:
        return redirect(url_for("objections.new", code=page.family_code))
    return redirect(url_for(".index", survey_id=done.survey_id))


def _what_came_of_it(done: Tried) -> Message:
    if done.is_exception:
        return _("It is written down. Somebody has to find out what happened.")
    return _("It is written down.")
