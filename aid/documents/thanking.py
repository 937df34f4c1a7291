"""Thanking, from the key of a form to what goes out: words are put together, the act is written down, and given out.

The code of a gift is made of the form's key, so that a form sent twice gives the same letter twice.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app

from aid.documents.letter import ThanksLetter
from aid.documents.thanks import letter_of, said_of
from aid.domain.clock import Instant
from aid.domain.codes import gift_code
from aid.domain.mails import why_no_mail_to
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now as this_moment
from aid.extensions import reading
from aid.perform import perform
from aid.post.message import Outgoing
from aid.queries.thanks_words import GiftFacts, Giver, gifts, the_giver
from aid.services.thanks.acknowledging import Acknowledgement, print_again, spare, thank_by_letter
from aid.services.thanks.mails import MailOrder, ask_to_send
from aid.services.thanks.publishing import PublicLine, publish
from aid.vault.actor import Actor
from aid.vault.gift_codes import hash_of_code, seed_of


def letters(
    actor: Actor, donation_ids: Sequence[UUID], key: str, *, now: Instant | None = None
) -> tuple[ThanksLetter, ...]:
    """Thank for donations by letters, to be printed now. Raises RuleBroken for all, if one can't be thanked for."""
    giver, chosen = _chosen(actor, donation_ids, key)
    orders = tuple(order for _gift, _code, order in chosen)
    perform(key, thank_by_letter, actor=actor, now=now, letters=orders)
    return _letters(giver, chosen, now)


def letter_again(actor: Actor, donation_id: UUID, key: str) -> tuple[ThanksLetter, ...]:
    """The letter of a donation thanked before, with a new code. Raises RuleBroken."""
    giver, chosen = _chosen(actor, [donation_id], key)
    if not chosen:
        raise RuleBroken(_("There is no such donation."))
    perform(key, print_again, actor=actor, letter=chosen[0][2])
    return _letters(giver, chosen, None)


def mails(actor: Actor, donation_ids: Sequence[UUID], key: str) -> UUID:
    """Have messages sent by the worker; the id of their job. Raises RuleBroken for all, if one can't be sent."""
    giver, chosen = _chosen(actor, donation_ids, key)
    orders = tuple(MailOrder(order, outgoing(gift, giver, code).parcel()) for gift, code, order in chosen)
    mac_key = current_app.config["RUN_MAC_KEY"]
    return perform(key, ask_to_send, actor=actor, mails=orders, run_mac_key=mac_key).job_id


def in_public(actor: Actor, donation_id: UUID, key: str, *, line: str | None, now: Instant | None = None) -> None:
    """Acknowledge a donation on the public page. Raises RuleBroken beside its field."""
    _giver, chosen = _chosen(actor, [donation_id], key)
    if not chosen:
        raise RuleBroken(_("There is no such donation."))
    perform(key, publish, actor=actor, now=now, order=PublicLine(chosen[0][2], line))


def left_alone(actor: Actor, donation_id: UUID, key: str) -> None:
    """Leave a donation without thanks, as its donor wished. Raises RuleBroken."""
    _giver, chosen = _chosen(actor, [donation_id], key)
    perform(key, spare, actor=actor, spared=chosen[0][2])


def outgoing(gift: GiftFacts, giver: Giver, code: str) -> Outgoing:
    """A donation's thanks as a message. Raises RuleBroken where it can't be addressed."""
    donor = gift.donor
    refusal = why_no_mail_to(donor.email if donor else None)
    if donor is None or donor.email is None or refusal:
        raise RuleBroken(_("No message can go to the donor of donation %(number)s.", number=gift.number))
    said = said_of(gift, giver, code=code)
    return Outgoing(
        to=donor.email,
        subject=said.subject,
        body=said.plain,
        language=said.language,
        from_name=dict(giver.names).get(said.language) or next(iter(giver.names.values())),
        naming=tuple(part for part in (donor.name, *donor.address, donor.email) if part),
    )


def _chosen(
    actor: Actor, donation_ids: Sequence[UUID], key: str
) -> tuple[Giver, list[tuple[GiftFacts, str, Acknowledgement]]]:
    giver = the_giver(reading())
    found = gifts(reading(), actor=actor, donation_ids=donation_ids)
    if len(found) != len(set(donation_ids)):
        raise RuleBroken(_("There is no such donation."))
    return giver, [(gift, *_with_code(gift, giver, bytes.fromhex(key))) for gift in found]


def _with_code(gift: GiftFacts, giver: Giver, key: bytes) -> tuple[str, Acknowledgement]:
    """Its code, and what is written down of it. The hash takes a few thousandths of a second: before `perform`."""
    code = gift_code(seed_of(key, gift.donation_id))
    order = Acknowledgement(
        donation_id=gift.donation_id,
        corrections=gift.corrections,
        language=gift.text.language if gift.text else gift.language,
        text_id=gift.text_id,
        code_hash=hash_of_code(code, fund_id=giver.id),
    )
    return code, order


def _letters(
    giver: Giver, chosen: Sequence[tuple[GiftFacts, str, Acknowledgement]], now: Instant | None
) -> tuple[ThanksLetter, ...]:
    moment = (now or this_moment()).instant
    return tuple(letter_of(gift, giver, code=code, written_at=moment) for gift, code, _order in chosen)
