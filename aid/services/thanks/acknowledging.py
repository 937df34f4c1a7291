"""Thanks: every donation is acknowledged, and none twice. By letter at once; by message when the worker has sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import ThanksWish
from aid.domain.ids import new_id
from aid.domain.mails import MOVING, STANDING, MailState
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.base import Permanent
from aid.models.donations import Donation, DonationCorrection, Thanks, ThanksWay
from aid.models.thanks import GiftCode, ThanksMail, ThanksWords
from aid.queries.donations import taken_out
from aid.services import audit
from aid.services.donors.entering import held_donor, opened
from aid.vault.actor import Actor

MOST_LETTERS = 100
"""So many letters are set at once: more would keep everybody else waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """How one donation is acknowledged: in which text, as it stood then, with which code."""

    donation_id: UUID
    corrections: int  # of the donation, when its words were put together
    language: str
    text_id: UUID | None  # none: the text that Komek brings
    code_hash: bytes


@dataclass(frozen=True, slots=True)
class Thanked:
    """These donations count as acknowledged."""

    donation_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PrintedAgain:
    """The letter of a donation thanked before was printed once more, with a new code."""

    donation_id: UUID


def thank_by_letter(session: Session, *, actor: Actor, now: Instant, letters: tuple[Acknowledgement, ...]) -> Thanked:
    """Count donations as thanked by letters that are printed now. Raises RuleBroken for all, if one can't be."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person gives thanks"
    if not letters or len(letters) > MOST_LETTERS:
        raise RuleBroken(_("Choose between one and %(most)s donations.", most=MOST_LETTERS))
    found = to_thank(session, letters)
    for letter in letters:
        thanks = give(
            session, found[letter.donation_id], way=ThanksWay.LETTER, words=letter, by=actor.person_id, now=now
        )
        made = [*thanks, new_code(session, letter, now=now)]
        audit.say(session, "donation.thanked", subject=letter.donation_id, made=made)
    return Thanked(tuple(letter.donation_id for letter in letters))


def print_again(session: Session, *, actor: Actor, now: Instant, letter: Acknowledgement) -> PrintedAgain:
    """Print the letter of a thanked donation once more; its code is new. It stays one acknowledgement.

    Raises RuleBroken.
    """
    actor.must(Permission.THANK_DONORS)
    [donation] = locked(session, [letter.donation_id])
    if not _is_thanked(session, donation.id):
        raise RuleBroken(_("Donation %(number)s was not thanked yet. Thank for it first.", number=donation.number))
    code = new_code(session, letter, now=now)
    audit.say(session, "thanks.printed_again", subject=donation.id, made=[code])
    return PrintedAgain(donation.id)


def spare(session: Session, *, actor: Actor, now: Instant, spared: Acknowledgement) -> Thanked:
    """Count a donation as answered whose donor wished no thanks: nothing goes out, and it waits no more.

    Raises RuleBroken where nobody wished that.
    """
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person decides it"
    found = to_thank(session, [spared])[spared.donation_id]
    donor = held_donor(session, found.donor_id)
    if opened(session, keyring=actor.keyring, donor_id=donor.id).thanks is not ThanksWish.NOT_AT_ALL:
        raise RuleBroken(_("This donor did not ask to be left without thanks."))
    way = ThanksWay.NOT_WISHED
    thanks = give(session, found, way=way, words=replace(spared, text_id=None), by=actor.person_id, now=now)
    audit.say(session, "donation.spared", subject=found.id, made=thanks)
    return Thanked((found.id,))


def to_thank(session: Session, asked: Sequence[Acknowledgement]) -> Mapping[UUID, Donation]:
    """Donations that wait for thanks, held until the commit. Of two who thank at once, one waits here.

    Raises RuleBroken for one that does not wait, or that is not any more what its words say.
    """
    seen = {each.donation_id: each.corrections for each in asked}
    if len(seen) != len(asked):
        raise RuleBroken(_("A donation was chosen twice."))
    rows = locked(session, list(seen))
    ids = [row.id for row in rows]
    thanked = set(session.scalars(select(Thanks.donation_id).where(Thanks.donation_id.in_(ids))))
    out = set(session.scalars(select(Donation.id).where(Donation.id.in_(ids), taken_out())))
    mails = _standing_mails(session, ids)
    now_corrected = corrections_of(session, ids)
    for row in rows:
        if refusal := _why_not(row, is_thanked=row.id in thanked, is_out=row.id in out, mail=mails.get(row.id)):
            raise RuleBroken(refusal)
        if now_corrected.get(row.id, 0) != seen[row.id]:
            raise RuleBroken(_("Donation %(number)s was corrected a moment ago. Look at it again.", number=row.number))
    return {row.id: row for row in rows}


def give(
    session: Session, donation: Donation, *, way: ThanksWay, words: Acknowledgement | ThanksMail, by: UUID, now: Instant
) -> tuple[Thanks, *tuple[Permanent, ...]]:
    """Write down that a donation is acknowledged. Its caller has seen that it waits, and says so to the audit."""
    thanks = Thanks(
        id=new_id(),
        donation_id=donation.id,
        way=way,
        language=words.language,
        thanked_at=now.instant,
        thanked_by_id=by,
    )
    session.add(thanks)
    if words.text_id is None:
        return (thanks,)
    session.flush()
    set_in = ThanksWords(thanks_id=thanks.id, text_id=words.text_id)
    session.add(set_in)
    return thanks, set_in


def new_code(session: Session, words: Acknowledgement, *, now: Instant) -> GiftCode:
    """The code of a gift takes the place of any that it had before."""
    n = session.execute(select(func.count()).where(GiftCode.donation_id == words.donation_id)).scalar_one() + 1
    code = GiftCode(id=new_id(), donation_id=words.donation_id, n=n, hash=words.code_hash, made_at=now.instant)
    session.add(code)
    return code


def locked(session: Session, donation_ids: Sequence[UUID]) -> list[Donation]:
    """Donations by id, held until the commit. Raises RuleBroken where one is missing."""
    wanted = select(Donation).where(Donation.id.in_(donation_ids)).order_by(Donation.id).with_for_update()
    rows = list(session.scalars(wanted))
    if len(rows) != len(set(donation_ids)):
        raise RuleBroken(_("There is no such donation."))
    return rows


def corrections_of(session: Session, donation_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How often donations were corrected; those that never were are not in it."""
    counted = select(DonationCorrection.donation_id, func.count()).group_by(DonationCorrection.donation_id)
    rows = session.execute(counted.where(DonationCorrection.donation_id.in_(donation_ids)))
    return {donation_id: count for donation_id, count in rows}  # noqa: C416


def _is_thanked(session: Session, donation_id: UUID) -> bool:
    return session.scalar(select(Thanks.id).where(Thanks.donation_id == donation_id)) is not None


def _standing_mails(session: Session, ids: Sequence[UUID]) -> dict[UUID, MailState]:
    rows = session.execute(
        select(ThanksMail.donation_id, ThanksMail.state).where(
            ThanksMail.donation_id.in_(ids), ThanksMail.state.in_(STANDING)
        )
    )
    return {donation_id: state for donation_id, state in rows}  # noqa: C416


def _why_not(row: Donation, *, is_thanked: bool, is_out: bool, mail: MailState | None) -> Message | None:
    """Say why a donation can't be thanked for now, or nothing."""
    if is_thanked:
        return _("Donation %(number)s was thanked already. Print its letter again from its page.", number=row.number)
    if is_out:
        return _("Nothing came of donation %(number)s, so nobody is thanked for it.", number=row.number)
    if mail in MOVING:
        return _("A message for donation %(number)s is on its way already.", number=row.number)
    if mail is not None:
        return _("Decide first what became of the message for donation %(number)s.", number=row.number)
    return None
