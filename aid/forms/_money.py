"""What forms of money share: choosing an account, an amount in its currency, a purpose."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import ValidationError

from aid.domain.money import Money, parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import money, named, say
from aid.queries.banks import BankRow

Purposes = Iterable[tuple[UUID, Mapping[str, str]]]


def bank_choices(banks: Sequence[BankRow]) -> list[tuple[str, str]]:
    """Accounts to choose from: their names and currencies."""
    return [(str(bank.id), f"{named(dict(bank.names))}, {bank.currency}") for bank in banks]


def purpose_choices(purposes: Purposes) -> list[tuple[str, str]]:
    """Purposes to choose from."""
    return [(str(purpose), named(dict(names))) for purpose, names in purposes]


def available_hints(purposes: Purposes, available: Mapping[UUID, Sequence[Money]], only: str = "") -> dict[str, str]:
    """What is available of each purpose's money, to be read before one is chosen; in one currency, or in all."""
    hints = {}
    for purpose, _names in purposes:
        there = [money(amount) for amount in available.get(purpose, ()) if only in ("", amount.currency)]
        hints[str(purpose)] = say(_("Available: %(money)s", money=" · ".join(there) or say(_("nothing"))))
    return hints


def balance_hints(banks: Sequence[BankRow]) -> dict[str, str]:
    """What is on each account, to be read before one is chosen."""
    return {str(bank.id): money(bank.balance) for bank in banks}


def currencies(banks: Sequence[BankRow]) -> dict[str | None, str]:
    """Each account's currency, by what is posted for it."""
    return {str(bank.id): bank.currency for bank in banks}


def must_be_money(field: Field, currency: str | None) -> None:
    """Refuse what can't be read as an amount, beside the field. Until there is a currency, that is asked for first."""
    if currency is None or not field.data:
        return
    try:
        parse_money(field.data, currency)
    except RuleBroken as refusal:
        raise ValidationError(refusal.message)


def money_of(field: Any, currency: str) -> Money:
    """The amount that was typed."""
    return parse_money(field.data, currency)


def as_typed(amount: Money) -> str:
    """An amount as one would type it: without small coins where there are none."""
    whole, _point, rest = f"{amount.decimal():f}".partition(".")
    return f"{whole}.{rest}" if rest.strip("0") else whole
