"""What stays of a file and its statements, worked out of what was found when it was gone through."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256 as hash_of
from typing import Any, Final

from aid.domain.bank_lines import clear_name
from aid.domain.refusals import RuleBroken
from aid.domain.statement_files import FileSeen, StatementSeen, Sum
from aid.domain.statements import Balance, BalanceKind, Problem, StatementBegun, StatementFormat
from aid.domain.words import _
from aid.services.statements.accounts import OwnAccount
from aid.services.statements.bringing import FileFacts, StatementFacts

MOST_TOLD: Final = 200  # problems that are kept
_SOURCE = re.compile(r"[a-z0-9.]{1,40}")


def facts_of(seen: FileSeen, accounts: Mapping[int, OwnAccount], *, sha256: bytes, size: int) -> FileFacts:
    """The file as it is noted. Raises RuleBroken for one that holds no statement."""
    if not seen.statements:
        raise RuleBroken(_("There is no statement in this file."), field="file")
    return FileFacts(
        sha256=sha256,
        format=StatementFormat(seen.statements[0].begun.format),
        size=size,
        wrong=seen.wrong,
        problems=tuple(plain_problem(problem) for problem in seen.problems[:MOST_TOLD]),
        statements=tuple(_statement(each, accounts[each.begun.number]) for each in seen.statements),
    )


def plain_problem(problem: Problem) -> tuple[Any, ...]:
    """A problem's kind, place and figure. Its words repeat what stood in the file, and are not kept."""
    difference = problem.difference
    told = [difference.minor, difference.currency] if difference else None
    place = problem.place
    return (problem.kind.value, problem.lost.value, place.statement, place.entry, place.line, told)


def _statement(seen: StatementSeen, account: OwnAccount) -> StatementFacts:
    begun, own = seen.begun, seen.booked.get(account.currency, Sum())
    balances = seen.ended.balances if seen.ended else ()
    opening = _balance(balances, account.currency, BalanceKind.OPENING, BalanceKind.PREVIOUS_CLOSING)
    closing = _balance(balances[::-1], account.currency, BalanceKind.CLOSING)
    return StatementFacts(
        n=begun.number,
        bank_id=account.id,
        currency=account.currency,
        source=_source(begun),
        name=clear_name(begun.sequence or begun.legal_sequence or begun.id),
        page=max(begun.page or 1, 1),
        since=begun.since or seen.first,
        until=begun.until or seen.last,
        opening_minor=opening.money.minor if opening else None,
        opening_on=opening.on if opening else None,
        closing_minor=closing.money.minor if closing else None,
        closing_on=closing.on if closing else None,
        lines=own.lines,
        credits_minor=own.credits,
        debits_minor=own.debits,
        waiting=seen.waiting,
        elsewhere=sum(sum_.lines for currency, sum_ in seen.booked.items() if currency != account.currency),
        days=tuple(_days(seen, account)),
    )


def _source(begun: StatementBegun) -> str:
    """The format and its version; a table's columns in a hash: a heading may be anything."""
    if _SOURCE.fullmatch(begun.source):
        return begun.source
    return f"{begun.format.value} {hash_of(begun.source.encode()).hexdigest()[:24]}"


def _balance(balances: tuple[Balance, ...], currency: str, *kinds: BalanceKind) -> Balance | None:
    """The first of these kinds, in the account's currency."""
    found = (balance for kind in kinds for balance in balances if balance.kind is kind)
    return next((balance for balance in found if balance.money.currency == currency), None)


def _days(seen: StatementSeen, account: OwnAccount) -> Iterator[tuple[date, int, int]]:
    """Each day once: from which balance to which."""
    if seen.ended and seen.currency in {"", account.currency}:
        days = {day: (part.opening, part.closing) for day, part in seen.ended.parts}
        yield from ((day, *balances) for day, balances in days.items())
