"""A survey's calls as a coordinator works them down: whom to call next, who waits, and whom they may not call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission, Role
from aid.domain.surveys.calls import APART, MOST_TRIES, OPEN_STATES, Answer, CallState, Reach, state_of
from aid.models.collections import Collection
from aid.models.families import Erasure, Family
from aid.models.fund import Point
from aid.models.people import Person, PersonState, RoleGrant
from aid.models.surveys import Survey, SurveyCall, SurveyClose, SurveyTry
from aid.models.vouchers import Voucher
from aid.queries.surveys import SurveyRow, booked_of, erased, survey_row, tried
from aid.services.collections.parts import STANDS, handings, items_of
from aid.services.goods import words_for
from aid.services.surveys.calling import answer_of, is_in_hand, newest_answer
from aid.services.surveys.drawing import in_selection, selection_of
from aid.services.surveys.involved import had_part
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class CallRow:
    """One family of the list, by code."""

    call_id: UUID
    n: int
    family_code: str
    state: CallState
    tries: int
    tried_at: datetime | None
    again_at: datetime | None  # not sooner
    is_mine: bool  # the reader had no part in this family's aid
    is_nobodys: bool  # no coordinator may call it: each had a part

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to call."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class CallsPage:
    """A survey's list for calls."""

    row: SurveyRow
    calls: tuple[CallRow, ...]
    next_id: UUID | None

    @property
    def left(self) -> int:
        """So many are still to be called by somebody."""
        return sum(call.is_open and not call.is_nobodys for call in self.calls)

    @property
    def done(self) -> int:
        """Of so many the call is over."""
        return sum(not call.is_open for call in self.calls)

    @property
    def others(self) -> int:
        """So many of them by another coordinator."""
        return sum(call.is_open and not call.is_mine and not call.is_nobodys for call in self.calls)

    @property
    def nobodys(self) -> int:
        """So many nobody may call."""
        return sum(call.is_open and call.is_nobodys for call in self.calls)

    @property
    def again_at(self) -> datetime | None:
        """When the first is called again, where nobody is to be called now."""
        return min(
            (call.again_at for call in self.calls if call.is_open and call.is_mine and call.again_at), default=None
        )


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What the books say of one collection."""

    at: datetime
    point: Mapping[str, str]
    amount: Money
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallPage:
    """One family that is called: what the books say, and what it said so far. No name."""

    call_id: UUID
    n: int
    row: SurveyRow
    family_code: str
    language: Language
    booked: Money
    handed: tuple[HandedOut, ...]
    tries: tuple[tuple[datetime, Reach, str], ...]
    answer: Answer | None
    answer_n: int


def calls(session: Session, *, actor: Actor, now: Instant, survey_id: UUID) -> CallsPage | None:
    """The list for calls of a survey."""
    actor.must(Permission.CALL_FAMILIES)
    row = survey_row(session, actor=actor, survey_id=survey_id)
    if row is None:
        return None
    tries, gone = tried(session, survey_id), erased(session, survey_id)
    mine = _without_part(session, survey_id, actor.person_id)
    nobodys = _nobodys(session, survey_id)
    asked = (
        select(SurveyCall.id, SurveyCall.n, Family.code)
        .join(Family, Family.id == SurveyCall.family_id)
        .where(SurveyCall.survey_id == survey_id)
        .order_by(SurveyCall.n)
    )
    listed = tuple(
        _call_row(id_, n, code, tries[id_], is_erased=id_ in gone, is_mine=id_ in mine, is_nobodys=id_ in nobodys)
        for id_, n, code in session.execute(asked)
    )
    following = session.execute(callable_now(actor=actor, now=now).where(Survey.id == survey_id).limit(1)).first()
    return CallsPage(row, listed, following.id if following else None)


def call(session: Session, *, actor: Actor, call_id: UUID) -> CallPage | None:
    """One call, without opening the family's file."""
    actor.must(Permission.CALL_FAMILIES)
    found = session.execute(
        select(SurveyCall, Survey, Family)
        .join(Survey, Survey.id == SurveyCall.survey_id)
        .join(Family, Family.id == SurveyCall.family_id)
        .where(SurveyCall.id == call_id)
    ).one_or_none()
    if found is None or not actor.may(Permission.CALL_FAMILIES, locality=found.Family.locality_id):
        return None
    row = survey_row(session, actor=actor, survey_id=found.Survey.id)
    assert row is not None, "its survey is there"
    newest = newest_answer(session, call_id)
    return CallPage(
        call_id=call_id,
        n=found.SurveyCall.n,
        row=row,
        family_code=found.Family.code,
        language=found.Family.language,
        booked=booked_of(session, found.Survey)[call_id].amount,
        handed=_handed(session, found.Survey, found.Family.id, actor=actor),
        tries=_tries(session, call_id),
        answer=answer_of(newest) if newest else None,
        answer_n=newest.n if newest else 0,
    )


def callable_now(*, actor: Actor, now: Instant) -> Select[Any, Any]:
    """Calls that this person may make now, in the order in which they are made: when drawn, id."""
    tries = select(func.count()).where(SurveyTry.call_id == SurveyCall.id).correlate(SurveyCall).scalar_subquery()
    final = exists().where(
        SurveyTry.call_id == SurveyCall.id,
        SurveyTry.reach.in_((Reach.ANSWERED, Reach.DECLINED, Reach.NO_NUMBER)) | (SurveyTry.at > now.instant - APART),
    )
    rows: Select[Any, Any] = (
        select(Survey.drawn_at, SurveyCall.id)
        .join(Survey, Survey.id == SurveyCall.survey_id)
        .where(
            ~exists().where(SurveyClose.survey_id == Survey.id),
            ~exists().where(Erasure.family_id == SurveyCall.family_id),
            ~final,
            tries < MOST_TRIES,
            ~had_part(actor.person_id, SurveyCall.family_id),
            ~is_in_hand(actor.person_id, SurveyCall.family_id, now.instant),
        )
        .order_by(tries, SurveyCall.n)
    )
    return rows


def _call_row(
    id_: UUID, n: int, code: str, tries: Sequence[SurveyTry], *, is_erased: bool, is_mine: bool, is_nobodys: bool
) -> CallRow:
    state = state_of([each.reach for each in tries], is_erased=is_erased)
    tried_at = max((each.at for each in tries), default=None)
    again_at = tried_at + APART if tried_at and state is CallState.AGAIN else None
    return CallRow(id_, n, code, state, len(tries), tried_at, again_at, is_mine, is_nobodys)


def _without_part(session: Session, survey_id: UUID, person_id: UUID | None) -> frozenset[UUID]:
    mine = select(SurveyCall.id).where(SurveyCall.survey_id == survey_id, ~had_part(person_id, SurveyCall.family_id))
    return frozenset(session.scalars(mine))


def _nobodys(session: Session, survey_id: UUID) -> frozenset[UUID]:
    """Calls to families in whose aid every coordinator who is at work had a part."""
    coordinators = session.scalars(
        select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None), Person.state == PersonState.ACTIVE)
    ).all()
    every = frozenset(session.scalars(select(SurveyCall.id).where(SurveyCall.survey_id == survey_id)))
    for person_id in coordinators:
        every -= _without_part(session, survey_id, person_id)
    return every


def _handed(session: Session, survey: Survey, family_id: UUID, *, actor: Actor) -> tuple[HandedOut, ...]:
    found = session.execute(
        handings()
        .add_columns(Collection.collected_at, Point.names, Voucher.currency)
        .join(Point, Point.id == Collection.point_id)
        .where(STANDS, Voucher.family_id == family_id, *in_selection(session, selection_of(survey)))
        .order_by(Collection.collected_at, Collection.id)
    ).all()
    words = words_for(session, {plain for row in found for plain in items_of(row)})
    return tuple(
        HandedOut(
            row.collected_at, row.names, Money(row.minor, row.currency), words.say_all(items_of(row), actor.language)
        )
        for row in found
    )


def _tries(session: Session, call_id: UUID) -> tuple[tuple[datetime, Reach, str], ...]:
    by = aliased(Person)
    found = session.execute(
        select(SurveyTry.at, SurveyTry.reach, by.handle)
        .join(by, by.id == SurveyTry.by_id)
        .where(SurveyTry.call_id == call_id)
        .order_by(SurveyTry.n)
    )
    return tuple((at, reach, handle) for at, reach, handle in found)
