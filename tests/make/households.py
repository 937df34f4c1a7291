"""Families to which life happened: for the fund in which everything has happened, and for tests of it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.families import BirthDate, Consent, Kinship, Member, TieKind, WithdrawalReason
from aid.domain.families.life import LifeEvent, LifeReason
from aid.domain.families.parting import Parting
from aid.domain.families.words import HistoryKind
from aid.models.families import Family
from aid.perform import look
from aid.services.cards import print_cards
from aid.services.families import Correction, correct, open_file
from aid.services.families.joining import Union, United, join
from aid.services.families.living import Lived, live
from aid.services.families.moving import Move, Moved, move
from aid.services.families.parting import Parted, part
from aid.services.families.returning import Returned, come_back
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.families import make_family
from tests.make.fund import FoundedFund

DAY = date(2026, 7, 20)
CONSENT = Consent(DAY, 1)
BABY = Member("Айша", BirthDate(2026, 7, 20), Kinship.CHILD)


def row_of(family_id: UUID) -> Family:
    """The family as it stands."""
    [row] = rows(select(Family).where(Family.id == family_id))
    return row


def make_born(fund: FoundedFund, family_id: UUID, *, by: Actor | None = None) -> Lived:
    """A child is born into the family."""
    event = LifeEvent(HistoryKind.BORN, DAY, LifeReason.BIRTH, who=BABY)
    version = row_of(family_id).version
    return do(live, actor=by or fund.registrar, family_id=family_id, version=version, event=event)


def make_parted(fund: FoundedFund, family_id: UUID, *going: int, by: Actor | None = None) -> Parted:
    """The family divided: who is at these places goes, the first adult unless told otherwise."""
    places = frozenset(going or (0,))
    parting = Parting(DAY, places, "Нұрлан", "гүлбақ", "+77010009900", "Абай 3", CONSENT)
    version = row_of(family_id).version
    return do(part, actor=by or fund.registrar, family_id=family_id, version=version, parting=parting)


def make_united(fund: FoundedFund, family_id: UUID, other_id: UUID, *coming: int, **changed: Any) -> United:
    """Two families become one, on the coordinator's word."""
    one, other = row_of(family_id), row_of(other_id)
    union = Union(
        one.id, one.version, other.id, other.version, changed.get("kind", TieKind.UNITED), DAY, frozenset(coming)
    )
    return do(join, actor=changed.get("by", fund.coordinator), union=union)


def make_moved(
    fund: FoundedFund, family_id: UUID, *, locality: str = "new-town", point: str = "school-5", by: Actor | None = None
) -> Moved:
    """The family lives elsewhere now."""
    version = row_of(family_id).version
    order = Move(family_id, version, fund.localities[locality], fund.points[point], DAY, "Сарыарқа 9", None)
    return do(move, actor=by or fund.registrar, order=order)


def make_returned(fund: FoundedFund, family_id: UUID, *, by: Actor | None = None) -> Returned:
    """A family that had left comes back."""
    version = row_of(family_id).version
    return do(come_back, actor=by or fund.registrar, family_id=family_id, version=version, consent=CONSENT)


def make_reached(fund: FoundedFund, family_id: UUID) -> None:
    """Its phone was corrected, and it stays confirmed."""
    opened = look(open_file, actor=fund.registrar, family_id=family_id, why="correct")
    family = replace(opened.family, phone="+77010009901")
    do(correct, actor=fund.registrar, order=Correction(family_id, opened.version, opened.point_id, family))


def make_households(fund: FoundedFund, helped: UUID) -> None:
    """One that had aid and parted, one that joined another, one that moved, one that came back; and their cards."""
    parted = make_parted(fund, helped)
    other = make_family(fund)
    make_united(fund, parted.new_id, other.family_id, 0, 1)
    moved, back, reached = make_family(fund), make_family(fund), make_family(fund)
    make_reached(fund, reached.family_id)
    make_born(fund, moved.family_id)
    make_moved(fund, moved.family_id)
    do(withdraw, actor=fund.registrar, family_id=back.family_id, reason=WithdrawalReason.OWN_WISH)
    make_returned(fund, back.family_id)
    do(print_cards, actor=fund.registrar, codes=(parted.code, back.code))
