"""Acknowledging a gift in public: its day and amount, with a line of the donor's own, or as a friend's."""

import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.thanks import one_line
from aid.domain.words import _
from aid.models.donations import Thanks, ThanksWay
from aid.models.thanks import PublishedThanks, UnpublishedThanks
from aid.services import audit
from aid.services.donors.entering import held_donor, opened
from aid.services.thanks.acknowledging import Acknowledgement, give, to_thank
from aid.vault.actor import Actor
from aid.vault.cbor import canonical

LONGEST_LINE = 120
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Published:
    """It stands on the public page."""

    donation_id: UUID


@dataclass(frozen=True, slots=True)
class TakenOff:
    """It stands there no more."""

    thanks_id: UUID


@dataclass(frozen=True, slots=True)
class PublicLine:
    """An acknowledgement, and the donor's own line beside it; none for a friend."""

    words: Acknowledgement
    line: str | None = field(repr=False)


def publish(session: Session, *, actor: Actor, now: Instant, order: PublicLine) -> Published:
    """Acknowledge a donation on the public page. Raises RuleBroken beside its field."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person gives thanks"
    line = one_line(order.line or "") or None
    found = to_thank(session, [order.words])[order.words.donation_id]
    if line:
        _must_be_sayable(session, actor, found.donor_id, line)
    thanks = give(session, found, way=ThanksWay.PUBLISHED, words=order.words, by=actor.person_id, now=now)
    session.flush()
    salt = secrets.token_bytes(16) if line else None
    row = PublishedThanks(
        thanks_id=thanks[0].id,
        line=line,
        salt=salt,
        line_hash=hash_of_line(line, salt) if line and salt else None,
    )
    session.add(row)
    audit.say(session, "donation.thanked", subject=found.id, made=[*thanks, row])
    return Published(found.id)


def take_off(session: Session, *, actor: Actor, now: Instant, thanks_id: UUID, reason: str) -> TakenOff:
    """Take an acknowledgement off the page; its line is deleted, and its donor stays thanked. Raises RuleBroken."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person takes it off"
    row = session.scalar(select(PublishedThanks).where(PublishedThanks.thanks_id == thanks_id).with_for_update())
    if row is None or session.get(UnpublishedThanks, thanks_id) is not None:
        raise RuleBroken(_("This is not on the public page."))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RuleBroken(_("Write in a few words why, without any name."), field="reason")
    row.line = row.salt = None
    off = UnpublishedThanks(
        thanks_id=thanks_id, reason=reason.strip(), taken_off_at=now.instant, taken_off_by_id=actor.person_id
    )
    session.add(off)
    audit.say(session, "thanks.taken_off", subject=session.get_one(Thanks, thanks_id).donation_id, made=[off])
    return TakenOff(thanks_id)


def hash_of_line(line: str, salt: bytes) -> bytes:
    """What stays of a line: nothing, once its salt is gone."""
    return hashlib.sha256(canonical(["komek/1/public-line", salt, line])).digest()


def _must_be_sayable(session: Session, actor: Actor, donor_id: UUID, line: str) -> None:
    if len(line) > LONGEST_LINE:
        raise RuleBroken(_("The line has more than %(longest)s letters; shorten it.", longest=LONGEST_LINE), "line")
    donor = held_donor(session, donor_id)
    if opened(session, keyring=actor.keyring, donor_id=donor.id).never_named:
        raise RuleBroken(_("This donor is never to be named: leave the line empty."), field="line")
