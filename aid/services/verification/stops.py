"""Proof that the emergency stop was honoured: confirmed and lifted by the quorum only, and nothing decided under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.membership import StopAnswerKind, agree_on_stop, lapses_at
from aid.models.audit import AuditLine
from aid.models.committee import EmergencyStop, StopAnswer
from aid.models.people import VotingKey
from aid.services.verification.certificates import Held, held, held_at, line_of, suspended_before
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.certificates import stop_message
from aid.vault.signatures import verify

STOPPED = (
    "allocation.carried",
    "allocation.rejected",
    "vouchers.printed",
    "vouchers.reprinted",
    "purchase.paid",
    "cash.sent",
    "remittance.sent",
    "remittance.charged",
    "remittance.missing",
    "exchange.booked",
    "exchange.waits",
    "exchange.agreed",
    "exchange.refused",
    "day.booked",
)
"""What is not done while the fund is stopped."""


@dataclass(frozen=True, slots=True)
class _Word:
    """An answer, the committee it was given in, and where the chain has it."""

    row: StopAnswer
    seated: Held


def prove_stops(session: Session) -> Iterator[Finding]:
    """Stops that nobody might press, confirm or lift so, and what was done in spite of them."""
    committees = held(session)
    for stop in rows_of(session, EmergencyStop):
        if not isinstance(stop, Unreadable):
            yield from (Finding("emergency_stop", str(stop.id), fault) for fault in _faults(session, stop, committees))
            yield from _answers(session, stop, committees)
            yield from _in_spite_of(session, stop)


def _faults(session: Session, stop: EmergencyStop, committees: Sequence[Held]) -> Iterator[str]:
    seated = held_at(committees, stop.at)
    if seated is None or stop.pressed_by_id not in seated.committee.by_id:
        yield "who pressed it was no member"
    if stop.lapses_at != lapses_at(stop.at):
        yield "it lapses at another time than the rule says"
    words = _good(session, stop, committees)
    confirmed = _agreed_at(session, stop, words, StopAnswerKind.CONFIRM, "stop.confirmed")
    lifted = _agreed_at(session, stop, words, StopAnswerKind.LIFT, "stop.lifted")
    if stop.confirmed_at != confirmed:
        yield "it was not confirmed so: the quorum said something else, or at another time"
    if stop.lifted_at != lifted:
        yield "it was not lifted so: the quorum said something else, or at another time"


def _agreed_at(
    session: Session, stop: EmergencyStop, words: Sequence[_Word], kind: StopAnswerKind, act: str
) -> datetime | None:
    """When the quorum had said this, counted anew word by word; nothing where the chain has no such line."""
    line = line_of(session, [act], stop.id)
    if not line:
        return None
    suspended = suspended_before(session, line)
    for place, word in enumerate(words, start=1):
        said = [(each.row.member_id, each.row.kind) for each in words[:place]]
        active = word.seated.committee.by_id.keys() - suspended
        if agree_on_stop(said, active=active, quorum=word.seated.committee.quorum) is kind:
            return word.row.at
    return None


def _answers(session: Session, stop: EmergencyStop, committees: Sequence[Held]) -> Iterator[Finding]:
    good = {word.row.id for word in _good(session, stop, committees)}
    for id_ in session.scalars(select(StopAnswer.id).where(StopAnswer.stop_id == stop.id)):
        if id_ not in good:
            yield Finding("stop_answer", str(id_), "no member with a certified seat signed it")


def _good(session: Session, stop: EmergencyStop, committees: Sequence[Held]) -> list[_Word]:
    """The words on a stop that members signed, in the order they were given."""
    found = session.execute(
        select(StopAnswer, VotingKey.public, VotingKey.person_id)
        .outerjoin(VotingKey, VotingKey.id == StopAnswer.voting_key_id)
        .where(StopAnswer.stop_id == stop.id)
        .order_by(StopAnswer.at, StopAnswer.id)
        .execution_options(populate_existing=True)
    )
    good = []
    for answer, public, holder in found:
        seated = held_at(committees, answer.at)
        if seated is not None and _is_signed(answer, stop.id, seated, public=public, holder=holder):
            good.append(_Word(answer, seated))
    return good


def _is_signed(answer: StopAnswer, stop: UUID, seated: Held, *, public: bytes | None, holder: UUID | None) -> bool:
    seat = seated.committee.by_id.get(answer.member_id)
    if seat is None or holder != answer.member_id or public != seat.public:
        return False
    message = stop_message(fund=seated.committee.fund, stop=stop, member=answer.member_id, kind=answer.kind.value)
    return verify(seat.public, answer.signature, message)


def _in_spite_of(session: Session, stop: EmergencyStop) -> Iterator[Finding]:
    """Decisions and prints that the chain has between the pressing and the end of the stop."""
    pressed = line_of(session, ["stop.pressed"], stop.id)
    if not pressed:
        yield Finding("emergency_stop", str(stop.id), "the chain does not say that it was pressed")
        return
    under = select(AuditLine.seq, AuditLine.act).where(AuditLine.act.in_(STOPPED), AuditLine.seq > pressed)
    if stop.confirmed_at is None:
        under = under.where(AuditLine.at < stop.lapses_at)
    if lifted := line_of(session, ["stop.lifted"], stop.id):
        under = under.where(AuditLine.seq < lifted)
    for seq, act in session.execute(under):
        yield Finding("audit_line", str(seq), f"{act} while the fund was stopped")
