"""A round, computed: what each confirmed family is due today under a programme. Opens facts, and says whose."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.entitlement import (
    Claim,
    Entitlement,
    History,
    ProgrammeRule,
    Reason,
    ReasonCode,
    Shortage,
    Terms,
    entitlement,
    shares,
)
from aid.domain.entitlement.figures import Case
from aid.domain.families import Facts, FamilyState
from aid.domain.goods import Item
from aid.domain.money import Money
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.programmes import Programme
from aid.models.records import RecordKind
from aid.services import records, sightings
from aid.services.collector import resting_collector
from aid.services.earlier_aid import already_given, granted, since_when
from aid.services.fund_days import zone_of
from aid.services.goods import catalogue
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from aid.vault.content import rule_hash

NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Due:
    """What one family is due, and the facts it rests on."""

    family_id: UUID
    code: str
    locality_id: UUID
    point_id: UUID
    minor: int
    children: int
    why: Mapping[str, Any]  # facts and reasons, plain: what is sealed with the line, beside the facts as written
    items: tuple[Item, ...] = ()  # goods, beside the money or instead of it
    claim: Claim | None = None  # what its share depends on where money is short
    facts_written: bytes = b""  # the facts among `why`, as they were sealed


@dataclass(frozen=True, slots=True)
class Round:
    """What a programme would give today, and who is left out."""

    currency: str
    dues: tuple[Due, ...]  # by family code
    unconfirmed: int
    already: int  # have a line of this programme that is open, or that they can still collect or have collected
    not_eligible: Mapping[ReasonCode, int]
    short: tuple[Due, ...] = ()  # due something, and get nothing of it: the money ended
    whole: tuple[Due, ...] = ()  # everybody who is due something, before it is shared
    terms: Terms = NO_TERMS
    unit: int = 1
    basis: Mapping[str, Any] | None = None  # by what it was computed, as it enters the signed content

    @property
    def total(self) -> Money:
        """All dues together."""
        return Money(sum(due.minor for due in self.dues), self.currency)

    @property
    def children(self) -> int:
        """The children in the families that get something."""
        return sum(due.children for due in self.dues)

    def digest(self) -> str:
        """Tells whether two computations give the same families the same amounts and goods at the same points."""
        said = [[due.code, due.minor, due.point_id, [item.plain() for item in due.items]] for due in self.dues]
        return hashlib.sha256(canonical([said, self.basis])).hexdigest()

    def without(self, families: Collection[UUID]) -> "Round":
        """The same round, but these families are held out; where money is short, the others share it anew."""
        return replace(self, whole=tuple(due for due in self.whole if due.family_id not in families)).shared()

    def shared(self) -> "Round":
        """What everybody gets of the money there is."""
        claims = [due.claim for due in self.whole if due.claim is not None]
        given = shares(claims, self.terms, self.unit)
        dues = [_cut(due, share) for due, share in zip(self.whole, given, strict=True)]
        served = tuple(due for due in dues if due.minor or due.items)
        return replace(self, dues=served, short=tuple(due for due in dues if not due.minor and not due.items))


@resting_collector()
def compute(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    programme: Programme,
    besides: UUID | None = None,
    terms: Terms = NO_TERMS,
) -> Round:
    """Open the facts of all confirmed families, and compute what each is due and gets.

    `besides` is the allocation that this round would replace: its lines leave nobody out. Raises NoKey.
    """
    there_are = variants_of(session, ProgrammeRule.from_plain(programme.rule))
    rule = ProgrammeRule.from_plain(programme.rule).with_variants(there_are)
    opened = open_cases(session, actor=actor, now=now, programme=programme, rule=rule, terms=terms, besides=besides)
    whole: list[Due] = []
    left_out: Counter[ReasonCode] = Counter()
    for family in opened.families:
        due = due_of(family, rule, now.today, terms)
        if isinstance(due, Due):
            whole.append(due)
        else:
            left_out[due] += 1
    return Round(
        currency=rule.currency,
        dues=(),
        unconfirmed=_unconfirmed(session),
        already=opened.already,
        not_eligible=left_out,
        whole=tuple(whole),
        terms=terms,
        unit=rule.unit,
        basis=basis_of(programme, terms, now.today, there_are=there_are),
    ).shared()


def variants_of(session: Session, rule: ProgrammeRule) -> dict[str, list[str]]:
    """Which variants each good of a rule has in the catalogue now."""
    goods = catalogue(session, [gift.good for gift in rule.goods]) if rule.goods else {}
    return {code: list(good.variants) for code, good in goods.items() if good.variants}


def basis_of(
    programme: Programme, terms: Terms, today: date, *, there_are: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """By what a round is computed, in codes and numbers: it enters what the committee signs."""
    return {
        "kind": AllocationKind.ROUND.value,
        "programme": programme.code,
        "version": programme.version,
        "rule": rule_hash(programme.rule).hex(),
        "on": today.isoformat(),
        **terms.plain(),
        "variants": {good: list(variants) for good, variants in there_are.items()},
    }


@dataclass(frozen=True, slots=True)
class OpenedFamily:
    """A family with its facts open, and the same facts as they were sealed: as bytes, or where those are not at hand
    as plain values. Fifty thousand of them lie in memory at once.
    """

    id: UUID
    locality_id: UUID
    point_id: UUID
    case: Case
    facts: Mapping[str, Any] | None
    written: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """The families a round may give to, by code, and how many it leaves out because they have it already."""

    families: tuple[OpenedFamily, ...]
    already: int


@resting_collector()
def open_cases(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    programme: Programme,
    rule: ProgrammeRule,
    terms: Terms,
    besides: UUID | None = None,
    every_way: bool = False,
) -> Opened:
    """Open the facts of all confirmed families that the programme does not give to already.

    `every_way`: since when they wait is asked for too, so that every way to share can be compared.
    """
    taken = already_given(session, programme, repeats=rule.repeats, besides=besides)
    columns = (Family.id, Family.code, Family.locality_id, Family.point_id, Family.registered_at)
    confirmed = select(*columns).where(_confirmed())
    # locked: a correction in this moment would put facts that nobody confirmed in the place of those that were
    families = session.execute(confirmed.order_by(Family.code).with_for_update(read=True)).all()
    wanted = [family for family in families if family.id not in taken]
    facts = _open_facts(session, [family.id for family in wanted], actor=actor, now=now)
    looks_back = every_way or rule.looks_back_days or terms.shortage is Shortage.LONGEST_WAIT
    earlier = granted(session, programme, currency=rule.currency) if looks_back else {}
    localities = {id_: code for id_, code in session.execute(select(Locality.id, Locality.code))}  # noqa: C416
    zone = zone_of(session)

    def case_of(family: Any) -> Case:
        aid = earlier.get(family.id, ())
        since = since_when(aid, family.registered_at.astimezone(zone).date())
        return Case(family.code, facts[family.id][0], since, History(localities[family.locality_id], aid))

    return Opened(
        tuple(
            OpenedFamily(family.id, family.locality_id, family.point_id, case_of(family), None, facts[family.id][1])
            for family in wanted
        ),
        len(families) - len(wanted),
    )


def due_of(family: OpenedFamily, rule: ProgrammeRule, today: date, terms: Terms) -> Due | ReasonCode:
    """What a family is due before money is shared, or why nothing."""
    case = family.case
    found = entitlement(case.facts, rule, today, case.history)
    if not isinstance(found, Entitlement):
        return found.reason.code
    why = {
        **({} if family.facts is None else {"facts": family.facts}),
        "reasons": [reason.plain() for reason in found.reasons],
        "locality": case.history.locality,
        "since": case.since.isoformat(),
        "earlier": [aid.plain() for aid in case.history.earlier],
    }
    return Due(
        family_id=family.id,
        code=case.code,
        locality_id=family.locality_id,
        point_id=family.point_id,
        minor=found.minor,
        children=found.children,
        why=why,
        items=found.items,
        claim=Claim.of(found.minor, found.reasons, case.facts, case.since, terms),
        facts_written=family.written,
    )


def _cut(due: Due, share: int) -> Due:
    """The same family with its share; that it is less is a reason too, so that reasons still add up."""
    if share == due.minor:
        return due
    less = Reason(ReasonCode.SHORT, 1, share - due.minor).plain()
    return replace(due, minor=share, why={**due.why, "reasons": [*due.why["reasons"], less]})


def _open_facts(
    session: Session, family_ids: Sequence[UUID], *, actor: Actor, now: Instant
) -> dict[UUID, tuple[Facts, bytes]]:
    assert actor.person_id is not None, "only a person has keys"
    taken = records.take_out_written(session, kind=RecordKind.FACTS, row_ids=family_ids, keyring=actor.keyring)
    opened = {row_id: (Facts.from_plain(value), written) for row_id, value, written in taken}
    sightings.saw(
        session, person_id=actor.person_id, families=family_ids, what=RecordKind.FACTS, why="allocate", now=now
    )
    return opened


def _confirmed() -> ColumnElement[bool]:
    """A second person vouched for the family as it stands now."""
    return (Family.state == FamilyState.CONFIRMED) & (Family.confirmed_version == Family.version)


def _unconfirmed(session: Session) -> int:
    waiting = select(func.count()).select_from(Family).where(Family.state != FamilyState.WITHDRAWN, ~_confirmed())
    return session.execute(waiting).scalar_one()
