"""Proof that each donor is in the version that their changes lead to, and points to whoever stands for them.

What is sealed of a donor can't be proved without keys; that it is of this version can, and what lost its name by a
wish.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.donations import DonorChangeKind
from aid.domain.donor_changes import roots_of
from aid.models.donations import Donation, Donor, Thanks
from aid.models.donors import DonorChange, DonorMerge, DonorParting
from aid.models.records import Record, RecordKind
from aid.models.support import SupportMessage, SupportUnsigned
from aid.models.thanks import UnnamedThanks
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

TAKES_NAMES_OFF = (DonorChangeKind.UNNAMED, DonorChangeKind.UNITED)


def prove_donors(session: Session) -> Iterator[Finding]:
    """Donors whose version, language or pointer does not follow, and what lost its name by no wish."""
    yield from faults_found(session, _versions)
    yield from _pointers(session)
    yield from faults_found(session, _merges, _unnamed)


def _versions() -> Iterator[Fault]:
    changes = select(func.count()).where(DonorChange.donor_id == Donor.id).scalar_subquery()
    last = select(func.max(DonorChange.version)).where(DonorChange.donor_id == Donor.id).scalar_subquery()
    yield those(Donor.id, Donor.version != 1 + changes, "its version is not that of its changes")
    gap = func.coalesce(last, 1) != 1 + changes
    yield those(Donor.id, gap, "a change of it is missing")
    other = exists().where(
        DonorChange.donor_id == Donor.id, DonorChange.version == Donor.version, DonorChange.language != Donor.language
    )
    yield those(Donor.id, other, "its language is not what was written last")
    sealed = exists().where(Record.kind == RecordKind.DONOR, Record.row_id == Donor.id, Record.version == Donor.version)
    yield those(Donor.id, ~sealed, "what is sealed of it is gone, or of another version")


def _pointers(session: Session) -> Iterator[Finding]:
    """Whom a donor was merged into, by the merges that were not undone."""
    parted = exists().where(DonorParting.merge_id == DonorMerge.id)
    pairs: dict[UUID, UUID] = {}
    for other, kept in session.execute(select(DonorMerge.other_id, DonorMerge.kept_id).where(~parted)):
        if other in pairs:
            yield Finding("donor", str(other), "it was merged twice")
        pairs[other] = kept
    roots = roots_of(pairs)
    pointing = select(Donor.id, Donor.merged_into_id).where(Donor.merged_into_id.is_not(None))
    there = {donor_id: into for donor_id, into in session.execute(pointing)}  # noqa: C416
    for donor_id in sorted(roots.keys() | there.keys()):
        if roots.get(donor_id) != there.get(donor_id):
            yield Finding("donor", str(donor_id), "it does not point to whoever stands for it by its merges")


def _merges() -> Iterator[Fault]:
    change = exists().where(
        DonorChange.donor_id == DonorMerge.kept_id,
        DonorChange.version == DonorMerge.kept_version,
        DonorChange.kind == DonorChangeKind.UNITED,
    )
    yield those(DonorMerge.id, ~change, "the donor that was kept has no change for it")
    before = exists().where(Record.kind == RecordKind.DONOR_BEFORE, Record.row_id == DonorMerge.id)
    yield those(DonorMerge.id, ~before, "what was before it is gone")
    fewer = (
        select(func.count())
        .select_from(DonorMerge)
        .join(DonorParting, DonorParting.merge_id == DonorMerge.id)
        .where(DonorMerge.kept_id == Donor.id)
        .scalar_subquery()
    )
    partings = (
        select(func.count())
        .where(DonorChange.donor_id == Donor.id, DonorChange.kind == DonorChangeKind.PARTED)
        .scalar_subquery()
    )
    yield those(Donor.id, fewer != partings, "it was parted without a change, or changed without")


def _unnamed() -> Iterator[Fault]:
    """Each line and signature that is gone went by a change of its donor, or of whom they were once merged into."""
    by_wish = exists().where(
        DonorChange.donor_id == UnnamedThanks.donor_id,
        DonorChange.version == UnnamedThanks.version,
        DonorChange.kind.in_(TAKES_NAMES_OFF),
    )
    own = exists().where(
        Thanks.id == UnnamedThanks.thanks_id,
        Donation.id == Thanks.donation_id,
        _was_one(Donation.donor_id, UnnamedThanks.donor_id),
    )
    yield those(UnnamedThanks.thanks_id, ~and_(by_wish, own), "its line went by no wish of its donor")
    wish = exists().where(
        DonorChange.donor_id == SupportUnsigned.donor_id,
        DonorChange.version == SupportUnsigned.version,
        DonorChange.kind.in_(TAKES_NAMES_OFF),
    )
    signed = exists().where(
        SupportMessage.id == SupportUnsigned.message_id,
        SupportMessage.is_signed,
        _was_one(SupportMessage.donor_id, SupportUnsigned.donor_id),
    )
    yield those(SupportUnsigned.message_id, ~and_(wish, signed), "its name went by no wish of its donor")


def _was_one(
    donor_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], kept: InstrumentedAttribute[UUID]
) -> ColumnElement[bool]:
    """Whether a donor is this one, or was merged at some time, if not into this one, into any."""
    return or_(donor_id == kept, exists().where(DonorMerge.other_id == donor_id))
