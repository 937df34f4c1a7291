"""Proof that every donation is thanked or waits for it, and that no message of thanks left twice.

Whether a message arrived only a mail server knows; that nobody sent a second one follows from its steps.
"""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from aid.domain.mails import ARRIVED, IN_DOUBT, MOVING, NEXT, STANDING, MailState
from aid.models.donations import Donation, Thanks, ThanksWay
from aid.models.thanks import (
    MailStep,
    PublishedThanks,
    ThanksMail,
    ThanksText,
    ThanksWords,
    UnnamedThanks,
    UnpublishedThanks,
)
from aid.queries.donations import taken_out
from aid.queries.thanks import untouched
from aid.services.thanks.publishing import hash_of_line
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding


def prove_thanks(session: Session) -> Iterator[Finding]:
    """Donations that are neither thanked nor waiting, and messages that stand where nothing put them."""
    yield from _sums(session)
    yield from faults_found(session, _mails, _steps, _ways, _published)
    yield from _lines(session)


def _sums(session: Session) -> Iterator[Finding]:
    """Donations = thanked + backlog: each is exactly one of thanked, waiting, on its way, in doubt."""
    all_, *parts = (session.execute(count).scalar_one() for count in _counts())
    if all_ != sum(parts):
        text = "{} are thanked, {} wait, {} are on their way and {} in doubt".format(*parts)
        yield Finding("donation", "", f"there are {all_}, but {text}")


@cache
def _counts() -> tuple[Select[int], ...]:
    """All donations, and those that are thanked, that wait, that are on their way, that are in doubt."""
    thanked = select(Thanks.donation_id)

    def with_mail(states: tuple[MailState, ...]) -> ColumnElement[bool]:
        mails = select(ThanksMail.donation_id).where(ThanksMail.state.in_(states))
        return Donation.id.in_(mails) & Donation.id.not_in(thanked)

    all_ = select(func.count()).select_from(Donation).where(~taken_out())
    parts = (Donation.id.in_(thanked), untouched(), with_mail(MOVING), with_mail(IN_DOUBT))
    return all_, *(all_.where(part) for part in parts)


def _mails() -> Iterator[Fault]:
    last = select(func.max(MailStep.n)).where(MailStep.mail_id == ThanksMail.id).scalar_subquery()
    steps = select(func.count()).where(MailStep.mail_id == ThanksMail.id).scalar_subquery()
    state = (
        select(type_coerce(MailStep.state, String))
        .where(MailStep.mail_id == ThanksMail.id)
        .order_by(MailStep.n.desc())
        .limit(1)
        .scalar_subquery()
    )
    stands = func.coalesce(state, MailState.ASKED.value)
    yield those(ThanksMail.id, _says(ThanksMail.state) != stands, "it is not where its steps led")
    yield those(ThanksMail.id, func.coalesce(last, 0) != steps, "a step of it is missing")
    thanked = exists().where(Thanks.donation_id == ThanksMail.donation_id)
    by_mail = thanked.where(Thanks.way == ThanksWay.EMAIL)
    still = ThanksMail.state.in_([state for state in STANDING if state not in ARRIVED])
    yield those(ThanksMail.id, still & thanked, "its donation is thanked, and it is still to be sent")
    yield those(ThanksMail.id, ThanksMail.state.in_(ARRIVED) & ~by_mail, "it arrived and thanked nobody")


def _steps() -> Iterator[Fault]:
    before, step = aliased(MailStep), MailStep
    came_from = case((step.n == 1, MailState.ASKED.value), else_=_says(before.state))
    may = or_(
        *(
            and_(came_from == one.value, _says(step.state).in_([state.value for state in after]))
            for one, after in NEXT.items()
        )
    )
    found = (
        select(step.mail_id)
        .outerjoin(before, and_(before.mail_id == step.mail_id, before.n == step.n - 1))
        .where(or_(came_from.is_(None), ~may))
    )
    yield Fault(found, "thanks_mail", "a step of it could not follow the one before")


def _ways() -> Iterator[Fault]:
    """Each acknowledgement has what it was given by."""
    arrived = exists().where(ThanksMail.donation_id == Thanks.donation_id, ThanksMail.state.in_(ARRIVED))
    by_mail = Thanks.way == ThanksWay.EMAIL
    yield those(Thanks.id, by_mail != arrived, "the message that it was given by is missing, or too many")
    shown = exists().where(PublishedThanks.thanks_id == Thanks.id)
    in_public = Thanks.way == ThanksWay.PUBLISHED
    yield those(Thanks.id, in_public != shown, "what was to be published of it is missing, or too much")
    other = exists().where(
        ThanksWords.thanks_id == Thanks.id,
        ThanksText.id == ThanksWords.text_id,
        or_(ThanksText.language != Thanks.language, ThanksText.written_at > Thanks.thanked_at),
    )
    yield those(Thanks.id, other, "its words are of another language, or were written after it")


def _published() -> Iterator[Fault]:
    down = exists().where(UnpublishedThanks.thanks_id == PublishedThanks.thanks_id)
    unnamed = exists().where(UnnamedThanks.thanks_id == PublishedThanks.thanks_id)
    off = or_(down, unnamed)
    had_line = PublishedThanks.line_hash.is_not(None)
    has_line = PublishedThanks.line.is_not(None)
    wrong = or_(has_line & off, had_line & ~has_line & ~off, has_line & ~had_line)
    yield those(PublishedThanks.thanks_id, wrong, "its line is there though it was taken off, or is gone")


def _lines(session: Session) -> Iterator[Finding]:
    for thanks_id, line, salt, line_hash in session.execute(_lines_shown()):
        if not line or not salt or hash_of_line(line, salt) != line_hash:
            yield Finding("thanks_published", str(thanks_id), "its line is not the one that was published")


@cache
def _lines_shown() -> Select[UUID, str | None, bytes | None, bytes | None]:
    shown = PublishedThanks
    lines = select(shown.thanks_id, shown.line, shown.salt, shown.line_hash).where(shown.line.is_not(None))
    return lines.execution_options(yield_per=1000)


def _says(state: InstrumentedAttribute[MailState]) -> ColumnElement[str]:
    """A state as it is kept, whether or not it is one that there is."""
    return type_coerce(state, String)
