"""Thanks: every donation is acknowledged, and none twice."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation, Donor, Thanks, ThanksWay
from aid.queries.donations import taken_out
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Thanked:
    """A donation counts as acknowledged."""

    thanks_id: UUID


@dataclass(frozen=True, slots=True)
class PrintedAgain:
    """The letter of a donation thanked before was printed once more."""

    thanks_id: UUID


def thank(session: Session, *, actor: Actor, now: Instant, donation_id: UUID) -> Thanked:
    """Mark a donation as thanked by a letter in its donor's language. Raises RuleBroken if it already is."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person gives thanks"
    donation, given = _donation(session, donation_id)
    if given is not None:
        raise RuleBroken(
            _("Donation %(number)s was thanked already. Print its letter again from its page.", number=donation.number)
        )
    if session.scalar(select(Donation.id).where(Donation.id == donation_id, taken_out())) is not None:
        raise RuleBroken(_("Nothing came of donation %(number)s, so nobody is thanked for it.", number=donation.number))
    thanks = Thanks(
        id=new_id(),
        donation_id=donation.id,
        way=ThanksWay.LETTER,
        language=session.get_one(Donor, donation.donor_id).language,
        thanked_at=now.instant,
        thanked_by_id=actor.person_id,
    )
    session.add(thanks)
    audit.say(session, "donation.thanked", subject=donation.id, made=[thanks])
    return Thanked(thanks.id)


def print_again(session: Session, *, actor: Actor, now: Instant, donation_id: UUID) -> PrintedAgain:
    """Print the letter of a thanked donation once more. It stays one acknowledgement. Raises RuleBroken."""
    actor.must(Permission.THANK_DONORS)
    donation, given = _donation(session, donation_id)
    if given is None:
        raise RuleBroken(_("Donation %(number)s was not thanked yet. Thank for it first.", number=donation.number))
    audit.say(session, "thanks.printed_again", subject=donation.id)
    return PrintedAgain(given.id)


def _donation(session: Session, donation_id: UUID) -> tuple[Donation, Thanks | None]:
    """A donation and its thanks. Of two who thank at once, one waits here, and then finds it done."""
    donation = session.scalar(select(Donation).where(Donation.id == donation_id).with_for_update())
    if donation is None:
        raise RuleBroken(_("There is no such donation."))
    return donation, session.scalar(select(Thanks).where(Thanks.donation_id == donation_id))
