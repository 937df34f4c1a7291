"""Rules that treasurers taught, opened for who holds the donors' ring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.donations import DonorDetails
from aid.domain.line_ends import EndKind
from aid.domain.permissions import Permission
from aid.models.fund import Purpose
from aid.models.people import Person
from aid.models.records import RecordKind
from aid.models.statements import LineRule
from aid.queries.donors import details_of
from aid.services import records
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule; `donor`: none where whoever a line comes from is the donor."""

    id: UUID
    known_by: KnownBy
    said: str
    kind: EndKind
    purpose: Mapping[str, str] | None
    donor: DonorDetails | None
    by: str
    taught_at: datetime
    ended_at: datetime | None


def rules(session: Session, *, actor: Actor) -> tuple[RuleRow, ...]:
    """Every rule there was: those in use first, the latest first."""
    actor.must(Permission.SEE_DONORS)
    found = session.execute(
        select(LineRule, Purpose.names, Person.handle)
        .outerjoin(Purpose, Purpose.id == LineRule.purpose_id)
        .join(Person, Person.id == LineRule.taught_by_id)
        .order_by(LineRule.ended_at.is_not(None), LineRule.id.desc())
    ).all()
    ids = [rule.id for rule, _names, _handle in found]
    said = records.take_out_all(session, kind=RecordKind.LINE_RULE, row_ids=ids, keyring=actor.keyring)
    donors = details_of(session, actor=actor, donor_ids=[rule.donor_id for rule, *_rest in found if rule.donor_id])
    return tuple(
        RuleRow(
            rule.id,
            rule.known_by,
            said[rule.id]["said"] if rule.id in said else "",
            rule.kind,
            names,
            donors.get(rule.donor_id) if rule.donor_id else None,
            handle,
            rule.taught_at,
            rule.ended_at,
        )
        for rule, names, handle in found
    )
