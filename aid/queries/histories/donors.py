"""From the day a donor was entered: what was changed of them, what they gave, and how they were thanked."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorChangeKind
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.models.donations import Donation, Donor, Thanks, stands_for
from aid.models.donors import DonorChange
from aid.queries.histories.asking import PAGE, Ask, HistoryPage, acts, done_by, page_of
from aid.queries.histories.donations import THANKED
from aid.queries.timelines import Happening
from aid.vault.actor import Actor

CHANGED = MappingProxyType(
    {
        DonorChangeKind.CORRECTED: _("Corrected"),
        DonorChangeKind.UNNAMED: _("Asked never to be named"),
        DonorChangeKind.UNITED: _("Another entry was merged into this one"),
        DonorChangeKind.PARTED: _("A merge was undone"),
    }
)


def of_donor(
    session: Session, *, actor: Actor, now: Instant, donor_id: UUID, before: datetime | None = None, size: int = PAGE
) -> HistoryPage:
    """All that happened to a donor and their gifts."""
    actor.must(Permission.SEE_DONORS)
    return page_of(Ask(session, donor_id, now, before, size), (_thanked, _given, _changed, _entered))


def _entered(ask: Ask) -> Iterator[Happening]:
    yield from acts(ask, "donor.entered", _("Entered"))


def _changed(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(DonorChange.at, DonorChange.kind, DonorChange.reason, by=DonorChange.by_id)
    for at, kind, reason, handle in ask.told(wanted.where(DonorChange.donor_id == ask.id), DonorChange.at):
        told = CHANGED.get(DonorChangeKind(kind)) or _("May be named again: %(reason)s", reason=reason or "")
        yield Happening(at, told, handle)


def _given(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(Donation.recorded_at, Donation.number, Donation.id, by=Donation.recorded_by_id)
    theirs = wanted.join(Donor, Donor.id == Donation.donor_id).where(stands_for() == ask.id)
    for at, number, id_, handle in ask.told(theirs, Donation.recorded_at):
        yield Happening(at, _("Donation %(number)s", number=number), handle, "donations.show", {"donation_id": id_})


def _thanked(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(Thanks.thanked_at, Thanks.way, by=Thanks.thanked_by_id).join(
        Donation, Donation.id == Thanks.donation_id
    )
    theirs = wanted.join(Donor, Donor.id == Donation.donor_id).where(stands_for() == ask.id)
    for at, way, handle in ask.told(theirs, Thanks.thanked_at):
        yield Happening(at, THANKED[way], handle)
