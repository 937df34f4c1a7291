"""Proof that no audit line was changed, added, removed or moved.

Lines are numbered from 1 without a gap, each holds the hash of the one before it, each hash is that of its line, and
the head is the last line. An anchor is a line written down elsewhere: a chain that was written anew from some point on
no longer holds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.models.audit import AuditHead, AuditLine
from aid.models.founding import FoundingAct
from aid.services import audit
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.acts import act_hash


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of the chain, as it was written down on paper or in another country."""

    seq: int
    hash: bytes


def prove_chain(session: Session) -> Iterator[Finding]:
    """Whatever breaks the chain of audit lines."""
    act = session.scalar(select(FoundingAct.content))
    last = Anchor(0, act_hash(act) if act is not None else audit.GENESIS)
    for line in rows_of(session, AuditLine):
        if isinstance(line, Unreadable):
            yield _wrong(line.key, "it can't be read")
            continue
        yield from _faults_of(line, last)
        last = Anchor(line.seq, line.hash)
    if head_of(session) != last:
        yield Finding("audit_head", "", f"the chain ends with line {last.seq}, but its head says something else")


def _faults_of(line: AuditLine, last: Anchor) -> Iterator[Finding]:
    if line.seq != last.seq + 1:
        yield _wrong(line.seq, f"it follows line {last.seq}: something between them is gone, or was never written")
    if line.previous != last.hash:
        yield _wrong(line.seq, "it does not hold the hash of the line before it")
    if line.hash != audit.line_hash(line):
        yield _wrong(line.seq, "it was changed: its hash is another one")


def head_of(session: Session) -> Anchor:
    """The end of the chain, to be written down elsewhere."""
    seq, hash_ = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return Anchor(seq, hash_)


def prove_anchor(session: Session, anchor: Anchor) -> Iterator[Finding]:
    """Whether the chain still holds the line that was written down."""
    found = session.scalar(select(AuditLine.hash).where(AuditLine.seq == anchor.seq))
    if anchor.seq > 0 and found != anchor.hash:
        yield _wrong(anchor.seq, "it is not the line that was written down: the chain was written anew")


def _wrong(seq: int | str, text: str) -> Finding:
    return Finding("audit_line", str(seq), text)
