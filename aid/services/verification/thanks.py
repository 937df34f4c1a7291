"""Proof that every donation is thanked or waits for it, and that no message of thanks left twice.

Whether a message arrived only a mail server knows; that nobody sent a second one follows from its steps.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, String, and_, case, exists, func, or_, select, type_coerce
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
from aid.services.published_thanks import hash_of_line
from aid.services.verification.findings import Finding


def prove_thanks(session: Session) -> Iterator[Finding]:
    """Donations that are neither thanked nor waiting, and messages that stand where nothing put them."""
    yield from _sums(session)
    yield from _mails(session)
    yield from _ways(session)
    yield from _published(session)


def _sums(session: Session) -> Iterator[Finding]:
    """Donations = thanked + backlog: each is exactly one of thanked, waiting, on its way, in doubt."""
    came = ~taken_out()
    thanked = select(Thanks.donation_id)

    def count(where: ColumnElement[bool]) -> int:
        return session.execute(select(func.count()).select_from(Donation).where(came, where)).scalar_one()

    def with_mail(states: tuple[MailState, ...]) -> int:
        mails = select(ThanksMail.donation_id).where(ThanksMail.state.in_(states))
        return count(Donation.id.in_(mails) & Donation.id.not_in(thanked))

    all_ = session.execute(select(func.count()).select_from(Donation).where(came)).scalar_one()
    parts = (count(Donation.id.in_(thanked)), count(untouched()), with_mail(MOVING), with_mail(IN_DOUBT))
    if all_ != sum(parts):
        text = "{} are thanked, {} wait, {} are on their way and {} in doubt".format(*parts)
        yield Finding("donation", "", f"there are {all_}, but {text}")


def _mails(session: Session) -> Iterator[Finding]:
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
    yield from _wrong(session, ThanksMail.id, _says(ThanksMail.state) != stands, "it is not where its steps led")
    yield from _wrong(session, ThanksMail.id, func.coalesce(last, 0) != steps, "a step of it is missing")
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
    for (mail_id,) in session.execute(found):
        yield Finding("thanks_mail", str(mail_id), "a step of it could not follow the one before")
    thanked = exists().where(Thanks.donation_id == ThanksMail.donation_id)
    by_mail = thanked.where(Thanks.way == ThanksWay.EMAIL)
    still = ThanksMail.state.in_([state for state in STANDING if state not in ARRIVED])
    yield from _wrong(session, ThanksMail.id, still & thanked, "its donation is thanked, and it is still to be sent")
    yield from _wrong(session, ThanksMail.id, ThanksMail.state.in_(ARRIVED) & ~by_mail, "it arrived and thanked nobody")


def _ways(session: Session) -> Iterator[Finding]:
    """Each acknowledgement has what it was given by."""
    arrived = exists().where(ThanksMail.donation_id == Thanks.donation_id, ThanksMail.state.in_(ARRIVED))
    by_mail = Thanks.way == ThanksWay.EMAIL
    yield from _wrong(
        session, Thanks.id, by_mail != arrived, "the message that it was given by is missing, or too many"
    )
    shown = exists().where(PublishedThanks.thanks_id == Thanks.id)
    in_public = Thanks.way == ThanksWay.PUBLISHED
    yield from _wrong(session, Thanks.id, in_public != shown, "what was to be published of it is missing, or too much")
    other = exists().where(
        ThanksWords.thanks_id == Thanks.id,
        ThanksText.id == ThanksWords.text_id,
        or_(ThanksText.language != Thanks.language, ThanksText.written_at > Thanks.thanked_at),
    )
    yield from _wrong(session, Thanks.id, other, "its words are of another language, or were written after it")


def _published(session: Session) -> Iterator[Finding]:
    down = exists().where(UnpublishedThanks.thanks_id == PublishedThanks.thanks_id)
    unnamed = exists().where(UnnamedThanks.thanks_id == PublishedThanks.thanks_id)
    off = or_(down, unnamed)
    had_line = PublishedThanks.line_hash.is_not(None)
    has_line = PublishedThanks.line.is_not(None)
    wrong = or_(has_line & off, had_line & ~has_line & ~off, has_line & ~had_line)
    yield from _wrong(
        session, PublishedThanks.thanks_id, wrong, "its line is there though it was taken off, or is gone"
    )
    rows = session.execute(
        select(PublishedThanks.thanks_id, PublishedThanks.line, PublishedThanks.salt, PublishedThanks.line_hash)
        .where(has_line)
        .execution_options(yield_per=1000)
    )
    for thanks_id, line, salt, line_hash in rows:
        if not line or not salt or hash_of_line(line, salt) != line_hash:
            yield Finding("thanks_published", str(thanks_id), "its line is not the one that was published")


def _wrong(
    session: Session, key: InstrumentedAttribute[UUID], fault: ColumnElement[bool] | Exists, text: str
) -> Iterator[Finding]:
    table = str(key.class_.__tablename__)
    for (id_,) in session.execute(select(key).where(fault).order_by(key)):
        yield Finding(table, str(id_), text)


def _says(state: InstrumentedAttribute[MailState]) -> ColumnElement[str]:
    """A state as it is kept, whether or not it is one that there is."""
    return type_coerce(state, String)
