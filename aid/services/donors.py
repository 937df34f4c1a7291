"""Donors: entering one, with all that names them sealed to the donors' ring."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, check_donor
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.donations import Donor
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.services import audit, donor_index, records
from aid.vault.actor import Actor


def enter_donor(session: Session, *, actor: Actor, now: Instant, details: DonorDetails) -> Donor:
    """Enter someone who gives for the first time. Raises RuleBroken beside its field."""
    actor.must(Permission.RECORD_DONATIONS)
    check_donor(details)
    donor = Donor(id=new_id(), known_since=now.instant, language=details.language)
    session.add(donor)
    session.flush()
    ring_id = session.scalars(select(Ring.id).where(Ring.kind == RingKind.DONORS)).one()
    records.put(
        session,
        details.plain(),
        kind=RecordKind.DONOR,
        row_id=donor.id,
        rings=[records.targets(session, [ring_id])[ring_id]],
        keyring=actor.keyring,
    )
    if index := donor_index.index_of(session, actor.keyring):
        donor_index.learn(session, index, donor.id, donor_index.terms_of(name=details.name))
    audit.say(session, "donor.entered", subject=donor.id, made=[donor])
    return donor


def known_donor(session: Session, donor_id: UUID) -> Donor:
    """Someone who gave before. Raises RuleBroken."""
    donor = session.get(Donor, donor_id)
    if donor is None:
        raise RuleBroken(_("There is no such donor. Search again, or enter a new one."))
    return donor
