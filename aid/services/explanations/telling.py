"""What was recorded, said to the family list by list."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from aid.domain.allocations import AllocationState
from aid.domain.entitlement import (
    Earlier,
    Entitlement,
    History,
    ProgrammeRule,
    Reason,
    ReasonCode,
    describe,
    describe_rule,
    entitlement,
)
from aid.domain.explanations import (
    ERASED,
    NO_KEY,
    NOT_KEPT,
    NOT_RECORDED,
    OF_ANOTHER,
    Explanation,
    Part,
    Verdict,
    already_on,
    by_now,
    for_grant,
    for_want_of_size,
    of_given,
    of_held,
    of_list,
    of_rule,
    of_voucher,
)
from aid.domain.grants import GRANT_REASON_TITLES, GrantReason
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.vouchers import VoucherState
from aid.domain.words import InLanguages, Message
from aid.models.allocations import AllocationLine
from aid.services.explanations.recorded import Recorded


def told(recorded: Recorded, row: Any) -> Explanation:
    """What one list came to for the family."""
    allocation, version, programme = row.Allocation, row.AllocationVersion, row.Programme
    head: dict[str, Any] = {
        "allocation_id": allocation.id,
        "number": allocation.number,
        "titles": programme.titles if programme else None,
        "proposed_at": version.proposed_at,
    }
    here = (allocation.id, version.version)
    line = recorded.lines.get(here)
    if line is None and any(_counts_here(other, here) for other in recorded.others):
        return Explanation(**head, verdict=Verdict.LEFT_OUT, said=(OF_ANOTHER,))
    if line is None and programme is None:
        return Explanation(**head, verdict=Verdict.LEFT_OUT, said=(NOT_RECORDED,))
    rule = ProgrammeRule.from_plain(programme.rule) if programme else None
    head["rule"] = describe_rule(rule, recorded.names) if rule else None
    if line is not None:
        return Explanation(**head, **_on_it(recorded, line))
    if reasons := recorded.held.get(allocation.id):
        return Explanation(**head, verdict=Verdict.HELD_OUT, said=of_held(reasons))
    if here in recorded.short:
        return Explanation(**head, verdict=Verdict.SHORT, said=(of_list(Verdict.SHORT),))
    assert rule is not None, "only a round goes without a family that asks"
    return Explanation(
        **head, verdict=Verdict.LEFT_OUT, said=(of_list(Verdict.LEFT_OUT), *_left_out(recorded, row, rule))
    )


def _counts_here(line: Any, here: tuple[UUID, int]) -> bool:
    """Whether this line of another family is on the list, and still counts."""
    row = line.AllocationLine
    counted = {AllocationState.PROPOSED, AllocationState.CARRIED}
    return (row.allocation_id, row.version) == here and line.allocation_state in counted and line.counts


# ---------------------------------------------------------------- on the list


def _on_it(recorded: Recorded, line: Any) -> dict[str, Any]:
    row = line.AllocationLine
    if line.allocation_state is AllocationState.PROPOSED:  # what is not decided is no promise: no amounts
        return {"verdict": Verdict.PROPOSED, "said": (of_list(Verdict.PROPOSED),)}
    if not line.carried:
        return {"verdict": Verdict.REJECTED, "said": (of_list(Verdict.REJECTED),)}
    amount, decided_on = Money(row.amount_minor, row.currency), _day(recorded, line.decided_at)
    parts, more = _parts(recorded, row)
    return {
        "verdict": Verdict.GIVEN,
        "said": (of_given(amount, on=decided_on, goods=bool(row.items)), *_voucher(line), *more),
        "parts": parts,
        "total": amount if parts else None,
        "goods": {language.value: recorded.goods.say_all(row.items, language) for language in Language},
    }


def _voucher(line: Any) -> tuple[Message, ...]:
    if line.state is None:
        return ()
    until = line.grace_until if line.state is VoucherState.EXPIRED else line.valid_until
    return (of_voucher(line.state, point=line.names, until=until, collected_at=line.collected_at),)


def _parts(recorded: Recorded, line: AllocationLine) -> tuple[tuple[Part, ...], tuple[Message, ...]]:
    """What makes the amount; and what is said beside it: a grant's reason, or what was not given for want of a size."""
    why = recorded.why.get(line.id)
    if why is None:
        return (), (ERASED if recorded.is_erased else NO_KEY,)
    if grant := why.get("grant"):
        return (), (for_grant(GRANT_REASON_TITLES[GrantReason(grant["reason"])]),)
    reasons = [Reason.from_plain(plain) for plain in why.get("reasons", ())]
    parts = tuple(Part(describe(each), Money(each.minor, line.currency)) for each in reasons if each.minor)
    missing = {each.of or "": each.count for each in reasons if each.code is ReasonCode.NO_SIZE}
    return parts, tuple(for_want_of_size(_name(recorded, good), children=count) for good, count in missing.items())


# ---------------------------------------------------------------- not on the list


def _left_out(recorded: Recorded, row: Any, rule: ProgrammeRule) -> tuple[Message, ...]:
    moment = row.AllocationVersion.proposed_at
    if why := recorded.life.why_not_there(moment):
        return (why,)
    if before := _given_before(recorded, row, repeats=rule.repeats):
        return (already_on(before.number, own=before.AllocationLine.family_id == recorded.family.id),)
    if recorded.facts is None:
        return (ERASED if recorded.is_erased else NO_KEY,)
    basis = row.AllocationVersion.basis or {}
    on = date.fromisoformat(basis["on"]) if "on" in basis else _day(recorded, moment)
    history = History(recorded.locality, _earlier(recorded, row, rule.currency))
    found = entitlement(recorded.facts, rule, on, history)
    is_kept = recorded.life.version_at(moment) == recorded.family.version
    if isinstance(found, Entitlement):
        return (NOT_RECORDED if is_kept else NOT_KEPT,)
    why_not = describe(found.reason)
    return (of_rule(why_not),) if is_kept else (NOT_KEPT, by_now(why_not))


def _given_before(recorded: Recorded, row: Any, *, repeats: bool) -> Any | None:
    """The line of another list of this programme that counted for the family when this one was made."""
    counted = {AllocationState.PROPOSED} if repeats else {AllocationState.PROPOSED, AllocationState.CARRIED}
    found = (
        line
        for line in (*recorded.lines.values(), *recorded.others)
        if line.AllocationLine.allocation_id != row.Allocation.id
        and line.code == row.Programme.code
        and line.allocation_state in counted
        and line.is_now
        and line.proposed_at <= row.AllocationVersion.proposed_at
        and line.counts
    )
    return max(found, key=lambda line: line.number, default=None)


def _earlier(recorded: Recorded, row: Any, currency: str) -> tuple[Earlier, ...]:
    """What the family had been granted when the list was made."""
    given = [
        line
        for line in (*recorded.lines.values(), *recorded.others)
        if line.carried and line.decided_at <= row.AllocationVersion.proposed_at and line.counts
    ]
    return tuple(
        Earlier(
            _day(recorded, line.decided_at),
            line.given_minor if line.AllocationLine.currency == currency else 0,
            line.code == row.Programme.code,
        )
        for line in sorted(given, key=lambda line: line.decided_at)
    )


def _name(recorded: Recorded, good: str) -> InLanguages | str:
    """What a good is called, in all languages; its code where the catalogue does not have it."""
    return recorded.names.get(f"good/{good}", good)


def _day(recorded: Recorded, moment: datetime) -> date:
    """The fund's day."""
    return moment.astimezone(recorded.zone).date()
