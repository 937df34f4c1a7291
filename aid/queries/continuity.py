"""The continuity pack: what a safe holds for the day when no server answers. No name, no code, no family in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import ON_PAPER, printed_number
from aid.models.committee import Certificate
from aid.models.founding import FoundingAct
from aid.models.fund import Fund, Point
from aid.models.recovery import RecoveryKey
from aid.models.vouchers import Voucher
from aid.services.backups import Heads, heads_of
from aid.services.collections.parts import LEFT_MINOR
from aid.vault.actor import Actor
from aid.vault.certificates import Committee
from aid.vault.signatures import fingerprint_of


@dataclass(frozen=True, slots=True)
class OpenVoucher:
    """A paper in somebody's hands, by its number."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class OpenAtPoint:
    """The papers that one point still pays, until one day."""

    point: Mapping[str, str]
    last_day: date
    vouchers: tuple[OpenVoucher, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Continuity:
    """Everything the pack says."""

    titles: Mapping[str, str]  # neutral, as on vouchers
    demo: bool
    made_at: datetime
    places: tuple[OpenAtPoint, ...]
    vouchers: int
    total: Money
    heads: Heads
    act_hash: bytes | None
    certificate: int
    certificate_hash: bytes
    fingerprints: tuple[str, ...]  # of the committee's voting keys, without whose each is
    quorum: int
    shares: tuple[int, int] | None  # so many of so many open the backups


def continuity(session: Session, *, actor: Actor, now: Instant) -> Continuity:
    """The pack as of now."""
    actor.must(Permission.SEE_CUSTODY)
    actor.must(Permission.SEE_VOUCHERS)
    fund = session.scalars(select(Fund)).one()
    newest = select(Certificate).where(Certificate.effective_at <= now.instant)
    certificate = session.scalars(newest.order_by(Certificate.version.desc()).limit(1)).one()
    committee = Committee.read(certificate.content)
    places = _places(session, today=now.today)
    return Continuity(
        titles=fund.paper_titles,
        demo=fund.demo,
        made_at=now.instant,
        places=places,
        vouchers=sum(len(place.vouchers) for place in places),
        total=Money(sum(place.total.minor for place in places), fund.currency),
        heads=heads_of(session),
        act_hash=session.scalar(select(FoundingAct.hash)),
        certificate=certificate.version,
        certificate_hash=certificate.hash,
        fingerprints=tuple(sorted(fingerprint_of(member.public) for member in committee.members)),
        quorum=committee.quorum,
        shares=_shares(session),
    )


def open_papers(session: Session, *, today: date) -> int:
    """How many papers are out that may still be collected."""
    return session.scalar(select(func.count()).select_from(Voucher).where(_open(today))) or 0


def _places(session: Session, *, today: date) -> tuple[OpenAtPoint, ...]:
    found = session.execute(
        select(
            Point.code, Point.names, Voucher.grace_until, Voucher.serial, Voucher.currency, LEFT_MINOR.label("minor")
        )
        .join(Point, Point.id == Voucher.point_id)
        .where(_open(today))
        .order_by(Point.code, Voucher.grace_until, Voucher.currency, Voucher.serial)
    )
    grouped = groupby(found, key=lambda row: (row.code, row.names, row.grace_until, row.currency))
    places = []
    for (_code, names, last_day, currency), rows in grouped:
        vouchers = tuple(OpenVoucher(printed_number(row.serial), Money(int(row.minor), row.currency)) for row in rows)
        total = Money(sum(voucher.amount.minor for voucher in vouchers), currency)
        places.append(OpenAtPoint(names, last_day, vouchers, total))
    return tuple(places)


def _open(today: date) -> ColumnElement[bool]:
    return and_(Voucher.state.in_(ON_PAPER), Voucher.grace_until >= today)


def _shares(session: Session) -> tuple[int, int] | None:
    confirmed = select(RecoveryKey.threshold, RecoveryKey.shares).where(RecoveryKey.confirmed_at.is_not(None))
    row = session.execute(confirmed.order_by(RecoveryKey.generation.desc()).limit(1)).first()
    return (row.threshold, row.shares) if row else None
