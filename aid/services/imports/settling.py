"""Households of an import that were set aside: a person says of each whether it is another family, or the same."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.outcomes import value_from_plain
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.imports import PartKind
from aid.services.imports.lists import OpenList, open_list
from aid.services.imports.parts import BadBack, Brought, Head, bad_of, brought_of
from aid.services.imports.steps import bring_in, set_aside
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Added:
    """A household that was set aside is in the register now, under this code."""

    code: str


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """It is in the register as it stands: nothing was added."""


@dataclass(frozen=True, slots=True)
class StillHeld:
    """It can't be brought in, and why."""

    reason: Message


@dataclass(frozen=True, slots=True)
class LeftOut:
    """It was left out, because somebody said so."""


@dataclass(frozen=True, slots=True)
class HeldHousehold:
    """A household that was set aside, and the code of the family it is like, if it is like one."""

    n: int
    reason: Message
    like: str
    is_twice: bool  # imported before with other contents: that family is corrected by hand
    brought: Brought = field(repr=False)

    @property
    def may_be_another(self) -> bool:
        """Whether a person may say that it is not the family it is like."""
        return bool(self.like) and not self.is_twice


def settle(
    session: Session, *, actor: Actor, now: Instant, list_id: UUID, n: int, add: bool
) -> Added | AlreadyThere | StillHeld | LeftOut:
    """Do with a household that was set aside what a person says: leave it out, or bring it in.

    To bring it in says that it is not the family that it is like.
    """
    actor.must(Permission.IMPORT_FAMILIES)
    must_be_whole(session)
    brought = open_list(session, actor=actor, list_id=list_id, lock=True)
    held = _held(session, brought, n)
    if held is None:
        raise RuleBroken(_("This household was settled already."))
    brought.drop(session, PartKind.HELD, n=n)
    brought.row.kept_at = now.instant
    if not add:
        return LeftOut()
    desk = bring_in(
        session,
        actor=actor,
        now=now,
        list_id=list_id,
        chunk=[held.brought],
        despite=frozenset({held.like}) if held.like else frozenset(),
    )
    if desk.held:
        [(_place, reason)] = desk.held
        set_aside(session, brought, held.brought, reason, desk, 0, n=n)
        return StillHeld(reason)
    brought.row.added += len(desk.entered)
    brought.row.known += desk.known
    return Added(desk.entered[0][2].family.code) if desk.entered else AlreadyThere()


def households_set_aside(session: Session, *, actor: Actor, list_id: UUID) -> tuple[HeldHousehold, ...]:
    """What of this list waits for a person to decide."""
    brought = open_list(session, actor=actor, list_id=list_id)
    found = (_held(session, brought, n) for n in brought.numbers(session, PartKind.HELD))
    return tuple(held for held in found if held is not None)


def bad_rows(session: Session, *, actor: Actor, list_id: UUID) -> tuple[BadBack, ...]:
    """The rows of this list that could not be read, with what is wrong."""
    brought = open_list(session, actor=actor, list_id=list_id)
    parts = (brought.value(session, PartKind.BAD, n=n) or () for n in brought.numbers(session, PartKind.BAD))
    return tuple(bad_of(each) for part in parts for each in part)


def heads_of(session: Session, *, actor: Actor, list_id: UUID) -> tuple[Head, ...]:
    """What stands above the households in each sheet of this list."""
    said = open_list(session, actor=actor, list_id=list_id).value(session, PartKind.HEAD) or ()
    return tuple(Head(sheet, tuple(map(tuple, rows))) for sheet, rows in said)


def _held(session: Session, brought: OpenList, n: int) -> HeldHousehold | None:
    value = brought.value(session, PartKind.HELD, n=n)
    if value is None:
        return None
    reason, like, is_twice, household = value
    return HeldHousehold(n, value_from_plain(reason), like, is_twice, brought_of(household))
