"""One donor whole: what they gave and how they were thanked, by which accounts they are known, what was merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.donations import DonorDetails
from aid.domain.mails import STANDING, MailState
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import Donation, DonationCorrection, Donor, Thanks, ThanksWay, stands_for
from aid.models.donors import DonorMerge, DonorParting
from aid.models.fund import Purpose
from aid.models.people import Person
from aid.models.records import RecordKind
from aid.models.statements import LineEnd, LineReopened
from aid.models.thanks import PublishedThanks, ThanksMail, UnnamedThanks, UnpublishedThanks
from aid.queries.donations import standing
from aid.queries.donors import DonorRow, branches, donor
from aid.services import records
from aid.services.lines.words import words_of
from aid.vault.actor import Actor

PAGE = 30
MOST_LINES = 100
"""So many of the latest lines are opened, to say by which accounts somebody is known."""


@dataclass(frozen=True, slots=True)
class GiftRow:
    """One gift, and how it stands with its thanks."""

    id: UUID
    number: int
    received_on: date
    amount: Money
    purpose: Mapping[str, str]
    way: ThanksWay | None
    thanked_at: datetime | None
    mail: MailState | None  # of a message that stands

    @property
    def is_out(self) -> bool:
        """Whether nothing came of it."""
        return self.amount.minor == 0


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that gifts came from, and the name that stood with it."""

    account: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MergeRow:
    """Another entry that was merged into this donor, as it was."""

    id: UUID
    at: datetime
    by: str
    details: DonorDetails | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class InPublic:
    """A gift that was published with the donor's own line."""

    donation_id: UUID
    number: int
    published_at: datetime
    line: str | None = field(repr=False)  # none: it was taken off


@dataclass(frozen=True, slots=True)
class DonorPage:
    """A donor with all that the treasurer knows."""

    row: DonorRow
    gifts: tuple[GiftRow, ...]
    before: int | None  # where the next page of gifts begins
    sums: tuple[Money, ...]  # given so far, a currency each
    accounts: tuple[KnownAccount, ...]
    branches: tuple[DonorRow, ...]
    merges: tuple[MergeRow, ...]
    in_public: tuple[InPublic, ...]  # that stands with their line
    was_in_public: tuple[InPublic, ...]  # that did, before they asked never to be named


def donor_page(session: Session, *, actor: Actor, donor_id: UUID, before: int | None = None) -> DonorPage | None:
    """One donor, or whoever stands for them by now; None where there is none."""
    row = donor(session, actor=actor, donor_id=donor_id)
    if row is None:
        return None
    gifts, next_before = _gifts(session, row.id, before)
    return DonorPage(
        row=row,
        gifts=gifts,
        before=next_before,
        sums=_sums(session, row.id),
        accounts=_accounts(session, actor, row.id),
        branches=branches(session, actor=actor, union_id=row.id),
        merges=_merges(session, actor, row.id),
        in_public=in_public(session, actor=actor, donor_id=row.id),
        was_in_public=_was_in_public(session, row.id),
    )


def in_public(session: Session, *, actor: Actor, donor_id: UUID) -> tuple[InPublic, ...]:
    """What stands on the public page with a donor's own line."""
    actor.must(Permission.SEE_DONORS)
    wanted = _published(donor_id).where(
        PublishedThanks.line.is_not(None),
        PublishedThanks.thanks_id.not_in(select(UnpublishedThanks.thanks_id)),
    )
    return tuple(InPublic(*row) for row in session.execute(wanted))


def _was_in_public(session: Session, donor_id: UUID) -> tuple[InPublic, ...]:
    wanted = _published(donor_id).join(UnnamedThanks, UnnamedThanks.thanks_id == PublishedThanks.thanks_id)
    return tuple(InPublic(*row) for row in session.execute(wanted))


def _published(donor_id: UUID) -> Select[UUID, int, datetime, str | None]:
    return (
        select(Donation.id, Donation.number, Thanks.thanked_at, PublishedThanks.line)
        .join(Thanks, Thanks.donation_id == Donation.id)
        .join(PublishedThanks, PublishedThanks.thanks_id == Thanks.id)
        .join(Donor, Donor.id == Donation.donor_id)
        .where(stands_for() == donor_id)
        .order_by(Donation.number)
    )


def _gifts(session: Session, donor_id: UUID, before: int | None) -> tuple[tuple[GiftRow, ...], int | None]:
    wanted = (
        select(Donation, Purpose.names, Thanks.way, Thanks.thanked_at, ThanksMail.state)
        .join(Donor, Donor.id == Donation.donor_id)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .outerjoin(Thanks, Thanks.donation_id == Donation.id)
        .outerjoin(ThanksMail, (ThanksMail.donation_id == Donation.id) & ThanksMail.state.in_(STANDING))
        .where(stands_for() == donor_id)
        .order_by(Donation.number.desc())
        .limit(PAGE + 1)
    )
    found = session.execute(wanted.where(Donation.number < before) if before else wanted).all()
    shown = found[:PAGE]
    stands = standing(session, [row.Donation for row in shown])
    gifts = tuple(
        GiftRow(
            row.id,
            row.number,
            row.received_on,
            stands[row.id].amount,
            stands[row.id].purpose or purpose,
            way,
            thanked_at,
            mail,
        )
        for row, purpose, way, thanked_at, mail in shown
    )
    return gifts, shown[-1].Donation.number if len(found) > PAGE else None


def _sums(session: Session, donor_id: UUID) -> tuple[Money, ...]:
    is_now = (
        select(
            func.coalesce(_last_correction(DonationCorrection.currency), Donation.currency).label("currency"),
            func.coalesce(_last_correction(DonationCorrection.amount_minor), Donation.amount_minor).label("minor"),
        )
        .join(Donor, Donor.id == Donation.donor_id)
        .where(stands_for() == donor_id)
        .subquery()
    )
    summed = select(is_now.c.currency, func.sum(is_now.c.minor)).group_by(is_now.c.currency)
    every = (Money(int(minor), currency) for currency, minor in session.execute(summed.order_by(is_now.c.currency)))
    return tuple(money for money in every if money.minor)


def _last_correction(column: InstrumentedAttribute[Any]) -> Any:
    of_it = select(column).where(DonationCorrection.donation_id == Donation.id)
    return of_it.order_by(DonationCorrection.n.desc()).limit(1).scalar_subquery()


def _accounts(session: Session, actor: Actor, donor_id: UUID) -> tuple[KnownAccount, ...]:
    """From which accounts gifts came, as the bank wrote it: out of the latest lines that ended as theirs."""
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    lines = (
        select(LineEnd.line_id)
        .join(Donation, Donation.id == LineEnd.cause_id)
        .join(Donor, Donor.id == Donation.donor_id)
        .where(stands_for() == donor_id, ~undone)
        .order_by(Donation.number.desc())
        .limit(MOST_LINES)
    )
    words = words_of(session, keyring=actor.keyring, line_ids=list(dict.fromkeys(session.scalars(lines))))
    others = (told.payment.other for told in words.values() if not told.details)
    known = {other.account: KnownAccount(other.account, other.name) for other in others if other and other.account}
    return tuple(known.values())


def merge(session: Session, *, actor: Actor, merge_id: UUID) -> tuple[MergeRow, UUID] | None:
    """A merge that stands, and whom it kept; None where there is none."""
    actor.must(Permission.SEE_DONORS)
    row = session.get(DonorMerge, merge_id)
    every = _merges(session, actor, row.kept_id) if row else ()
    return next(((each, row.kept_id) for each in every if row and each.id == merge_id), None)


def kept_by(session: Session, *, merge_id: UUID) -> UUID | None:
    """Whom a merge kept, though it was undone since; None where there never was one."""
    row = session.get(DonorMerge, merge_id)
    return row.kept_id if row else None


def _merges(session: Session, actor: Actor, donor_id: UUID) -> tuple[MergeRow, ...]:
    """Entries that were merged into this donor, and not parted again."""
    parted = exists().where(DonorParting.merge_id == DonorMerge.id)
    wanted = (
        select(DonorMerge, Person.handle)
        .join(Person, Person.id == DonorMerge.merged_by_id)
        .where(DonorMerge.kept_id == donor_id, ~parted)
        .order_by(DonorMerge.merged_at.desc())
    )
    found = session.execute(wanted).all()
    ids = [merge.other_id for merge, _handle in found]
    plain = records.take_out_all(session, kind=RecordKind.DONOR, row_ids=ids, keyring=actor.keyring)
    return tuple(
        MergeRow(
            merge.id,
            merge.merged_at,
            handle,
            DonorDetails.from_plain(plain[merge.other_id]) if merge.other_id in plain else None,
        )
        for merge, handle in found
    )
