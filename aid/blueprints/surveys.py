"""Families asked afterwards whether aid arrived: drawing a sample, and what it tells."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file, shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.surveys import as_rows, survey_pdf, tables_of
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.surveys.calls import CALL_STATE_TITLES, FINDING_TITLES
from aid.domain.surveys.intervals import half_width
from aid.domain.surveys.selection import MOST, check_selection, check_size
from aid.domain.words import InLanguages, Message, _
from aid.extensions import now, reading
from aid.formats import language, named, say
from aid.forms.base import KomekForm
from aid.forms.surveys import DrawForm
from aid.perform import perform
from aid.queries import surveys as queries
from aid.queries.cases import ListRow
from aid.queries.surveys import SurveyPage
from aid.readers.surveys import to_csv
from aid.security import allow, current_actor
from aid.services.surveys.drawing import draw_survey, frame_of
from aid.services.surveys.settling import close_survey

bp = Blueprint("surveys", __name__, url_prefix="/surveys")

WORDS = {
    "state_titles": CALL_STATE_TITLES,
    "finding_titles": FINDING_TITLES,
}


@bp.get("/")
@allow(Permission.SEE_SURVEYS)
def index() -> ResponseReturnValue:
    """Surveys, the latest first."""
    actor, before = current_actor(), request.args.get("before", type=place)
    found = queries.surveys(reading(), actor=actor, before=before)
    more = found[-1].number if len(found) == queries.PAGE else None
    may_call = actor.may(Permission.CALL_FAMILIES)
    return render_template("surveys/index.html", surveys=found, more=more, may_call=may_call)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.CALL_FAMILIES)
def new() -> ResponseReturnValue:
    """Choose whose families, then how many, and draw them."""
    actor = current_actor()
    lists = [(row.id, _title_of(row)) for row in queries.lists_to_ask(reading(), actor=actor)]
    points = [(id_, named(names)) for id_, names in queries.points_to_ask(reading(), actor=actor).items()]
    form = DrawForm().offer(lists, points)
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            if form.step == "book":
                drawn = perform(form.idempotency_key, draw_survey, actor=actor, order=form.order())
                flash(say(_("%(size)s families are drawn. Call them one by one.", size=drawn.size)), "success")
                return redirect(url_for("survey_calls.index", survey_id=drawn.survey_id))
            return _how_many(form)
    if form.step == "book" and [*form.errors] == ["size"]:
        return _how_many(form), 409
    return render_template("surveys/new.html", form=form), 409 if form.errors else 200


@bp.get("/<uuid:survey_id>")
@allow(Permission.SEE_SURVEYS)
def show(survey_id: UUID) -> ResponseReturnValue:
    """What a survey tells. No family stands on it."""
    actor = current_actor()
    may_call = actor.may(Permission.CALL_FAMILIES)
    page = _page(survey_id)
    return render_template(
        "surveys/show.html", page=page, may_call=may_call, tables=tables_of(page, language()), **WORDS
    )


@bp.get("/<uuid:survey_id>.pdf")
@allow(Permission.SEE_SURVEYS)
def paper(survey_id: UUID) -> ResponseReturnValue:
    """The same on paper."""
    page = _page(survey_id)
    pdf = survey_pdf(page, face=fund_of(), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, f"survey-{page.row.number}.pdf")


@bp.get("/<uuid:survey_id>.csv")
@allow(Permission.SEE_SURVEYS)
def table(survey_id: UUID) -> ResponseReturnValue:
    """The same as a table: sums and shares, and no families."""
    page = _page(survey_id)
    return kept_file(to_csv(as_rows(page)), f"survey-{page.row.number}.csv")


@bp.get("/<uuid:survey_id>/draw.txt")
@allow(Permission.SEE_SURVEYS)
def draw(survey_id: UUID) -> ResponseReturnValue:
    """What anybody needs to draw again."""
    text = queries.frame_text(reading(), actor=current_actor(), survey_id=survey_id)
    if text is None:
        abort(404)
    return kept_file(text, "draw.txt")


@bp.post("/<uuid:survey_id>/close")
@allow(Permission.CALL_FAMILIES)
def close(survey_id: UUID) -> ResponseReturnValue:
    """Nobody is called any more."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        done = perform(
            form.idempotency_key, close_survey, actor=current_actor(), survey_id=_page(survey_id).row.survey_id
        )
        flash(say(_("Survey %(number)s is closed.", number=done.number)), "success")
    return redirect(url_for(".show", survey_id=survey_id))


def _how_many(form: DrawForm) -> str:
    """How many families there are, and how well some of them tell of all. Raises RuleBroken."""
    selection = form.selection()
    check_selection(selection, today=now().today)
    families = len(frame_of(reading(), selection))
    check_size(1, families=families)
    sizes = form.sizes(families)
    about = [(size, round(half_width(asked=size, families=families))) for size in sizes]
    if not form.size.data:
        form.size.data = sizes[min(1, len(sizes) - 1)]
    return render_template("surveys/size.html", form=form, families=families, about=about, most=min(MOST, families))


def _page(survey_id: UUID) -> SurveyPage:
    found = queries.survey(reading(), actor=current_actor(), survey_id=survey_id)
    if found is None:
        abort(404)
    return found


def _title_of(row: ListRow) -> Message:
    what = InLanguages.of(row.titles) if row.titles else _("Grant to one family")
    return _("No. %(number)s: %(what)s, %(day)s", number=row.number, what=what, day=row.proposed_at)
