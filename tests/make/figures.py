"""Figures for donors, for tests: a month of gifts long ago, and releases of it."""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aid.documents.thanking import letters
from aid.domain.clock import Instant
from aid.domain.languages import Language
from aid.queries.figures.choice import choice
from aid.queries.figures.preview import Preview, preview
from aid.services.figures import Released, ReleaseOrder, choose, release, withdraw
from tests.make import do, see
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund

PAPERS: Mapping[str, bytes] = {language.value: f"paper in {language}".encode() for language in Language}
"""What the press would have made."""


def long_ago(month: int = 4, day: int = 14) -> Instant:
    """A day of spring 2026, before any that tests happen on."""
    return Instant.at(datetime(2026, month, day, 9, tzinfo=UTC), ZoneInfo("Asia/Aqtau"))


def make_old_gifts(
    fund: FoundedFund, count: int = 10, *, month: int = 4, first: int = 0, minor: int = 1_000_00, **of_order: object
) -> list[UUID]:
    """Gifts of so many donors, booked in a month long ago."""
    when = long_ago(month)
    return [
        make_donation(
            fund,
            now=when,
            received_on=when.today,
            minor=minor,
            donor=a_donor(name=f"Old Giver {first + n}"),
            **of_order,
        )
        for n in range(count)
    ]


def make_public(fund: FoundedFund, *, is_public: bool = True, delay_days: int = 30) -> None:
    """Everybody may read what is released."""
    do(choose, actor=fund.coordinator, is_public=is_public, delay_days=delay_days, seen=see(choice).n)


def what_may_be_told(fund: FoundedFund, *, now: Instant | None = None) -> Preview:
    """What the coordinator sees before a release."""
    moment = now or Instant.at(datetime.now(UTC), ZoneInfo("Asia/Aqtau"))
    return see(preview, actor=fund.coordinator, now=moment)


def make_release(fund: FoundedFund, *, now: Instant | None = None) -> int:
    """What may be told, released by the coordinator."""
    seen = what_may_be_told(fund, now=now)
    order = ReleaseOrder(sha256=seen.sha256, papers=PAPERS)
    released: Released = do(release, actor=fund.coordinator, now=now, order=order)
    return released.number


def make_code(fund: FoundedFund, donation_id: UUID) -> str:
    """The code in the letter that a donor was sent."""
    [letter] = letters(fund.treasurer, [donation_id], secrets.token_hex(16))
    [code] = re.findall(r"(?:\d{4} ){3}\d{4}", letter.said.plain)
    return str(code)


def make_figures(fund: FoundedFund) -> None:
    """Two releases, of which the first was withdrawn; everybody may read the other."""
    make_public(fund)
    make_old_gifts(fund)
    first = make_release(fund)
    do(withdraw, actor=fund.coordinator, number=first, reason="A month was missing")
    make_release(fund)
