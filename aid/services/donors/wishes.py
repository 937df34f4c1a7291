"""What a known donor wrote when they were given a reference: their newest word on how to thank them."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails
from aid.services.donors.changing import DonorCorrection, correct_donor, never_name
from aid.services.donors.entering import held_donor, opened
from aid.vault.actor import Actor


def take_up(session: Session, *, actor: Actor, now: Instant, donor_id: UUID, wish: DonorDetails) -> None:
    """Let a known donor read as they wrote last: where and how to thank, in which language, and whether to be named.

    Their name and kind stay as treasurers have them. Whoever was never to be named stays so.
    """
    donor = held_donor(session, donor_id, to_change=True)
    was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    if wish.never_named and not was.never_named:
        never_name(session, actor=actor, now=now, donor_id=donor.id, version=donor.version)
        was = opened(session, keyring=actor.keyring, donor_id=donor.id)
    becomes = replace(
        was,
        address=wish.address or was.address,
        email=wish.email or was.email,
        language=wish.language,
        thanks=wish.thanks,
        own_line=None if was.never_named else wish.own_line or was.own_line,
    )
    if becomes != was:
        order = DonorCorrection(donor.id, donor.version, becomes)
        correct_donor(session, actor=actor, now=now, order=order)
