"""Donors: entering one, with all that names them sealed to the donors' ring; and finding whom a gift is of by now."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, DonorKind, check_donor
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donor
from aid.models.records import RecordKind
from aid.services import audit, records
from aid.services.donors import index as donor_index
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring

NO_SUCH = _("There is no such donor. Search again, or enter a new one.")


@dataclass(frozen=True, slots=True)
class DonorEntered:
    """The fund knows a donor more."""

    donor_id: UUID


def add_donor(session: Session, *, actor: Actor, now: Instant, details: DonorDetails) -> DonorEntered:
    """Enter a donor by themselves, without a gift. Raises RuleBroken beside its field."""
    return DonorEntered(enter_donor(session, actor=actor, now=now, details=details).id)


def enter_donor(session: Session, *, actor: Actor, now: Instant, details: DonorDetails) -> Donor:
    """Enter someone who gives for the first time. Raises RuleBroken beside its field."""
    actor.must(Permission.RECORD_DONATIONS)
    check_donor(details)
    must_have_union(session, keyring=actor.keyring, details=details)
    donor = Donor(id=new_id(), known_since=now.instant, language=details.language, version=1)
    session.add(donor)
    session.flush()
    seal_details(session, keyring=actor.keyring, donor=donor, details=details)
    if index := donor_index.index_of(session, actor.keyring):
        donor_index.learn(session, index, donor.id, donor_index.terms_of_donor(details))
    audit.say(session, "donor.entered", subject=donor.id, made=[donor])
    return donor


def seal_details(session: Session, *, keyring: Keyring, donor: Donor, details: DonorDetails) -> None:
    """Seal what is known of a donor in their present version, in place of what was known before."""
    ring_id = donors_ring(session)
    records.put(
        session,
        details.plain(),
        kind=RecordKind.DONOR,
        row_id=donor.id,
        version=donor.version,
        rings=[records.targets(session, [ring_id])[ring_id]],
        keyring=keyring,
    )


def opened(session: Session, *, keyring: Keyring, donor_id: UUID) -> DonorDetails:
    """What is sealed of a donor, for who holds the ring."""
    plain: Mapping[str, object] | None = records.take_out(
        session, kind=RecordKind.DONOR, row_id=donor_id, keyring=keyring
    )
    assert plain is not None, "each donor has a record"
    return DonorDetails.from_plain(plain)


def known_donor(session: Session, donor_id: UUID) -> Donor:
    """Someone who gave before, or whom they were merged into. Raises RuleBroken."""
    donor = session.get(Donor, donor_id)
    while donor is not None and donor.merged_into_id is not None:
        donor = session.get(Donor, donor.merged_into_id)
    if donor is None:
        raise RuleBroken(NO_SUCH)
    return donor


def held_donor(session: Session, donor_id: UUID, *, to_change: bool = False) -> Donor:
    """The same, held until the commit: nobody makes them unnamed, and nobody merges them, meanwhile. Raises RuleBroken.

    Whoever names a donor to others holds them first, and then reads what is sealed of them.
    """
    lock = {"read": not to_change}
    donor = session.get(Donor, donor_id, with_for_update=lock, populate_existing=True)
    while donor is not None and donor.merged_into_id is not None:
        donor = session.get(Donor, donor.merged_into_id, with_for_update=lock, populate_existing=True)
    if donor is None:
        raise RuleBroken(NO_SUCH)
    return donor


def must_have_union(session: Session, *, keyring: Keyring, details: DonorDetails) -> None:
    """A branch is one of a union that is a donor. Raises RuleBroken."""
    if details.union_id is None:
        return
    union = known_donor(session, details.union_id)
    if opened(session, keyring=keyring, donor_id=union.id).kind is not DonorKind.UNION:
        raise RuleBroken(_("A branch belongs to a union: choose one of the unions."), field="union")
