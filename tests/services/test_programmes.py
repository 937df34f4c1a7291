"""Writing programmes: what is refused, and what a change leaves as it was."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from aid.domain.families import Circumstance
from aid.domain.ids import new_id
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.models.programmes import Programme
from aid.queries.programmes import programme, programmes
from aid.services.programmes import write_programme
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.programmes import a_programme, make_programme


def test_a_programme_reads_as_sentences(fund: FoundedFund) -> None:
    make_programme(fund, eligible=frozenset({Circumstance.DETAINED}), cap=60_000_00)

    [row] = see(programmes, actor=fund.coordinator)

    assert "where someone is detained gets" in str(row.sentences.rule)
    assert "20000.00 KZT a child in grades 1 to 4" in str(row.sentences.rule)
    assert "at most 60000.00 KZT for a family at a time" in str(row.sentences.rule)
    assert str(row.sentences.days[0]) == "A voucher holds for 30 days after the notice."


def test_a_change_is_a_new_version_and_the_old_one_stays(fund: FoundedFund) -> None:
    first = make_programme(fund)

    second = do(write_programme, actor=fund.coordinator, order=a_programme(fund, per_family=15_000_00), changes=first)

    assert second.version == 2
    assert [row.rule["per_family"] for row in rows(select(Programme).order_by(Programme.version))] == [
        10_000_00,
        15_000_00,
    ]
    [listed] = see(programmes, actor=fund.coordinator)
    assert listed.id == second.programme_id
    old = see(programme, actor=fund.coordinator, programme_id=first)
    assert old is not None
    assert not old.is_newest
    assert [version.version for version in old.versions] == [2, 1]


def test_a_version_changed_meanwhile_is_not_changed_again(fund: FoundedFund) -> None:
    first = make_programme(fund)
    do(write_programme, actor=fund.coordinator, order=a_programme(fund, per_family=15_000_00), changes=first)

    with pytest.raises(RuleBroken, match="changed this programme meanwhile"):
        do(write_programme, actor=fund.coordinator, order=a_programme(fund, per_family=20_000_00), changes=first)


def test_a_version_that_says_nothing_new_is_refused(fund: FoundedFund) -> None:
    first = make_programme(fund)

    with pytest.raises(RuleBroken, match=r"Nothing is different from version 1\."):
        do(write_programme, actor=fund.coordinator, order=a_programme(fund), changes=first)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"titles": {"kk": "Жиынтық", "ru": "", "en": "Kits"}}, "title_ru"),
        ({"titles": {"kk": "Жиынтық", "ru": "Набор", "en": "K" * 121}}, "title_en"),
        ({"purpose_id": new_id()}, "purpose_id"),
        ({"valid_days": 0}, "valid_days"),
        ({"grace_days": -1}, "grace_days"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(fund: FoundedFund, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        do(write_programme, actor=fund.coordinator, order=replace(a_programme(fund), **wrong))  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_rule_that_gives_nothing_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="gives nothing"):
        make_programme(fund, per_family=0, per_child=0, per_grade=())


def test_only_who_writes_programmes_may(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(write_programme, actor=fund.registrar, order=a_programme(fund))
