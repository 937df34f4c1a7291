"""Messages of thanks: asked for by a person, sent by the worker, each at most once.

Before a message leaves it is written down that it is being sent, and committed. Whatever happens then, nobody sends it
again by themselves: it was sent, it failed, or nobody knows, and then a treasurer finds out and decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.jobs import JobKind, JobState
from aid.domain.mails import IN_DOUBT, MOVING, NEXT, MailState
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import Donation, Thanks, ThanksWay
from aid.models.jobs import Job
from aid.models.people import Person, PersonState
from aid.models.thanks import GiftCode, MailStep, ThanksMail
from aid.queries.donations import taken_out
from aid.services import audit, run_keys
from aid.services.jobs import OPEN, is_locked, put_down
from aid.services.thanks.acknowledging import Acknowledgement, corrections_of, give, to_thank
from aid.vault.actor import Actor

OPENED_FOR: Final = timedelta(hours=1)
"""So long a worker may open what it was handed; what was not sent by then waits for a person again."""
MOST_AT_ONCE: Final = 500
LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class MailOrder:
    """One message: which donation it thanks for, and all that the worker needs to send it."""

    words: Acknowledgement
    parcel: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The worker will send them, one after another."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class Stood:
    """How a message stands now."""

    state: MailState | None  # none: it is not for this worker, or not now


@dataclass(frozen=True, slots=True)
class Settled:
    """So many messages that nobody was sending any more were put where they belong."""

    count: int


def ask_to_send(
    session: Session, *, actor: Actor, now: Instant, mails: tuple[MailOrder, ...], run_mac_key: bytes
) -> Asked:
    """Have messages sent: what they say is sealed to the workers that run. Raises RuleBroken for all."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person gives thanks"
    if not mails or len(mails) > MOST_AT_ONCE:
        raise RuleBroken(_("Choose between one and %(most)s donations.", most=MOST_AT_ONCE))
    workers = run_keys.running(session, now=now, key=run_mac_key)
    if not workers:
        raise RuleBroken(
            _("The fund’s worker does not run just now, so nothing can be sent. Print the letters, or wait.")
        )
    to_thank(session, [mail.words for mail in mails])
    job = put_down(session, actor=actor, now=now, kind=JobKind.THANKS)
    before, codes_before = _counted(session, mails)
    rows = [_row(mail.words, job.id, before.get(mail.words.donation_id, 0), actor.person_id, now) for mail in mails]
    codes = [_code(mail.words, codes_before.get(mail.words.donation_id, 0), now) for mail in mails]
    session.execute(insert(ThanksMail), rows)
    session.execute(insert(GiftCode), codes)
    items: dict[UUID, Mapping[str, str]] = {row["id"]: mail.parcel for row, mail in zip(rows, mails, strict=True)}
    run_keys.hand_over(session, workers=workers, job_id=job.id, expires_at=now.instant + OPENED_FOR, items=items)
    audit.say(session, "thanks.mails_asked", made=[audit.Rows(ThanksMail, rows), audit.Rows(GiftCode, codes)])
    return Asked(job.id)


def _counted(session: Session, mails: tuple[MailOrder, ...]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """How many messages and how many codes these donations had before."""
    ids = [mail.words.donation_id for mail in mails]
    return _count(session, ThanksMail.donation_id, ids), _count(session, GiftCode.donation_id, ids)


def _count(session: Session, of: InstrumentedAttribute[UUID], ids: list[UUID]) -> dict[UUID, int]:
    rows = session.execute(select(of, func.count()).where(of.in_(ids)).group_by(of))
    return {donation_id: count for donation_id, count in rows}  # noqa: C416


def _row(words: Acknowledgement, job_id: UUID, before: int, by: UUID, now: Instant) -> dict[str, Any]:
    return {
        "id": new_id(),
        "donation_id": words.donation_id,
        "n": before + 1,
        "corrections": words.corrections,
        "language": words.language,
        "text_id": words.text_id,
        "job_id": job_id,
        "state": MailState.ASKED,
        "asked_at": now.instant,
        "asked_by_id": by,
    }


def _code(words: Acknowledgement, before: int, now: Instant) -> dict[str, Any]:
    code = {"id": new_id(), "donation_id": words.donation_id, "n": before + 1}
    return {**code, "hash": words.code_hash, "made_at": now.instant}


# ---------------------------------------------------------------- the worker


def waiting(session: Session, *, job_id: UUID) -> list[UUID]:
    """Messages of a job that nobody has begun to send, in the order of their donations."""
    of_job = select(ThanksMail.id).where(ThanksMail.job_id == job_id, ThanksMail.state == MailState.ASKED)
    return list(session.scalars(of_job.order_by(ThanksMail.id)))


def begin(session: Session, *, actor: Actor, now: Instant, mail_id: UUID) -> Stood:
    """Write down that a message leaves now. What it needs is thrown away with it: nobody can send it twice."""
    mail = session.scalar(select(ThanksMail).where(ThanksMail.id == mail_id).with_for_update())
    if mail is None or mail.state is not MailState.ASKED or not _may_go_on(session, mail):
        return Stood(None)
    run_keys.throw_away(session, item_ids=[mail.id])
    is_true = _is_as_it_was(session, mail)
    state = MailState.SENDING if is_true else MailState.RETURNED
    _step(session, mail, state, now=now, act_code="thanks.mail_sending" if is_true else "thanks.mail_returned")
    return Stood(state)


def tell(
    session: Session, *, actor: Actor, now: Instant, mail_id: UUID, state: MailState, words: str | None = None
) -> Stood:
    """Write down what became of a message that was being sent; once it was sent, its donation is thanked."""
    mail = session.scalar(select(ThanksMail).where(ThanksMail.id == mail_id).with_for_update())
    if mail is None or mail.state is not MailState.SENDING:
        return Stood(None)
    _step(
        session,
        mail,
        state,
        now=now,
        words=words,
        act_code="thanks.mail_sent"
        if state is MailState.SENT
        else "thanks.mail_failed"
        if state is MailState.FAILED
        else "thanks.mail_unknown",
    )
    return Stood(state)


def return_expired(session: Session, *, actor: Actor, now: Instant, mail_id: UUID) -> Stood:
    """A message that no worker can open any more is given back. Nothing of it was sent."""
    mail = session.scalar(select(ThanksMail).where(ThanksMail.id == mail_id).with_for_update())
    if mail is None or mail.state is not MailState.ASKED:
        return Stood(None)
    run_keys.throw_away(session, item_ids=[mail.id])
    _step(session, mail, MailState.RETURNED, now=now, act_code="thanks.mail_returned")
    return Stood(MailState.RETURNED)


def take_over(session: Session, *, actor: Actor, now: Instant, job_id: UUID) -> Settled:
    """Whoever had this job before fell: what was leaving then is not known. Called under the job's lease only."""
    left = select(ThanksMail).where(ThanksMail.job_id == job_id, ThanksMail.state == MailState.SENDING)
    rows = list(session.scalars(left.with_for_update()))
    for mail in rows:
        _step(session, mail, MailState.UNKNOWN, now=now, act_code="thanks.mail_unknown")
    return Settled(len(rows))


def settle(session: Session, *, actor: Actor, now: Instant) -> Settled:
    """Messages whose job ended, was stopped or is gone: what was not begun is given back, what was is not known."""
    rows = list(session.scalars(select(ThanksMail).where(_left_behind()).order_by(ThanksMail.id).with_for_update()))
    for mail in rows:
        if mail.state is MailState.ASKED:
            _step(session, mail, MailState.RETURNED, now=now, act_code="thanks.mail_returned")
        else:
            _step(session, mail, MailState.UNKNOWN, now=now, act_code="thanks.mail_unknown")
    run_keys.throw_away(session, item_ids=[mail.id for mail in rows])
    return Settled(len(rows))


def any_left_behind(session: Session) -> bool:
    """Whether there are messages that nobody is sending any more."""
    return bool(session.scalar(select(exists().where(_left_behind()))))


def _left_behind() -> ColumnElement[bool]:
    goes_on = exists().where(Job.id == ThanksMail.job_id, Job.state.in_(OPEN))
    return ThanksMail.state.in_(MOVING) & ~goes_on


def _may_go_on(session: Session, mail: ThanksMail) -> bool:
    """Whether who asked for it may still, nobody pressed panic, and the job is being done."""
    cut_off = exists().where(Person.id == mail.asked_by_id, Person.state == PersonState.SUSPENDED)
    runs = exists().where(Job.id == mail.job_id, Job.state == JobState.RUNNING)
    return bool(session.scalar(select(runs & ~cut_off))) and not is_locked(session)


def _is_as_it_was(session: Session, mail: ThanksMail) -> bool:
    """Whether what the message says of its donation is still true, and nobody thanked for it meanwhile."""
    held = select(Donation.id).where(Donation.id == mail.donation_id).with_for_update()
    if session.scalar(held.where(~taken_out())) is None:
        return False
    thanked = session.scalar(select(Thanks.id).where(Thanks.donation_id == mail.donation_id)) is not None
    return not thanked and corrections_of(session, [mail.donation_id]).get(mail.donation_id, 0) == mail.corrections


# ---------------------------------------------------------------- decisions of people


def decide(session: Session, *, actor: Actor, now: Instant, mail_id: UUID, arrived: bool, reason: str) -> Stood:
    """Say whether a message in doubt arrived: then its donation is thanked, else it waits again. Raises RuleBroken."""
    actor.must(Permission.THANK_DONORS)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RuleBroken(_("Write in a few words how you know, without any name."), field="reason")
    mail = session.scalar(select(ThanksMail).where(ThanksMail.id == mail_id).with_for_update())
    if mail is None:
        raise RuleBroken(_("There is no such message."))
    if mail.state not in IN_DOUBT:
        raise RuleBroken(_("There is nothing to decide about this message any more."))
    state = MailState.ACCEPTED if arrived else MailState.REOPENED
    _step(
        session,
        mail,
        state,
        now=now,
        words=reason.strip(),
        by=actor.person_id,
        act_code="thanks.mail_accepted" if arrived else "thanks.mail_reopened",
    )
    return Stood(state)


def _step(
    session: Session,
    mail: ThanksMail,
    state: MailState,
    *,
    now: Instant,
    act_code: str,
    words: str | None = None,
    by: UUID | None = None,
) -> None:
    """Put a message where it goes from here, and write that down; where it arrived, its donation is thanked."""
    assert state in NEXT[mail.state], "nothing leads there"
    n = session.execute(select(func.count()).where(MailStep.mail_id == mail.id)).scalar_one() + 1
    step = MailStep(mail_id=mail.id, n=n, state=state, at=now.instant, by_id=by, words=words)
    session.add(step)
    mail.state = state
    session.flush()
    made: list[Permanent] = [step]
    if state in (MailState.SENT, MailState.ACCEPTED):
        donation = session.get_one(Donation, mail.donation_id)
        made += give(session, donation, way=ThanksWay.EMAIL, words=mail, by=by or mail.asked_by_id, now=now)
    audit.say(session, act_code, subject=mail.donation_id, made=made)
