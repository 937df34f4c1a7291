"""What the record of a decision is printed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind, AccountRef
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import RECUSAL_TITLES, Choice
from aid.domain.words import Message
from aid.models.allocations import Decision, Vote
from aid.models.audit import AuditHead
from aid.models.fund import Fund
from aid.models.ledger import Account, Entry, Transfer
from aid.models.people import Person, VotingKey
from aid.queries.allocations import AllocationPage, LineRow, allocation, lines
from aid.queries.attached import attached_record
from aid.services.audit import row_hash
from aid.services.certificates import in_force
from aid.services.ledger import account_key
from aid.vault.actor import Actor
from aid.vault.signatures import fingerprint_of

SIGNATURE_SHOWN = 16
"""So many bytes of a signature stand on paper, to compare with the ledger."""


@dataclass(frozen=True, slots=True)
class SignedVote:
    """A member's latest word, with what it was signed by."""

    member: str
    choice: Choice
    reason: Message | None
    cast_at: datetime
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class RecordValues:
    """A decision and all that its record says of it."""

    fund: Mapping[str, str]
    paper_titles: Mapping[str, str]
    demo: bool
    allocation: AllocationPage
    carried: bool
    decided_at: datetime
    notice_until: datetime | None
    available_before: Money | None  # none where nothing is spent
    available_after: Money | None
    members: int
    votes: tuple[SignedVote, ...]
    lines: tuple[LineRow, ...]
    ledger_head: str  # the last entry's number in eight digits, and its row's hash
    audit_head: str
    attached: bytes  # for programs to check, see queries/attached.py


def record_of(session: Session, *, actor: Actor, allocation_id: UUID) -> RecordValues | None:
    """Everything the record of a decision says, or None where nothing was decided."""
    actor.must(Permission.PRINT_RECORDS)
    shown = allocation(session, actor=actor, allocation_id=allocation_id)
    decision = session.scalars(select(Decision).where(Decision.allocation_id == allocation_id)).one_or_none()
    if shown is None or decision is None:
        return None
    fund = session.scalars(select(Fund)).one()
    before = _available_before(session, shown, decision)
    return RecordValues(
        fund=fund.names,
        paper_titles=fund.paper_titles,
        demo=fund.demo,
        allocation=shown,
        carried=decision.carried,
        decided_at=decision.decided_at,
        notice_until=decision.notice_until,
        available_before=before,
        available_after=before - shown.total if before and decision.carried else before,
        members=len(in_force(session, at=decision.decided_at).committee.members),
        votes=_signed_votes(session, decision),
        lines=lines(session, actor=actor, allocation_id=allocation_id, size=None),
        ledger_head=_ledger_head(session),
        audit_head=session.execute(select(AuditHead.hash)).scalar_one().hex(),
        attached=attached_record(session, actor=actor, allocation_id=allocation_id) or b"",
    )


def _available_before(session: Session, shown: AllocationPage, decision: Decision) -> Money | None:
    """The purpose's available money just before the decision, from the transfers up to then."""
    if shown.purpose_id is None:
        return None
    currency = shown.total.currency
    key = account_key(AccountRef(AccountKind.AVAILABLE, shown.purpose_id, None, currency))
    account = session.execute(select(Account.id).where(Account.key == key)).scalar_one()
    if decision.entry_id is None:
        until = Entry.posted_at <= decision.decided_at
    else:
        own = select(Entry.number).where(Entry.id == decision.entry_id).scalar_subquery()
        until = Entry.number < own
    moved = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).join(Entry, Entry.id == Transfer.entry_id)
    came = session.execute(moved.where(Transfer.credit_id == account, until)).scalar_one()
    went = session.execute(moved.where(Transfer.debit_id == account, until)).scalar_one()
    return Money(int(came) - int(went), currency)


def _signed_votes(session: Session, decision: Decision) -> tuple[SignedVote, ...]:
    found = session.execute(
        select(Vote, Person.handle, VotingKey.public)
        .join(Person, Person.id == Vote.member_id)
        .join(VotingKey, VotingKey.id == Vote.voting_key_id)
        .where(Vote.allocation_id == decision.allocation_id, Vote.version == decision.version)
        .order_by(Vote.cast_at)
    )
    latest = {
        vote.member_id: SignedVote(
            member=handle,
            choice=vote.choice,
            reason=RECUSAL_TITLES[vote.recusal_reason] if vote.recusal_reason else None,
            cast_at=vote.cast_at,
            key=fingerprint_of(public),
            signature=vote.signature[:SIGNATURE_SHOWN].hex(),
        )
        for vote, handle, public in found
    }
    return tuple(sorted(latest.values(), key=lambda vote: vote.cast_at))


def _ledger_head(session: Session) -> str:
    last = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one_or_none()
    return f"{last.number:08}{row_hash(last).hex()}" if last else ""
