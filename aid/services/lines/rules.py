"""Teaching what lines are, and letting it be forgotten. What a rule says of whom is sealed to the donors' ring."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.line_rules import Rule, check_rule, comparable
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.fund import Purpose
from aid.models.records import RecordKind
from aid.models.statements import LineRule
from aid.services import audit, records
from aid.services.donors import index as donor_index
from aid.services.donors.entering import known_donor
from aid.services.donors.index import DonorIndex
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOrder:
    """What lines of this account, name or text are. `donor_id`: none where whoever it comes from is the donor."""

    known_by: KnownBy
    said: str = field(repr=False)
    kind: EndKind
    purpose_id: UUID
    donor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Taught:
    """A rule is known."""

    rule_id: UUID


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A rule suggests nothing any more."""


def teach(session: Session, *, actor: Actor, now: Instant, order: RuleOrder) -> Taught:
    """Teach a rule. It only suggests: nothing is booked by it. Raises RuleBroken beside its field."""
    actor.must(Permission.KEEP_ACCOUNTS)
    actor.must(Permission.SEE_DONORS)
    assert actor.person_id is not None, "a person teaches"
    said = " ".join(order.said.split())
    check_rule(order.known_by, said, order.kind)
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    if order.donor_id is not None:
        known_donor(session, order.donor_id)
    index = donor_index.index_of(session, actor.keyring)
    if index is None:
        raise RuleBroken(_("You have no key to the donors yet. Ask another treasurer to admit you."))
    _refuse_two(session, index, order, said)
    rule = LineRule(
        id=new_id(),
        known_by=order.known_by,
        mark=rule_mark(index, order.known_by, said),
        epoch=index.epoch,
        kind=order.kind,
        purpose_id=order.purpose_id,
        donor_id=order.donor_id,
        taught_at=now.instant,
        taught_by_id=actor.person_id,
        ended_at=None,
    )
    session.add(rule)
    session.flush()
    targets = records.targets(session, [index.ring_id])
    records.put(
        session,
        {"said": said},
        kind=RecordKind.LINE_RULE,
        row_id=rule.id,
        rings=[targets[index.ring_id]],
        keyring=actor.keyring,
    )
    audit.say(session, "rule.taught", subject=rule.id, made=[rule])
    return Taught(rule.id)


def forget(session: Session, *, actor: Actor, now: Instant, rule_id: UUID) -> Forgotten:
    """Let a rule suggest nothing any more. What was accepted by it stays. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    session.flush()
    ending = update(LineRule).where(LineRule.id == rule_id, LineRule.ended_at.is_(None))
    done = session.execute(ending.values(ended_at=now.instant).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(_("This rule is not used any more."))
    audit.say(session, "rule.ended", subject=rule_id)
    return Forgotten()


def rules_in_use(session: Session, keyring: Keyring) -> list[Rule]:
    """Every rule that is used, opened: there are few. Raises NoKey for who is not in the donors' ring."""
    rows = session.scalars(select(LineRule).where(LineRule.ended_at.is_(None)).order_by(LineRule.id)).all()
    opened = records.take_out_all(session, kind=RecordKind.LINE_RULE, row_ids=[row.id for row in rows], keyring=keyring)
    return [
        Rule(
            id=row.id,
            known_by=row.known_by,
            said=opened[row.id]["said"],
            kind=row.kind,
            purpose_id=row.purpose_id,
            donor_id=row.donor_id,
        )
        for row in rows
        if row.id in opened
    ]


def rule_mark(index: DonorIndex, known_by: KnownBy, said: str) -> bytes:
    """By which two rules are the same, under the newest key."""
    return index.rule_marks((known_by, comparable(known_by, said)))[0]


def _refuse_two(session: Session, index: DonorIndex, order: RuleOrder, said: str) -> None:
    """Two rules never speak of the same lines: nobody would know which one counts."""
    marks = index.rule_marks((order.known_by, comparable(order.known_by, said)))
    same = select(LineRule.id).where(LineRule.mark.in_(marks), LineRule.ended_at.is_(None))
    if session.scalar(same.limit(1)) is not None:
        raise RuleBroken(_("There is a rule for this already. End that one first."), field="said")
