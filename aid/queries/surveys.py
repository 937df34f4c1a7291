"""Surveys as pages show them: the list, what one tells of all families, and answers that need a story. No names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.surveys.calls import Answer, CallState, Finding, Reach, state_of
from aid.domain.surveys.results import Answered, Result, Share, result_of
from aid.models.allocations import Allocation, AllocationVersion
from aid.models.base import in_language
from aid.models.collections import Collection
from aid.models.families import Erasure
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.surveys import Survey, SurveyAnswer, SurveyCall, SurveyClose, SurveyFrame, SurveyTry
from aid.models.vouchers import Voucher
from aid.queries.cases import ListRow
from aid.queries.survey_stories import told_otherwise
from aid.services.collections.parts import MINOR, STANDS
from aid.services.surveys.calling import answer_of
from aid.services.surveys.drawing import ids_of, in_selection, selection_of
from aid.vault.actor import Actor

PAGE = 30
LISTS = 40
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One survey of the list."""

    survey_id: UUID
    number: int
    allocation_number: int | None
    points: tuple[Names, ...]  # none: all of them
    first_day: date | None
    last_day: date | None
    families: int
    size: int
    answered: int
    drawn_at: datetime
    by: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """One survey: what it tells."""

    row: SurveyRow
    head: str
    result: Result
    point_names: Mapping[UUID, Names]
    open_stories: int
    findings: Mapping[Finding, int]

    def point_shares(self, language: Language | str) -> list[tuple[str, Share]]:
        """How many have it all at each point, or at several together, by name."""
        return [(self._said(at.points, language), at.received_all) for at in self.result.points]

    def _said(self, points: Sequence[UUID], language: Language | str) -> str:
        return ", ".join(sorted(in_language(dict(self.point_names[point]), language) for point in points))


class Booked(NamedTuple):
    """What a family that was drawn was handed by the books."""

    point_id: UUID
    amount: Money


def lists_to_ask(session: Session, *, actor: Actor) -> tuple[ListRow, ...]:
    """The latest lists of which something was collected."""
    actor.must(Permission.CALL_FAMILIES)
    collected = exists().where(Voucher.allocation_id == Allocation.id, Collection.voucher_id == Voucher.id)
    found = session.execute(
        select(Allocation.id, Allocation.number, Programme.titles, AllocationVersion.proposed_at)
        .join(AllocationVersion, (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == 1))
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(collected)
        .order_by(Allocation.number.desc())
        .limit(LISTS)
    )
    return tuple(ListRow(*row) for row in found)


def points_to_ask(session: Session, *, actor: Actor) -> dict[UUID, Names]:
    """All points, by their names."""
    actor.must(Permission.CALL_FAMILIES)
    return _point_names(session)


def frame_text(session: Session, *, actor: Actor, survey_id: UUID) -> str | None:
    """All that is needed to draw again, a line a family: the collection it is known by, and its place among the drawn.

    `docs/draw_again.py` reads it.
    """
    actor.must(Permission.SEE_SURVEYS)
    found = session.get(Survey, survey_id)
    if found is None:
        return None
    frames = session.scalars(select(SurveyFrame.collections).where(SurveyFrame.survey_id == survey_id))
    drawn = select(SurveyCall.collection_id, SurveyCall.n).where(SurveyCall.survey_id == survey_id)
    places = {row.collection_id: row.n for row in session.execute(drawn)}
    head = ["komek/survey/1", f"survey {found.id}", f"head {found.head.hex()}", f"size {found.size}"]
    ids = sorted(id_ for frame in frames for id_ in ids_of(frame))
    return "\n".join([*head, *(f"{id_} {places.get(id_, '-')}" for id_ in ids), ""])


def surveys(session: Session, *, actor: Actor, before: int | None = None) -> tuple[SurveyRow, ...]:
    """The latest first."""
    actor.must(Permission.SEE_SURVEYS)
    listed = _rows().order_by(Survey.number.desc()).limit(PAGE)
    if before is not None:
        listed = listed.where(Survey.number < before)
    names = _point_names(session)
    return tuple(_row(row, names) for row in session.execute(listed))


def survey_row(session: Session, *, actor: Actor, survey_id: UUID) -> SurveyRow | None:
    """One survey of the list."""
    actor.must(Permission.SEE_SURVEYS)
    found = session.execute(_rows().where(Survey.id == survey_id)).one_or_none()
    return found and _row(found, _point_names(session))


def survey(session: Session, *, actor: Actor, survey_id: UUID) -> SurveyPage | None:
    """One survey, and what it tells of all families."""
    actor.must(Permission.SEE_SURVEYS)
    found = session.get(Survey, survey_id)
    row = survey_row(session, actor=actor, survey_id=survey_id)
    if found is None or row is None:
        return None
    frames = session.execute(
        select(SurveyFrame.point_id, SurveyFrame.families).where(SurveyFrame.survey_id == survey_id)
    )
    at_points = {row.point_id: row.families for row in frames}
    newest = _newest_answers(session, survey_id)
    booked = booked_of(session, found)
    answers = [Answered(booked[call].point_id, answer, booked[call].amount) for call, answer in newest.items()]
    result = result_of(answers, Counter(_states(session, survey_id).values()), at_points=at_points)
    stories = session.execute(told_otherwise().where(SurveyCall.survey_id == survey_id)).all()
    findings = Counter(each.SurveyStory.found for each in stories if each.SurveyStory)
    left = len(stories) - findings.total()
    return SurveyPage(row, found.head.hex(), result, _point_names(session), left, findings)


def booked_of(session: Session, found: Survey) -> dict[UUID, Booked]:
    """What each family that was drawn was handed in all, by call; in the currency of the collection it was drawn by."""
    drawn, its = aliased(Collection), aliased(Voucher)
    sums = (
        select(Voucher.family_id, Voucher.currency, func.sum(MINOR).label("minor"))
        .select_from(Collection)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(STANDS, *in_selection(session, selection_of(found)))
        .where(Voucher.family_id.in_(select(SurveyCall.family_id).where(SurveyCall.survey_id == found.id)))
        .group_by(Voucher.family_id, Voucher.currency)
        .subquery()
    )
    rows = session.execute(
        select(SurveyCall.id, drawn.point_id, func.coalesce(sums.c.minor, 0), its.currency)
        .join(drawn, drawn.id == SurveyCall.collection_id)
        .join(its, its.id == drawn.voucher_id)
        .outerjoin(sums, and_(sums.c.family_id == SurveyCall.family_id, sums.c.currency == its.currency))
        .where(SurveyCall.survey_id == found.id)
    )
    return {call: Booked(point_id, Money(int(minor), currency)) for call, point_id, minor, currency in rows}


def tried(session: Session, survey_id: UUID) -> dict[UUID, list[SurveyTry]]:
    """The tries of each call, the first first; of a call that nobody made, none."""
    found: Any = session.execute(
        select(SurveyCall.id, SurveyTry)
        .outerjoin(SurveyTry, SurveyTry.call_id == SurveyCall.id)
        .where(SurveyCall.survey_id == survey_id)
        .order_by(SurveyCall.n, SurveyTry.n)
    )
    tries: dict[UUID, list[SurveyTry]] = {}
    for call, each in found:
        tries.setdefault(call, []).extend([] if each is None else [each])
    return tries


def erased(session: Session, survey_id: UUID) -> frozenset[UUID]:
    """The calls of a survey to families that were erased."""
    gone = select(SurveyCall.id).join(Erasure, Erasure.family_id == SurveyCall.family_id)
    return frozenset(session.scalars(gone.where(SurveyCall.survey_id == survey_id)))


def _states(session: Session, survey_id: UUID) -> dict[UUID, CallState]:
    gone = erased(session, survey_id)
    return {
        call: state_of([each.reach for each in tries], is_erased=call in gone)
        for call, tries in tried(session, survey_id).items()
    }


def _newest_answers(session: Session, survey_id: UUID) -> dict[UUID, Answer]:
    found = session.scalars(
        select(SurveyAnswer)
        .join(SurveyCall, SurveyCall.id == SurveyAnswer.call_id)
        .where(SurveyCall.survey_id == survey_id)
        .order_by(SurveyAnswer.n)
    )
    return {row.call_id: answer_of(row) for row in found}


def _rows() -> Select[Any, Any]:
    answered = (
        select(func.count())
        .select_from(SurveyTry)
        .join(SurveyCall, SurveyCall.id == SurveyTry.call_id)
        .where(SurveyCall.survey_id == Survey.id, SurveyTry.reach == Reach.ANSWERED)
        .correlate(Survey)
        .scalar_subquery()
    )
    rows: Select[Any, Any] = (
        select(Survey, Allocation.number, Person.handle, SurveyClose.at, answered.label("answered"))
        .join(Person, Person.id == Survey.drawn_by_id)
        .outerjoin(Allocation, Allocation.id == Survey.allocation_id)
        .outerjoin(SurveyClose, SurveyClose.survey_id == Survey.id)
    )
    return rows


def _row(row: Any, names: Mapping[UUID, Names]) -> SurveyRow:
    found: Survey = row.Survey
    return SurveyRow(
        survey_id=found.id,
        number=found.number,
        allocation_number=row.number,
        points=tuple(names[point_id] for point_id in selection_of(found).points),
        first_day=found.first_day,
        last_day=found.last_day,
        families=found.families,
        size=found.size,
        answered=row.answered,
        drawn_at=found.drawn_at,
        by=row.handle,
        closed_at=row.at,
    )


def _point_names(session: Session) -> dict[UUID, Names]:
    return {row.id: row.names for row in session.execute(select(Point.id, Point.names).order_by(Point.code))}
