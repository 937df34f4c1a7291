"""A fund file is read whole or refused by the name of what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.founding import check_plan
from aid.domain.fund import HolderPlan, Names
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.readers.fund_file import read_fund_file

FILE = """
[fund]
name = {kk = "Көмек", ru = "Комек", en = "Komek"}
paper_title = {kk = "Тізім", ru = "Список", en = "List"}
currency = "KZT"
languages = ["kk", "ru", "en"]
time_zone = "Asia/Aqtau"

[committee]
quorum = 3
notice_hours = 24

[[purpose]]
code = "general"
name = {kk = "Жалпы", ru = "Общее", en = "General"}

[[locality]]
code = "old-town"
name = {kk = "Ескі қала", ru = "Старый город", en = "Old town"}

[[point]]
code = "club"
locality = "old-town"
name = {kk = "Клуб", ru = "Клуб", en = "Club"}
address = {kk = "Абай көшесі, 1", ru = "ул. Абая, 1", en = "1 Abai street"}

[[person]]
handle = "aigul"
name = "Айгүл"
language = "kk"
roles = ["registrar", "confirmer"]
localities = ["old-town"]

[[person]]
handle = "dina"
language = "ru"
roles = ["coordinator"]

[[person]]
handle = "erlan"
language = "en"
roles = ["administrator"]
""" + "".join(f'\n[[person]]\nhandle = "member-{n}"\nlanguage = "kk"\nroles = ["committee_member"]\n' for n in range(3))


def refused(text: str) -> str:
    with pytest.raises(RuleBroken) as refusal:
        read_fund_file(text.encode())
    return str(refusal.value)


def test_a_fund_file_becomes_a_plan_that_holds_together() -> None:
    plan = read_fund_file(FILE.encode())

    check_plan(plan)
    assert plan.name == Names(kk="Көмек", ru="Комек", en="Komek")
    assert plan.languages == (Language.KK, Language.RU, Language.EN)
    assert (plan.currency, plan.time_zone, plan.quorum, plan.notice_hours) == ("KZT", "Asia/Aqtau", 3, 24)
    assert plan.points[0].address is not None
    assert plan.people[0].name == "Айгүл"
    assert plan.people[0].roles == {Role.REGISTRAR, Role.CONFIRMER}
    assert plan.people[0].localities == {"old-town"}
    assert plan.people[1].name is None


def test_who_holds_a_recovery_share_and_where_is_read() -> None:
    holders = (f'[[recovery.holder]]\nhandle = "member-{n}"\ncountry = "{c}"' for n, c in enumerate(("KZ", "DE")))
    recovery = "\n".join(("[recovery]", "threshold = 2", "shares = 2", "despite_country = false", *holders))

    plan = read_fund_file(f"{FILE}\n{recovery}\n".encode())

    check_plan(plan)
    assert plan.share_holders == (HolderPlan("member-0", "KZ"), HolderPlan("member-1", "DE"))
    assert not plan.despite_country


def test_a_file_saved_by_windows_is_read() -> None:
    assert read_fund_file(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()) == read_fund_file(FILE.encode())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("quorum = 3", "quorum = 3\nquorom = 3", "committee.quorom is not known"),
        ('handle = "dina"', 'handle = "dina"\nphone = "1"', r"person[2].phone is not known"),
        ('{kk = "Жалпы",', '{kz = "Жалпы",', "purpose[1].name.kz is not known"),
        ("[committee]", "[comittee]", "committee is missing from the fund file; add a table"),
        ('currency = "KZT"\n', "", "fund.currency is missing from the fund file; add a text in quotes"),
        ("quorum = 3", 'quorum = "3"', "committee.quorum in the fund file should be a whole number"),
        ("quorum = 3", "quorum = true", "committee.quorum in the fund file should be a whole number"),
        ("quorum = 3", "quorum = 3.0", "should be a whole number"),
        ('languages = ["kk", "ru", "en"]', 'languages = "kk"', "fund.languages in the fund file should be a list"),
        ('languages = ["kk", "ru", "en"]', "languages = [1]", "should be a list of texts"),
        ('languages = ["kk", "ru", "en"]', 'languages = ["de"]', "fund.languages: “de” is not one of kk, ru, en"),
        ('roles = ["coordinator"]', 'roles = ["chief"]', "person[2].roles: “chief” is not one of registrar,"),
        ("[[purpose]]", "[purpose]", "purpose in the fund file should be tables"),
        ('name = "Айгүл"', "name = 1", "person[1].name in the fund file should be a text"),
        ("[committee]", "[committee", "is not valid TOML"),
        ("[fund]", "extra = 1\n[fund]", "extra is not known"),
        ("[fund]", "[recovery]\ndespite_country = 1\n[fund]", "should be true or false"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, why: str) -> None:
    assert old in FILE

    assert why in refused(FILE.replace(old, new, 1))


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    assert "larger than 256 kB" in refused("#" * (256 * 1024 + 1))


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(RuleBroken, match="not in UTF-8"):
        read_fund_file(FILE.encode("cp1251", "replace"))


@pytest.mark.parametrize("bomb", ["a = " + "[" * 100_000, "a = " + "9" * 200_000, "a = " + "{a=" * 50_000])
def test_a_file_made_to_break_the_reader_is_refused(bomb: str) -> None:
    assert refused(bomb)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        read_fund_file(content)
