"""The voucher behind a paper's digits: found under a point's keys only, claimed once, or closed and its money freed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.vouchers import ON_PAPER, VoucherState
from aid.models.base import Permanent
from aid.models.families import Confirmation, FamilyVersion
from aid.models.fund import Point
from aid.models.goods import GoodsRelease
from aid.models.ready import Ready
from aid.models.vouchers import Paper, Voucher
from aid.services import ledger
from aid.services.collections.parts import handed_of
from aid.vault.keyring import Keyring
from aid.vault.tokens import TokenMaker


class PaperSeen(NamedTuple):
    """As much of a paper as a table needs."""

    id: UUID
    number: int


class VoucherSeen(NamedTuple):
    """As much of a voucher as a table needs, as it stood when it was locked."""

    id: UUID
    serial: int
    family_id: UUID
    point_id: UUID
    purpose_id: UUID
    amount_minor: int
    currency: str
    state: VoucherState
    papers: int
    turns: int
    valid_until: date
    grace_until: date


@dataclass(frozen=True, slots=True)
class Found:
    """A paper, and the voucher it was printed of."""

    paper: Paper
    voucher: Voucher

    @property
    def is_current(self) -> bool:
        """Whether no newer paper was printed."""
        return self.paper.number == self.voucher.papers

    @property
    def amount(self) -> Money:
        """What the voucher is worth."""
        return Money(self.voucher.amount_minor, self.voucher.currency)


def by_code(session: Session, *, keyring: Keyring, point: Point, code: str) -> Found | None:
    """The voucher whose paper of this point bears these digits, locked until the commit; or nothing.

    Papers printed before the point's keys were changed bear the older keys' codes.
    """
    codes = [TokenMaker(keys.index_key).code_mac(code) for keys in keyring.every(point.ring_id)]
    paper = session.scalar(select(Paper).where(Paper.point_id == point.id, Paper.code_mac.in_(codes)))
    if paper is None:
        return None
    return Found(paper, session.scalars(select(Voucher).where(Voucher.id == paper.voucher_id).with_for_update()).one())


class OnPaper(Protocol):
    """A paper with its voucher, however much of both was read."""

    @property
    def paper(self) -> Paper | PaperSeen: ...

    @property
    def voucher(self) -> Voucher | VoucherSeen: ...


def claim(session: Session, found: OnPaper, *, whole: bool) -> bool:
    """Take a voucher for its next collection: of all that is left, or of a part. A rival finds no row."""
    becomes = VoucherState.COLLECTED if whole else VoucherState.BEGUN
    seen = {"its_id": found.voucher.id, "paper": found.paper.number, "seen": found.voucher.turns, "becomes": becomes}
    return bool(_CLAIM.run(session, seen))


def _claim() -> Ready:
    """Built once: asked for each family that comes."""
    voucher = Voucher.__table__.c
    guarded = (voucher.id == bindparam("its_id")) & or_(*(voucher.state == state for state in sorted(ON_PAPER)))
    seen = (voucher.papers == bindparam("paper")) & (voucher.turns == bindparam("seen"))
    table = cast(Table, Voucher.__table__)
    return Ready(update(table).where(guarded, seen).values(state=bindparam("becomes"), turns=voucher.turns + 1))


_CLAIM = _claim()


def on_paper(session: Session, voucher: Voucher) -> VoucherState:
    """Where a voucher stands whose newest paper is good: nothing, or a part, was collected and not taken back."""
    if not voucher.turns or handed_of(session, voucher).is_nothing:
        return VoucherState.PRINTED
    return VoucherState.BEGUN


def close(session: Session, vouchers: Iterable[Voucher], *, now: Instant) -> list[Permanent]:
    """End open vouchers, which are locked; what was made. Each one's money is set free by an entry.

    After its days of grace a voucher has expired; before, it is cancelled. What of it was collected stays with the
    family.
    """
    made: list[Permanent] = []
    for voucher in vouchers:
        voucher.state = VoucherState.EXPIRED if voucher.grace_until < now.today else VoucherState.VOID
        left = voucher.amount_minor - (handed_of(session, voucher).amount.minor if voucher.turns else 0)
        if not left:
            freed = GoodsRelease(voucher_id=voucher.id, released_on=now.today, released_at=now.instant)
            session.add(freed)
            made.append(freed)
            continue
        postings = entries.released(voucher.purpose_id, Money(left, voucher.currency))
        entry, transfers = ledger.post(session, postings, kind=EntryKind.RELEASE, cause=voucher.id, now=now)
        made += [entry, *transfers]
    return made


def vouched_by(session: Session, family_id: UUID) -> frozenset[UUID]:
    """Who registered, corrected or confirmed a family: they do not hand it its aid."""
    wrote = select(FamilyVersion.by_id).where(FamilyVersion.family_id == family_id)
    confirmed = select(Confirmation.by_id).where(Confirmation.family_id == family_id)
    return frozenset(session.scalars(wrote.union(confirmed)))
