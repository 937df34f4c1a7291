"""What a member sees before they vote: each line with what it rests on. Families have a code and no name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entitlement import Reason, ReasonCode, describe
from aid.domain.families import CIRCUMSTANCE_TITLES, KINSHIP_TITLES, Facts
from aid.domain.grants import GRANT_REASON_TITLES, GrantReason
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.families import Erasure
from aid.models.fund import Point
from aid.models.records import RecordKind
from aid.services import records, sightings
from aid.services.allocations import hash_of_line
from aid.services.goods import words_for
from aid.services.putting import grounds_of
from aid.vault.actor import Actor
from aid.vault.content import facts_hash
from aid.vault.failures import Tampered

PAGE = 50


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of a family, as the committee sees them."""

    who: Message
    birth_year: int | None
    grade: int | None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One part of an amount."""

    what: Message
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLine:
    """What one family or point is to get, and what it rests on."""

    n: int
    code: str | None  # of the family; none for goods and cash
    amount: Money
    point: Mapping[str, str]
    items: tuple[str, ...]
    members: tuple[MemberLine, ...] = ()
    circumstances: tuple[Message, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    said: tuple[Message | str, ...] = ()  # what it is for, as the coordinator wrote it
    is_erased: bool = False  # its family was erased, and with it what the line rests on


@dataclass(frozen=True, slots=True)
class OpenedLines:
    """A page of an allocation's lines."""

    lines: tuple[OpenedLine, ...]
    next_after: int | None

    @property
    def start(self) -> int:
        """The number of its first line."""
        return self.lines[0].n if self.lines else 1


def open_lines(
    session: Session, *, actor: Actor, now: Instant, allocation_id: UUID, after: int = 0, size: int = PAGE
) -> OpenedLines:
    """Open a page of lines with what they rest on. No names. Call it by `look`.

    Raises Tampered where that is not what the line was hashed with.
    """
    actor.must(Permission.VOTE)
    assert actor.person_id is not None, "only a person has keys"
    found = session.execute(
        select(AllocationLine, Point.names)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Point, Point.id == AllocationLine.point_id)
        .where(Allocation.id == allocation_id, AllocationLine.n > after)
        .order_by(AllocationLine.n)
        .limit(size + 1)
    ).all()
    rows = [(line, point) for line, point in found[:size]]
    ids = [line.id for line, _point in rows]
    opened = records.take_out_all(session, kind=RecordKind.LINE, row_ids=ids, keyring=actor.keyring)
    families = [line.family_id for line, _point in rows if line.family_id is not None]
    sightings.saw(session, person_id=actor.person_id, families=families, what=RecordKind.LINE, why="vote", now=now)
    erased = frozenset(session.scalars(select(Erasure.family_id).where(Erasure.family_id.in_(families))))
    words = words_for(session, {plain for line, _point in rows for plain in line.items})
    lines = []
    for line, point in rows:
        seen = _bare(line, point, words.say_all(line.items, actor.language))
        if line.family_id in erased:
            lines.append(OpenedLine(**seen, is_erased=True))
        else:
            lines.append(OpenedLine(**seen, **_opened(line, opened[line.id])))
    return OpenedLines(tuple(lines), lines[-1].n if len(found) > size else None)


def _bare(line: AllocationLine, point: Mapping[str, str], items: tuple[str, ...]) -> dict[str, Any]:
    """What everybody sees of a line."""
    amount = Money(line.amount_minor, line.currency)
    return {"n": line.n, "code": line.family_code, "amount": amount, "point": point, "items": items}


def _opened(line: AllocationLine, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a line rests on. Raises Tampered."""
    why = grounds_of(record)
    if facts_hash(record["salt"], why) != line.facts_hash or hash_of_line(line) != line.line_hash:
        raise Tampered("not the facts that this line was put to the vote with")
    said: dict[str, Any] = {"said": said_of(why, line.currency)}
    if "facts" not in why:
        return said
    facts = Facts.from_plain(why["facts"])
    reasons = [Reason.from_plain(reason) for reason in why["reasons"] if reason["code"] != ReasonCode.GOODS]
    return said | {
        "members": tuple(
            MemberLine(KINSHIP_TITLES[member.kinship], member.birth_year, member.grade) for member in facts.members
        ),
        "circumstances": tuple(CIRCUMSTANCE_TITLES[circumstance] for circumstance in sorted(facts.circumstances)),
        "reasons": tuple(ReasonLine(describe(reason), Money(reason.minor, line.currency)) for reason in reasons),
    }


def said_of(why: Mapping[str, Any], currency: str) -> tuple[Message | str, ...]:
    """What a coordinator wrote about a grant, a purchase or a transfer; nothing for a round, which is computed."""
    match why:
        case {"grant": {"reason": reason, "words": words}}:
            said: tuple[Message | str, ...] = (GRANT_REASON_TITLES[GrantReason(reason)], words)
        case {"purchase": {"supplier": supplier, "each": each}}:
            said = (_("From %(supplier)s, %(price)s each", supplier=supplier, price=Money(each, currency)),)
        case {"transfer": {"words": words}}:
            said = (words,)
        case _:
            said = ()
    return tuple(part for part in said if part)
