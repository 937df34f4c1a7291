"""Drawing a survey: whom to ask follows from the audit chain's end, and is kept for good."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.surveys.drawing import drawn, seed_of
from aid.domain.surveys.selection import Selection, check_selection, check_size
from aid.domain.words import _
from aid.models.allocations import Allocation
from aid.models.audit import AuditHead
from aid.models.collections import Collection
from aid.models.surveys import Survey, SurveyCall, SurveyClose, SurveyFrame
from aid.models.vouchers import Voucher
from aid.services import audit, counters
from aid.services.collections.parts import STANDS
from aid.services.fund_days import day_bounds
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class SurveyOrder:
    """Whose families, and how many of them."""

    selection: Selection
    size: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """So many families are to be called."""

    survey_id: UUID
    number: int
    families: int
    size: int


class InFrame(NamedTuple):
    """A family that may be drawn, by its first collection in the selection."""

    collection_id: UUID
    point_id: UUID
    family_id: UUID


def draw_survey(session: Session, *, actor: Actor, now: Instant, order: SurveyOrder) -> Drawn:
    """Draw families to ask. Who draws can't choose: the lot is the end of the audit chain. Raises RuleBroken."""
    actor.must(Permission.CALL_FAMILIES)
    assert actor.person_id is not None, "a person draws"
    selection = order.selection
    check_selection(selection, today=now.today)
    if selection.allocation_id is not None and session.get(Allocation, selection.allocation_id) is None:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."), "allocation")
    number = counters.take(session, "survey")  # one after the other: the chain's end is this survey's alone
    _refuse_twice(session, selection)
    frame = frame_of(session, selection)
    check_size(order.size, families=len(frame))
    head = session.execute(select(AuditHead.hash).with_for_update()).scalar_one()
    survey = Survey(
        id=new_id(),
        number=number,
        allocation_id=selection.allocation_id,
        points=[str(point_id) for point_id in sorted(selection.points)],
        first_day=selection.first_day,
        last_day=selection.last_day,
        families=len(frame),
        size=order.size,
        head=head,
        drawn_by_id=actor.person_id,
        drawn_at=now.instant,
    )
    session.add(survey)
    session.flush()
    frames, calls = _frames(survey, frame), _calls(survey, frame)
    session.add_all([*frames, *calls])
    audit.say(session, "survey.drawn", subject=survey.id, made=[survey, *frames, *calls])
    return Drawn(survey.id, survey.number, survey.families, survey.size)


def frame_of(session: Session, selection: Selection) -> list[InFrame]:
    """The families that collected something in a selection, each once, in the order of their collections' ids."""
    found = session.execute(
        select(Collection.id, Collection.point_id, Voucher.family_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(STANDS, *in_selection(session, selection))
    )
    first: dict[UUID, InFrame] = {}
    for each in sorted(InFrame(*row) for row in found):
        first.setdefault(each.family_id, each)
    return list(first.values())


def in_selection(session: Session, selection: Selection) -> list[ColumnElement[bool]]:
    """Which collections, beside their vouchers, are of it."""
    where: list[ColumnElement[bool]] = []
    if selection.allocation_id is not None:
        where.append(Voucher.allocation_id == selection.allocation_id)
    if selection.points:
        where.append(Collection.point_id.in_(selection.points))
    if selection.first_day is not None and selection.last_day is not None:
        begins, ends = day_bounds(session, selection.first_day, selection.last_day)
        where += [Collection.collected_at >= begins, Collection.collected_at < ends]
    return where


def selection_of(survey: Survey) -> Selection:
    """What a survey is over."""
    points = tuple(map(UUID, survey.points))
    return Selection(survey.allocation_id, points, survey.first_day, survey.last_day)


def ids_of(frame: bytes) -> list[UUID]:
    """The collections that a frame holds."""
    return [UUID(bytes=frame[start : start + 16]) for start in range(0, len(frame), 16)]


def drawn_from(frame: Sequence[InFrame], *, head: bytes, survey_id: UUID, size: int) -> list[InFrame]:
    """Who is drawn of these, in order."""
    return [frame[place] for place in drawn(seed_of(head, survey_id), families=len(frame), size=size)]


def _frames(survey: Survey, frame: Sequence[InFrame]) -> list[SurveyFrame]:
    points: dict[UUID, list[bytes]] = defaultdict(list)
    for each in frame:
        points[each.point_id].append(each.collection_id.bytes)
    return [
        SurveyFrame(survey_id=survey.id, point_id=point_id, families=len(ids), collections=b"".join(ids))
        for point_id, ids in sorted(points.items())
    ]


def _calls(survey: Survey, frame: Sequence[InFrame]) -> list[SurveyCall]:
    chosen = drawn_from(frame, head=survey.head, survey_id=survey.id, size=survey.size)
    return [
        SurveyCall(id=new_id(), survey_id=survey.id, n=n, collection_id=each.collection_id, family_id=each.family_id)
        for n, each in enumerate(chosen, start=1)
    ]


def _refuse_twice(session: Session, selection: Selection) -> None:
    """The same is not drawn again before it is closed: nobody draws until they like whom they get."""
    is_closed = exists().where(SurveyClose.survey_id == Survey.id)
    for survey in session.scalars(select(Survey).where(~is_closed)):
        if selection_of(survey) == Selection(
            selection.allocation_id, tuple(sorted(selection.points)), selection.first_day, selection.last_day
        ):
            raise RuleBroken(_("Survey %(number)s asks the same and is not closed yet.", number=survey.number))
