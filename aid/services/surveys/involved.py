"""Who had a part in a family's aid, and so does not ask it whether aid arrived."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from aid.models.collections import Collection, StrangerAnswer
from aid.models.families import Confirmation, FamilyVersion
from aid.models.late import LateEntry, LateLine
from aid.models.vouchers import Voucher

Person = UUID | InstrumentedAttribute[UUID] | None


def families_of(person: Person, *, until: Any = None) -> tuple[Select[UUID], ...]:
    """The families that somebody wrote down, confirmed, handed out to, entered late, or agreed to a stranger for;
    where `until` is given, up to that moment.
    """
    of_voucher = select(Voucher.family_id).join(Collection, Collection.voucher_id == Voucher.id)
    asked: tuple[tuple[Select[UUID], Any, Any], ...] = (
        (select(FamilyVersion.family_id), FamilyVersion.by_id, FamilyVersion.at),
        (select(Confirmation.family_id), Confirmation.by_id, Confirmation.at),
        (of_voucher, Collection.handed_by_id, Collection.collected_at),
        (
            of_voucher.join(LateLine, LateLine.collection_id == Collection.id).join(
                LateEntry, LateEntry.id == LateLine.entry_id
            ),
            LateEntry.entered_by_id,
            LateEntry.at,
        ),
        (
            of_voucher.join(StrangerAnswer, StrangerAnswer.asked_id == Collection.stranger_id),
            StrangerAnswer.by_id,
            StrangerAnswer.at,
        ),
    )
    return tuple(
        families.where(by == person) if until is None else families.where(by == person, at <= until)
        for families, by, at in asked
    )


def had_part(person: Person, family: Any, *, until: Any = None) -> ColumnElement[bool]:
    """Whether somebody had a part in this family's aid."""
    every = families_of(person, until=until)
    return or_(*(family.in_(families) for families in every))
