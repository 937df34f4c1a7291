"""What is put inside a disbursement record for programs to check: codes, numbers and signatures, and no words.

docs/verify_record.py reads it, and says what each field must be. It is JSON in one way only: keys in order, no spaces,
ASCII; `sha256` is the sum of all the rest, and stands on the paper too.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.committee import Certificate, ChangeAnswer
from aid.models.fund import Fund
from aid.models.people import Person, VotingKey
from aid.services.verification.certificates import line_of, suspended_before
from aid.vault.actor import Actor
from aid.vault.certificates import Committee

FORMAT: Final = "komek/record/1"
DECIDED: Final = ("allocation.carried", "allocation.rejected")


def attached_record(session: Session, *, actor: Actor, allocation_id: UUID) -> bytes | None:
    """A decision with all that proves it, or None where nothing was decided."""
    actor.must(Permission.PRINT_RECORDS)
    decision = session.scalars(select(Decision).where(Decision.allocation_id == allocation_id)).one_or_none()
    if decision is None:
        return None
    allocation = session.get_one(Allocation, allocation_id)
    version = session.get_one(AllocationVersion, (allocation_id, decision.version))
    content = {
        "format": FORMAT,
        "fund": str(session.execute(select(Fund.id)).scalar_one()),
        "allocation": _allocation(allocation, version),
        "lines": _lines(session, version),
        "certificates": _certificates(session, until=decision.decided_at),
        "votes": _votes(session, version),
        "away": _away(session, decision),
        "decision": _decision(decision),
    }
    return _written(content | {"sha256": hashlib.sha256(_written(content)).hexdigest()})


def sum_of(attached: bytes) -> str:
    """The sum that stands in an attached record, and on its paper."""
    told: str = json.loads(attached)["sha256"]
    return told


def _written(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _allocation(allocation: Allocation, version: AllocationVersion) -> dict[str, Any]:
    return {
        "id": str(allocation.id),
        "number": allocation.number,
        "kind": allocation.kind.value,
        "version": version.version,
        "policy": version.policy_version,
        "proposer": str(version.proposed_by_id),
        "currency": version.currency,
        "total": version.total_minor,
        "basis": version.basis,
        "content_root": version.content_root.hex(),
    }


def _lines(session: Session, version: AllocationVersion) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AllocationLine)
        .where(AllocationLine.allocation_id == version.allocation_id, AllocationLine.version == version.version)
        .order_by(AllocationLine.n)
    )
    return [
        {
            "n": line.n,
            "code": line.family_code,
            "amount": line.amount_minor,
            "currency": line.currency,
            "point": str(line.point_id),
            "items": list(line.items),
            "facts": line.facts_hash.hex(),
            "hash": line.line_hash.hex(),
        }
        for line in rows
    ]


def _certificates(session: Session, *, until: datetime) -> list[dict[str, Any]]:
    """The founding act's committee and each after it, up to the one that decided, with the answers that made them."""
    held = (Certificate.version == 1) | (Certificate.effective_at <= until)
    rows = session.scalars(select(Certificate).where(held).order_by(Certificate.version)).all()
    answers = session.scalars(
        select(ChangeAnswer)
        .where(ChangeAnswer.change_id.in_([row.change_id for row in rows if row.change_id]))
        .order_by(ChangeAnswer.at, ChangeAnswer.member_id)
    ).all()
    return [
        {
            "version": row.version,
            "policy": row.policy_version,
            "since": _moment(row.effective_at),
            "content": row.content.hex(),
            "hash": row.hash.hex(),
            "answers": [_answer(answer) for answer in answers if answer.change_id == row.change_id],
        }
        for row in rows
    ]


def _answer(answer: ChangeAnswer) -> dict[str, Any]:
    return {
        "change": str(answer.change_id),
        "member": str(answer.member_id),
        "answer": answer.answer.value,
        "signature": answer.signature.hex(),
    }


def _votes(session: Session, version: AllocationVersion) -> list[dict[str, Any]]:
    """Every vote on this version, the earlier ones of a member who changed their mind too."""
    rows = session.execute(
        select(Vote, Person.handle, VotingKey.public)
        .join(Person, Person.id == Vote.member_id)
        .join(VotingKey, VotingKey.id == Vote.voting_key_id)
        .where(Vote.allocation_id == version.allocation_id, Vote.version == version.version)
        .order_by(Vote.cast_at)
    )
    return [
        {
            "member": str(vote.member_id),
            "handle": handle,
            "choice": vote.choice.value,
            "reason": vote.recusal_reason.value if vote.recusal_reason else None,
            "number": vote.number,
            "key": public.hex(),
            "signature": vote.signature.hex(),
            "cast_at": _moment(vote.cast_at),
        }
        for vote, handle, public in rows
    ]


def _away(session: Session, decision: Decision) -> list[str]:
    """Members who were suspended when it was decided: their votes were not counted."""
    certificates = session.scalars(
        select(Certificate.content)
        .where((Certificate.version == 1) | (Certificate.effective_at <= decision.decided_at))
        .order_by(Certificate.version.desc())
        .limit(1)
    )
    seats = Committee.read(certificates.one()).by_id
    seq = line_of(session, DECIDED, decision.allocation_id)
    return sorted(str(member) for member in suspended_before(session, seq) if member in seats)


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "carried": decision.carried,
        "yes": decision.yes,
        "no": decision.no,
        "recused": decision.recused,
        "decided_at": _moment(decision.decided_at),
        "notice_until": _moment(decision.notice_until) if decision.notice_until else None,
    }


def _moment(moment: datetime) -> str:
    """Always with six digits of a second, so that moments stand in order as text."""
    return moment.isoformat(timespec="microseconds")
