"""How papers look is set version by version, by coordinators, and by one at a time."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from aid.domain.papers import PictureKind, VoucherFormat
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.models.papers import PaperStyle as PaperStyleRow
from aid.queries import papers
from aid.services.papers import set_style
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app


def test_before_the_first_look_papers_bear_the_founding_titles(fund: FoundedFund) -> None:
    look = see(papers.style)

    assert (look.titles["en"], look.format, look.logo) == ("Help list", VoucherFormat.FOUR, None)
    assert see(papers.versions, actor=fund.coordinator) == ()


def test_each_setting_is_a_version_that_stays_and_the_newest_is_used(fund: FoundedFund) -> None:
    first = replace(see(papers.style), titles={"kk": "А", "ru": "Б", "en": "C"}, footers={"kk": "Ж", "ru": ""})
    second = replace(first, logo=b"\x89PNG", logo_kind=PictureKind.PNG, ink="#000000", format=VoucherFormat.A6)

    do(set_style, actor=fund.coordinator, style=first, seen=0)
    do(set_style, actor=fund.coordinator, style=second, seen=1)

    assert see(papers.style) == replace(second, footers={"kk": "Ж"})
    assert [row.version for row in see(papers.versions, actor=fund.coordinator)] == [2, 1]
    assert [row.titles["en"] for row in rows(select(PaperStyleRow))] == ["C", "C"]


def test_who_looked_at_an_earlier_version_is_told_of_the_newer(fund: FoundedFund) -> None:
    look = see(papers.style)
    do(set_style, actor=fund.coordinator, style=look, seen=0)

    with pytest.raises(RuleBroken, match="a moment ago"):
        do(set_style, actor=fund.coordinator, style=look, seen=0)


def test_a_look_that_cant_be_read_is_never_kept(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="too pale"):
        do(set_style, actor=fund.coordinator, style=replace(see(papers.style), ink="#ffff00"), seen=0)

    assert rows(select(PaperStyleRow)) == []


def test_only_coordinators_set_it(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(set_style, actor=fund.treasurer, style=see(papers.style), seen=0)
    with pytest.raises(NotAllowed):
        see(papers.versions, actor=fund.distributor)
