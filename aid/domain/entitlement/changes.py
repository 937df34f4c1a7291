"""What one version of a rule says otherwise than another, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from aid.domain.entitlement.rule import ProgrammeRule
from aid.domain.entitlement.sentences import NO_NAMES, Names, conditions_of, gifts_of, limits_of
from aid.domain.words import Message, _


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a version says, before and now."""

    what: Message
    before: tuple[Message, ...]
    now: tuple[Message, ...]


def changes(before: ProgrammeRule, now: ProgrammeRule, names: Names = NO_NAMES) -> tuple[Change, ...]:
    """What the later rule says otherwise. Parts that both say stand in neither column."""
    parts = (
        (_("For whom"), [*conditions_of(before, names)], [*conditions_of(now, names)]),
        (_("What each gets"), [*gifts_of(before, names)], [*gifts_of(now, names)]),
        (_("Limits"), [*limits_of(before)], [*limits_of(now)]),
        (_("A child is up to"), [_years(before)], [_years(now)]),
    )
    return tuple(
        Change(what, _only(was, is_), _only(is_, was)) for what, was, is_ in parts if frozenset(was) != frozenset(is_)
    )


def _only(these: Sequence[Message], others: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(part for part in these if part not in others)


def _years(rule: ProgrammeRule) -> Message:
    return _("%(age)s years", age=rule.child_until)
