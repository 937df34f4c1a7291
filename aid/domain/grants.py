"""Grants: help for one family, for a reason that no programme is made for, within what the fund allows a family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from aid.domain.money import LARGEST, Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

WORDS_AT_MOST = 500
DAYS = range(1, 1001)


class GrantReason(StrEnum):
    """Why one family gets something that others do not."""

    HOME_BURNT = "home_burnt"
    FUNERAL = "funeral"
    AFTER_HUNGER_STRIKE = "after_hunger_strike"
    MEDICINE = "medicine"
    PARCEL_FOR_PRISONER = "parcel_for_prisoner"
    LAWYER_FOR_PRISONER = "lawyer_for_prisoner"
    JOURNEY_TO_PRISONER = "journey_to_prisoner"
    EVICTION = "eviction"
    CHILDBIRTH = "childbirth"
    OTHER = "other"


GRANT_REASON_TITLES: Mapping[GrantReason, Message] = MappingProxyType(
    {
        GrantReason.HOME_BURNT: _("Their home burnt down"),
        GrantReason.FUNERAL: _("A funeral"),
        GrantReason.AFTER_HUNGER_STRIKE: _("Medicine after a hunger strike"),
        GrantReason.MEDICINE: _("Medicine or treatment"),
        GrantReason.PARCEL_FOR_PRISONER: _("A parcel for a prisoner"),
        GrantReason.LAWYER_FOR_PRISONER: _("A lawyer for a prisoner"),
        GrantReason.JOURNEY_TO_PRISONER: _("A journey to visit a prisoner"),
        GrantReason.EVICTION: _("They were put out of their home"),
        GrantReason.CHILDBIRTH: _("A child was born"),
        GrantReason.OTHER: _("Something else, as written below"),
    }
)


@dataclass(frozen=True, slots=True)
class GrantRules:
    """What the fund allows one family in grants. A version that a grant rests on never changes: a new one is written.

    `cap` is for all grants of a family within `days` days before a new one, that one with them; `most` is for a single
    grant by its reason. Amounts are in the currency's smallest unit.
    """

    currency: str
    cap: int
    days: int
    most: Mapping[GrantReason, int]
    valid_days: int  # how long its voucher may be collected
    grace_days: int

    def plain(self) -> dict[str, Any]:
        """The rules as maps and numbers."""
        most = {reason.value: minor for reason, minor in sorted(self.most.items())}
        return {
            "currency": self.currency,
            "cap": self.cap,
            "days": self.days,
            "most": most,
            "valid_days": self.valid_days,
            "grace_days": self.grace_days,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> GrantRules:
        """The rules that `plain` wrote."""
        most = {GrantReason(reason): minor for reason, minor in plain["most"].items()}
        rest = (plain[name] for name in ("valid_days", "grace_days"))
        return cls(plain["currency"], plain["cap"], plain["days"], MappingProxyType(most), *rest)


def check_rules(rules: GrantRules) -> None:
    """Raise RuleBroken unless these rules can be kept; for one reason's limit beside "most-" and the reason."""
    if not 0 < rules.cap <= LARGEST:
        raise RuleBroken(_("Write how much a family may get, above zero."), "cap")
    if rules.days not in DAYS:
        raise RuleBroken(_("Write a number of days from 1 to 1000."), "days")
    for reason, minor in rules.most.items():
        if not 0 < minor <= rules.cap:
            raise RuleBroken(_("No single grant can be more than a family may get altogether."), f"most-{reason}")
    if rules.valid_days not in DAYS or not 0 <= rules.grace_days < DAYS.stop:
        raise RuleBroken(_("Write a number of days from 1 to 1000."), "valid_days")


def why_not_grant(amount: Money, reason: GrantReason, *, rules: GrantRules, earlier: int) -> Message | None:
    """Say why a family that got `earlier` within the period may not get this grant, or nothing."""
    if amount.currency != rules.currency:
        return _("Grants are given in %(currency)s.", currency=rules.currency)
    if not 0 < amount.minor <= LARGEST:
        return _("Write an amount above zero.")
    most = rules.most.get(reason, rules.cap)
    if amount.minor > most:
        return _("For this reason a grant is at most %(most)s.", most=Money(most, rules.currency))
    if earlier + amount.minor > rules.cap:
        return _(
            "A family gets at most %(cap)s in grants within %(days)s days. This one has %(earlier)s already, at most "
            "%(left)s is left.",
            cap=Money(rules.cap, rules.currency),
            days=rules.days,
            earlier=Money(earlier, rules.currency),
            left=Money(max(rules.cap - earlier, 0), rules.currency),
        )
    return None


def describe_rules(rules: GrantRules) -> list[Message]:
    """The rules in sentences that one can read aloud."""
    said = [
        _(
            "A family gets at most %(cap)s in grants within %(days)s days.",
            cap=Money(rules.cap, rules.currency),
            days=rules.days,
        )
    ]
    said += [
        _(
            "%(reason)s: at most %(most)s at a time.",
            reason=GRANT_REASON_TITLES[reason],
            most=Money(minor, rules.currency),
        )
        for reason, minor in sorted(rules.most.items())
    ]
    return said
