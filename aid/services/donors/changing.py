"""Changing what is written of a donor: correcting it, and their wish never to be named.

Each change is a version of its own; of two people who change one donor at once the second is told of the first's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorChangeKind, DonorDetails, check_donor
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import Donation, Donor, Thanks, stands_for
from aid.models.donors import DonorChange
from aid.models.support import SupportAnswer, SupportMessage, SupportUnsigned
from aid.models.thanks import PublishedThanks, UnnamedThanks
from aid.services import audit
from aid.services.donors import index as donor_index
from aid.services.donors.entering import held_donor, must_have_union, opened, seal_details
from aid.vault.actor import Actor

LONGEST_REASON = 500


class DonorChangedMeanwhile(RuleBroken):
    """Somebody wrote a newer version of the donor than the one that was seen."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this donor a moment ago. Look at what they wrote first."))


@dataclass(frozen=True, slots=True)
class DonorCorrection:
    """A donor as they should read; `version` is the one that was corrected."""

    donor_id: UUID
    version: int
    details: DonorDetails = field(repr=False)


@dataclass(frozen=True, slots=True)
class DonorChanged:
    """The donor reads anew."""

    donor_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The donor is never to be named from now on; so many published lines and signed messages lost their name."""

    donor_id: UUID
    version: int
    lines: int
    signatures: int


def correct_donor(session: Session, *, actor: Actor, now: Instant, order: DonorCorrection) -> DonorChanged:
    """Write a donor's next version. Raises DonorChangedMeanwhile for who corrected an older one.

    Whether they may be named is not corrected in passing: that is a wish, with its own act.
    """
    actor.must(Permission.RECORD_DONATIONS)
    donor = _donor_at(session, order.donor_id, order.version)
    was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    details = replace(order.details, never_named=was.never_named)
    check_donor(details)
    if details.union_id == donor.id:
        raise RuleBroken(_("A branch belongs to a union: choose one of the unions."), field="union")
    must_have_union(session, keyring=actor.keyring, details=details)
    if details == was:
        raise RuleBroken(_("Nothing is different from what is written already."))
    made = write_next(session, actor=actor, now=now, donor=donor, kind=DonorChangeKind.CORRECTED, details=details)
    audit.say(session, "donor.corrected", subject=donor.id, made=[made])
    return DonorChanged(donor.id, donor.version)


def never_name(session: Session, *, actor: Actor, now: Instant, donor_id: UUID, version: int) -> Unnamed:
    """Write down that a donor asked never to be named: what named them in public is a friend's from now on."""
    actor.must(Permission.RECORD_DONATIONS)
    donor = _donor_at(session, donor_id, version)
    was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    if was.never_named:
        raise RuleBroken(_("This donor is never named already."))
    details = replace(was, never_named=True, own_line=None)
    made = write_next(session, actor=actor, now=now, donor=donor, kind=DonorChangeKind.UNNAMED, details=details)
    lines, signatures = unname(session, made)
    audit.say(session, "donor.unnamed", subject=donor.id, made=[made, *lines, *signatures])
    return Unnamed(donor.id, donor.version, len(lines), len(signatures))


def may_name(
    session: Session, *, actor: Actor, now: Instant, donor_id: UUID, version: int, reason: str
) -> DonorChanged:
    """Write down that a donor may be named again, and why. What lost their name stays without it."""
    actor.must(Permission.RECORD_DONATIONS)
    donor = _donor_at(session, donor_id, version)
    was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    if not was.never_named:
        raise RuleBroken(_("This donor may be named already."))
    made = write_next(
        session,
        actor=actor,
        now=now,
        donor=donor,
        kind=DonorChangeKind.NAMEABLE,
        details=replace(was, never_named=False),
        reason=reason_of(reason),
    )
    audit.say(session, "donor.nameable", subject=donor.id, made=[made])
    return DonorChanged(donor.id, donor.version)


def reason_of(typed: str) -> str:
    """A reason that names nobody, as somebody typed it. Raises RuleBroken beside its field."""
    reason = typed.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise RuleBroken(_("Write in a few words why, without any name."), field="reason")
    return reason


def write_next(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    donor: Donor,
    kind: DonorChangeKind,
    details: DonorDetails,
    reason: str | None = None,
) -> DonorChange:
    """Write the next version of a donor who is held, and let them be found by what it says."""
    assert actor.person_id is not None, "a person changes donors"
    was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    donor.version, donor.language = donor.version + 1, details.language
    made = DonorChange(
        donor_id=donor.id,
        version=donor.version,
        kind=kind,
        language=details.language,
        reason=reason,
        at=now.instant,
        by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    seal_details(session, keyring=actor.keyring, donor=donor, details=details)
    index = donor_index.index_of(session, actor.keyring)
    if index and donor_index.terms_of_donor(was) != donor_index.terms_of_donor(details):
        donor_index.make_anew(session, actor.keyring, index, [donor.id])
    return made


def unname(session: Session, change: DonorChange) -> tuple[Sequence[Permanent], Sequence[Permanent]]:
    """Take a donor's name off what was published of them, and of all that were merged into them."""
    theirs = select(Donor.id).where(stands_for() == change.donor_id)
    published = (
        select(PublishedThanks)
        .join(Thanks, Thanks.id == PublishedThanks.thanks_id)
        .join(Donation, Donation.id == Thanks.donation_id)
        .where(Donation.donor_id.in_(theirs), PublishedThanks.line.is_not(None))
        .order_by(PublishedThanks.thanks_id)
        .with_for_update(of=PublishedThanks)
    )
    lines = []
    for row in session.scalars(published).all():
        row.line = row.salt = None
        lines.append(UnnamedThanks(thanks_id=row.thanks_id, donor_id=change.donor_id, version=change.version))
    signed = (
        select(SupportMessage.id)
        .where(SupportMessage.donor_id.in_(theirs), SupportMessage.is_signed)
        .where(SupportMessage.id.not_in(select(SupportUnsigned.message_id)))
        .order_by(SupportMessage.id)
    )
    signatures = []
    for message_id in session.scalars(signed).all():
        if (answer := session.get(SupportAnswer, message_id, with_for_update=True)) is not None:
            answer.signature = answer.signature_salt = None
        signatures.append(SupportUnsigned(message_id=message_id, donor_id=change.donor_id, version=change.version))
    session.add_all([*lines, *signatures])
    return lines, signatures


def _donor_at(session: Session, donor_id: UUID, version: int) -> Donor:
    """A donor held to be changed, in the version that somebody saw. Raises RuleBroken."""
    donor = held_donor(session, donor_id, to_change=True)
    if donor.id != donor_id or donor.version != version:
        raise DonorChangedMeanwhile
    return donor
