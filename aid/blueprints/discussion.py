"""What is said of a proposal: remarks, questions on a line, their answers, and lines held out."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.domain.codes import grouped
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import money, say
from aid.forms.discussion import AnswerForm, HoldForm, QuestionForm, RemarkForm
from aid.perform import look, perform
from aid.queries import discussion as queries
from aid.queries.questions import PAGE, waiting_questions
from aid.security import allow, current_actor
from aid.services.discussion import answer, ask, hold_out, remark
from aid.services.said import open_question, open_said

bp = Blueprint("discussion", __name__, url_prefix="/discussion")


@bp.get("/<uuid:allocation_id>")
@allow(Permission.SEE_ALLOCATIONS)
def show(allocation_id: UUID) -> ResponseReturnValue:
    """Everything that was said of a proposal. Whose questions were opened is recorded."""
    proposal = _proposal(allocation_id)
    said = look(open_said, actor=current_actor(), allocation_id=allocation_id)
    form = RemarkForm(formdata=None)
    return render_template("discussion/show.html", proposal=proposal, said=said, form=form, actor=current_actor())


@bp.post("/<uuid:allocation_id>")
@allow(Permission.VOTE)
def say_it(allocation_id: UUID) -> ResponseReturnValue:
    """A member's remark."""
    proposal, form = _proposal(allocation_id), RemarkForm()
    if form.validate_on_submit():
        with blamed_on(form):
            words = form.words.data or ""
            perform(form.idempotency_key, remark, actor=current_actor(), allocation_id=allocation_id, words=words)
            flash(say(_("Your remark is sealed for the committee and the coordinators.")), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    said = look(open_said, actor=current_actor(), allocation_id=allocation_id)
    page = render_template("discussion/show.html", proposal=proposal, said=said, form=form, actor=current_actor())
    return page, 409


@bp.route("/<uuid:allocation_id>/versions/<int:version>/lines/<int:n>/question", methods=["GET", "POST"])
@allow(Permission.VOTE)
def question(allocation_id: UUID, version: int, n: int) -> ResponseReturnValue:
    """Question one line of the version that was looked at."""
    line, form = _line(allocation_id, version, n), QuestionForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, ask, actor=current_actor(), order=form.order(line.id))
            flash(say(_("Your question waits for who registered the family. You will see the answer here.")), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    return render_template("discussion/question.html", form=form, line=line), 409 if form.errors else 200


@bp.route("/<uuid:allocation_id>/hold-out", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def without(allocation_id: UUID) -> ResponseReturnValue:
    """Let a proposal go on without some lines, as a new version."""
    proposal = _proposal(allocation_id)
    form = HoldForm(version=proposal.version)
    clicked = [*request.args.getlist("line", type=place), *([form.named] if form.named else [])]
    lines = queries.lines_to_hold(reading(), actor=current_actor(), allocation_id=allocation_id, clicked=clicked)
    titles = [(str(line.id), _title_of(line)) for line in lines]
    form.offer(titles, chosen=[str(line.id) for line in lines if line.n in clicked])
    if form.asks_for_more:
        form.add(next((str(line.id) for line in lines if line.n == form.named), None))
    elif form.validate_on_submit():
        with blamed_on(form):
            held = perform(form.idempotency_key, hold_out, actor=current_actor(), order=form.order(allocation_id))
            done = _(
                "The proposal goes on as version %(version)s. Votes given before count no more.", version=held.version
            )
            flash(say(done), "success")
            return redirect(url_for(".show", allocation_id=allocation_id))
    named = [line.n for line in lines if line.n in clicked]
    page = render_template("discussion/hold_out.html", form=form, proposal=proposal, lines=lines, named=named)
    return page, 409 if form.errors else 200


def _title_of(line: queries.LineToHold) -> str:
    if line.code is None:
        return say(_("Line %(line)s · %(amount)s", line=line.n, amount=money(line.amount)))
    code = grouped(line.code)
    if line.questions:
        return say(_("Family %(code)s · %(amount)s · questioned", code=code, amount=money(line.amount)))
    return say(_("Family %(code)s · %(amount)s", code=code, amount=money(line.amount)))


# ---------------------------------------------------------------- who answers


@bp.get("/questions")
@allow(Permission.REGISTER_FAMILIES)
def questions() -> ResponseReturnValue:
    """The committee's questions about families of one's own localities."""
    after = request.args.get("after", type=UUID)
    found = waiting_questions(reading(), actor=current_actor(), after=after)
    more = found[-1].id if len(found) == PAGE else None
    return render_template("discussion/questions.html", questions=found, more=more)


@bp.route("/questions/<uuid:question_id>", methods=["GET", "POST"])
@allow(Permission.REGISTER_FAMILIES)
def reply(question_id: UUID) -> ResponseReturnValue:
    """Answer a question, by the family's code and without a name."""
    form = AnswerForm()
    if form.validate_on_submit():
        with blamed_on(form):
            words = form.words.data or ""
            perform(form.idempotency_key, answer, actor=current_actor(), question_id=question_id, words=words)
            flash(say(_("Your answer is sealed for the committee.")), "success")
            return redirect(url_for(".questions"))
    asked = look(open_question, actor=current_actor(), question_id=question_id)
    if asked is None:
        abort(404)
    return render_template("discussion/answer.html", form=form, question=asked), 409 if form.errors else 200


def _proposal(allocation_id: UUID) -> queries.ProposalHead:
    found = queries.proposal_head(reading(), actor=current_actor(), allocation_id=allocation_id)
    if found is None:
        abort(404)
    return found


def _line(allocation_id: UUID, version: int, n: int) -> queries.QuestionedLine:
    found = queries.line_to_question(
        reading(), actor=current_actor(), allocation_id=allocation_id, version=version, n=n
    )
    if found is None:
        abort(404)
    return found
