"""What printed vouchers say of when to come, beside a plan: what a change means for papers that families hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.days.planning import Invited
from aid.domain.paper_trail import ranges_of, written
from aid.domain.vouchers import ON_PAPER, ReprintReason
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services.days.coming import invitations_of_then
from aid.services.fund_days import zone_of


@dataclass(frozen=True, slots=True)
class Told:
    """How many printed vouchers say the hour of a plan, none, or another, and which those are."""

    right: int = 0
    silent: int = 0
    other: int = 0
    runs: tuple[str, ...] = ()  # numbers whose paper says another day or hour, as they are printed

    @property
    def asked(self) -> int:
        """How many say an hour at all."""
        return self.right + self.other


def told(session: Session, *, point_id: UUID, day: date, planned: Mapping[int, Invited]) -> Told:
    """Compare a day's plan with the newest good papers that it is about, or that say they are for this day."""
    says = said_on_papers(session, point_id=point_id)
    mine = {serial: said for serial, said in says.items() if serial in planned or (said and said.day == day)}
    others = sorted(serial for serial, said in mine.items() if said is not None and said != planned.get(serial))
    silent = sum(said is None for said in mine.values())
    return Told(len(mine) - silent - len(others), silent, len(others), written(ranges_of(others)))


def said_on_papers(session: Session, *, point_id: UUID) -> dict[int, Invited | None]:
    """What the newest good paper of each printed voucher at this point says of when to come: a plan of then."""
    zone = zone_of(session)
    papers = session.execute(
        select(Voucher.serial, PrintBatch.printed_at, PrintBatch.reason)
        .join(Paper, (Paper.voucher_id == Voucher.id) & (Paper.number == Voucher.papers))
        .join(PrintBatch, PrintBatch.id == Paper.batch_id)
        .where(Voucher.point_id == point_id, Voucher.state.in_(ON_PAPER))
    ).all()
    moments = {printed_at: printed_at.astimezone(zone).date() for _serial, printed_at, _reason in papers}
    plans = invitations_of_then(session, point_id=point_id, moments=moments)
    found: dict[int, Invited | None] = {}
    for serial, printed_at, reason in papers:
        moved = reason == ReprintReason.MOVED  # the same sheet, which says when it was asked for elsewhere
        found[serial] = None if moved else plans[printed_at].get(serial)
    return found
