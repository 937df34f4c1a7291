"""Grants: the rules the fund gives them by, and proposing one to the committee for a family, by its facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.families import Facts, FamilyState
from aid.domain.grants import WORDS_AT_MOST, GrantReason, GrantRules, check_rules, why_not_grant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Fund
from aid.models.ledger import Currency
from aid.models.purchases import GrantRulesVersion
from aid.models.records import RecordKind
from aid.models.vouchers import Voucher
from aid.services import audit, records, sightings
from aid.services.collections.parts import COUNTS, GIVEN_MINOR
from aid.services.families.open_aid import counts_for
from aid.services.putting import Proposal, Proposed, Wanted, put_new
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class RulesWritten:
    """A version of the rules for grants now stands."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantOrder:
    """A grant as a coordinator writes it: for the family with this code. The words are sealed with its facts."""

    family_code: str
    reason: GrantReason
    amount: Money
    purpose_id: UUID
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class GrantCheck:
    """What a coordinator is shown before a grant is proposed. Never stored."""

    point_id: UUID
    earlier: Money
    rules: GrantRules
    members: int


def write_rules(session: Session, *, actor: Actor, now: Instant, rules: GrantRules, seen: int) -> RulesWritten:
    """Write the next version of the rules for grants; `seen` is the one it takes the place of, 0 for none."""
    actor.must(Permission.WRITE_PROGRAMMES)
    assert actor.person_id is not None, "a person writes rules"
    session.execute(select(Fund.id).with_for_update())
    check_rules(rules)
    if session.get(Currency, rules.currency) is None:
        raise RuleBroken(_("The fund has no money in this currency."), "currency")
    newest = session.scalar(select(func.max(GrantRulesVersion.version))) or 0
    if seen != newest:
        raise RuleBroken(_("Someone changed these rules meanwhile. Look at them again."))
    row = GrantRulesVersion(
        version=newest + 1, rules=rules.plain(), written_by_id=actor.person_id, written_at=now.instant
    )
    session.add(row)
    audit.say(session, "grants.rules_written", made=[row])
    return RulesWritten(row.version)


def newest_rules(session: Session) -> GrantRulesVersion:
    """The rules that count now. Raises RuleBroken where none were written."""
    row = session.scalars(select(GrantRulesVersion).order_by(GrantRulesVersion.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise RuleBroken(_("The fund has no rules for grants yet. Write them first: how much a family may get."))
    return row


def check_grant(session: Session, *, actor: Actor, now: Instant, order: GrantOrder) -> GrantCheck:
    """Look at a grant before it is proposed. Facts are opened, so call it by `look`. Raises RuleBroken."""
    actor.must(Permission.PROPOSE)
    family = _family(session, order.family_code)
    row = newest_rules(session)
    rules = GrantRules.from_plain(row.rules)
    earlier = granted_before(session, family_id=family.id, rules=rules, now=now)
    _refuse(order, rules, earlier)
    facts = Facts.from_plain(_facts(session, family, actor=actor, now=now))
    return GrantCheck(family.point_id, Money(earlier, rules.currency), rules, len(facts.members))


def propose_grant(session: Session, *, actor: Actor, now: Instant, order: GrantOrder) -> Proposed:
    """Put a grant to the committee. Raises RuleBroken beside its field."""
    actor.must(Permission.PROPOSE)
    family = _family(session, order.family_code, lock=True)
    proposal = _proposal(session, family, order, actor=actor, now=now, besides=None)
    return put_new(session, proposal=proposal, actor=actor, now=now)


def again(
    session: Session,
    *,
    allocation: Allocation,
    line: AllocationLine,
    record: Mapping[str, Any],
    actor: Actor,
    now: Instant,
) -> Proposal:
    """The same grant by the family's facts of today and the newest rules. Raises RuleBroken."""
    assert line.family_code is not None, "a grant has a family"
    assert allocation.purpose_id is not None, "a grant has a purpose"
    order = GrantOrder(
        family_code=line.family_code,
        reason=GrantReason(record["grant"]["reason"]),
        amount=Money(line.amount_minor, line.currency),
        purpose_id=allocation.purpose_id,
        words=record["grant"]["words"],
    )
    family = _family(session, order.family_code, lock=True)
    return _proposal(session, family, order, actor=actor, now=now, besides=allocation.id)


def granted_before(
    session: Session, *, family_id: UUID, rules: GrantRules, now: Instant, besides: UUID | None = None
) -> int:
    """What a family was granted, or is asked to be, within the period; not what was rejected or never collected."""
    given = (
        select(func.coalesce(func.sum(GIVEN_MINOR), 0))
        .join(
            Allocation,
            (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version),
        )
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == 1),
        )
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(
            Allocation.kind == AllocationKind.GRANT,
            Allocation.state.in_((AllocationState.PROPOSED, AllocationState.CARRIED)),
            counts_for(family_id),
            AllocationLine.currency == rules.currency,
            AllocationVersion.proposed_at > now.instant - timedelta(days=rules.days),
            COUNTS,
        )
    )
    if besides is not None:
        given = given.where(Allocation.id != besides)
    return int(session.execute(given).scalar_one())


def _proposal(
    session: Session, family: Family, order: GrantOrder, *, actor: Actor, now: Instant, besides: UUID | None
) -> Proposal:
    row = newest_rules(session)
    rules = GrantRules.from_plain(row.rules)
    _refuse(order, rules, granted_before(session, family_id=family.id, rules=rules, now=now, besides=besides))
    opened = _facts(session, family, actor=actor, now=now)
    facts = Facts.from_plain(opened)
    why = {"facts": opened, "reasons": [], "grant": {"reason": order.reason.value, "words": order.words.strip()}}
    return Proposal(
        kind=AllocationKind.GRANT,
        purpose_id=order.purpose_id,
        currency=order.amount.currency,
        lines=(Wanted(minor=order.amount.minor, point_id=family.point_id, why=why, family=family),),
        children=sum(member.is_child(now.today) for member in facts.members),
        grant_rules_version=row.version,
    )


def _refuse(order: GrantOrder, rules: GrantRules, earlier: int) -> None:
    if reason := why_not_grant(order.amount, order.reason, rules=rules, earlier=earlier):
        raise RuleBroken(reason, "amount")
    if len(order.words) > WORDS_AT_MOST:
        raise RuleBroken(_("Write at most %(most)s letters.", most=WORDS_AT_MOST), "words")
    if order.reason is GrantReason.OTHER and not order.words.strip():
        raise RuleBroken(_("Write what it is for."), "words")


def _family(session: Session, code: str, *, lock: bool = False) -> Family:
    """The confirmed family with this code; locked, so that two grants at once know of each other."""
    wanted = select(Family).where(Family.code == code)
    family = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if family is None:
        raise RuleBroken(_("There is no family with this code. Look it up under Families."), "family_code")
    if family.state is not FamilyState.CONFIRMED or family.confirmed_version != family.version:
        raise RuleBroken(
            _("Nobody has confirmed this family as it stands now. A second person does that first."), "family_code"
        )
    return family


def _facts(session: Session, family: Family, *, actor: Actor, now: Instant) -> dict[str, Any]:
    assert actor.person_id is not None, "only a person has keys"
    opened = records.take_out(session, kind=RecordKind.FACTS, row_id=family.id, keyring=actor.keyring)
    assert opened is not None, "a confirmed family has facts"
    sightings.saw(
        session, person_id=actor.person_id, families=[family.id], what=RecordKind.FACTS, why="allocate", now=now
    )
    return opened
