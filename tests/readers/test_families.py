from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aid.domain.families import BirthDate, Circumstance, Kinship, check_family
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.readers.families import FamiliesRead, read_families
from aid.readers.mappings import known_mappings, mapping_named, read_mapping
from aid.readers.sheets import Row, Sheet
from aid.readers.tables import read_table

TODAY = date(2026, 8, 1)
DEMO = Path(__file__).parents[2] / "aid" / "cli" / "demo" / "families.csv"

Tables = Callable[[str], bytes]


def read(name: str, payload: bytes, mapping: str) -> FamiliesRead:
    return read_families(read_table(name, payload), mapping_named(mapping), TODAY)


def read_komek(text: str) -> FamiliesRead:
    return read("families.csv", text.encode(), "komek")


def only_bad(read: FamiliesRead) -> tuple[int, str | None, str]:
    (bad,) = read.bad
    return bad.number, bad.column, str(bad.reason)


# ---------------------------------------------------------------- the real tables


def test_households_50_gives_fifty_families_of_208_people(household_table: Tables) -> None:
    read_ = read("households_50.xlsx", household_table("households_50.xlsx"), "hope")

    assert (len(read_.good), read_.bad, read_.left_out) == (50, (), 0)
    assert sum(len(row.family.members) for row in read_.good) == 208
    first = read_.good[0]
    assert (first.number, first.external_id) == (3, "1092128444")
    assert first.family.members[0].name == "James Hall"
    assert first.family.members[0].born == BirthDate(2013, 3, 2)
    assert first.family.phone == "+18138527364;ext=897"
    assert Circumstance.DISABLED in first.family.circumstances


def test_a_collector_may_be_named_by_the_household_they_collect_for(household_table: Tables) -> None:
    read_ = read("households_50.xlsx", household_table("households_50.xlsx"), "hope")

    assert all(1 <= len(row.family.collectors) <= 2 for row in read_.good)
    assert next(row for row in read_.good if row.external_id == "1939950744").family.collectors == (
        "Stephanie Sanchez",
        "Scott Griffin",
    )


def test_registrations_1000_are_all_read(household_table: Tables) -> None:
    read_ = read("registrations_1000.csv", household_table("registrations_1000.csv"), "registrations_121")

    assert (len(read_.good), read_.bad) == (1000, ())
    first = read_.good[0]
    assert first.external_id == "GoNdk"
    assert first.family.members[0].name == "Johanna Max Gibbs"
    assert first.family.members[0].born == BirthDate(2000, 11, 30)
    assert first.family.language is Language.RU
    # one man, eight boys, no woman but the one who is named, three girls
    assert len(first.family.members) == 1 + 1 + 8 + 3
    assert sum(member.kinship is Kinship.CHILD for member in first.family.members) == 11
    assert all(row.family.check_word for row in read_.good)


def test_the_striking_teachers_are_read_without_their_accounts(household_table: Tables) -> None:
    read_ = read("striking_teachers_sample.xlsx", household_table("striking_teachers_sample.xlsx"), "teachers")

    assert (len(read_.good), read_.bad) == (5, ())
    family = read_.good[0].family
    assert family.members[0].name == family.collectors[0] == "Nikola Janković"
    assert family.circumstances == {Circumstance.ON_STRIKE}
    assert "160671762528652504" not in str(read_.good)


def test_the_demo_s_families_are_all_read() -> None:
    read_ = read("families.csv", DEMO.read_bytes(), "komek")

    assert (len(read_.good), read_.bad) == (60, ())
    assert {row.locality for row in read_.good} == {"kendirli", "teniz"}
    assert {row.family.language for row in read_.good} == {Language.KK, Language.RU}
    for row in read_.good:
        check_family(row.family, TODAY)
        assert row.family.phone is None or row.family.phone.startswith("+7799")


# ---------------------------------------------------------------- rows that can't be read

HEADER = "household,name,kinship,born,grade,phone,circumstances,collector,check_word,language,consent_on\n"


def test_a_household_s_rows_become_one_family() -> None:
    read_ = read_komek(
        HEADER
        + '7,Нұрлан,жұмысшы,02.03.1984,,8 701 555 01 02,"уволен, on_strike",2,бұлақ,қазақша,\n'
        + "8,Анна,работник,1990,,,,,маяк,русский,2026-07-01\n"
        + "7,Айгүл,partner,1986-01-05,,,беременность,1,,,\n"
        + "7,Аяулым,бала,2016,4 «А»,,,,,,\n"
    )

    assert read_.bad == ()
    family = read_.good[0].family
    assert [member.name for member in family.members] == ["Нұрлан", "Айгүл", "Аяулым"]
    assert family.members[0].born == BirthDate(1984, 3, 2)
    assert family.members[2].grade == 4
    assert family.collectors == ("Айгүл", "Нұрлан")
    assert family.phone == "+77015550102"
    assert family.circumstances == {Circumstance.DISMISSED, Circumstance.ON_STRIKE, Circumstance.PREGNANT}
    assert family.consent.given_on == TODAY
    assert read_.good[1].family.language is Language.RU
    assert read_.good[1].family.collectors == ("Анна",)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("1,Нұрлан,жұмысшы,31.02.1984,,,,,,,", "born", "“31.02.1984”"),
        ("1,Нұрлан,сосед,,,,,,,,", "kinship", "“сосед”"),
        ("1,Нұрлан,,,,,,,,,", "kinship", "who the person is"),
        ("1,Аяулым,бала,2016,бесінші,,,,,,", "grade", "“бесінші”"),
        ("1,Нұрлан,жұмысшы,1984,,жоқ,,,,,", "phone", "phone number"),
        ("1,Нұрлан,жұмысшы,1984,,,кедей,,,,", "circumstances", "“кедей”"),
        ("1,Нұрлан,жұмысшы,1984,,,,бірінші,,,", "collector", "“бірінші”"),
        ("1,Нұрлан,жұмысшы,1984,,,,,,deutsch,", "language", "“deutsch”"),
        ("1,Нұрлан,жұмысшы,1984,,,,,,,2027-01-01", "consent_on", "still to come"),
        ("1,Нұрлан,жұмысшы,1884,,,,,,,", "born", "120 years"),
        ("1,Нұрлан,жұмысшы,1984,5,,,,,,", "grade", "not a child"),
        ("1,Нұрлан,жұмысшы,1984,,,,,үй,,", "check_word", "3 to 20"),
        (",Нұрлан,жұмысшы,1984,,,,,,,", "household", "which household"),
    ],
)
def test_a_bad_row_is_named_by_number_column_and_reason(row: str, column: str, says: str) -> None:
    good_row = "2,Серік,жұмысшы,1980,,,,,дала,,\n"
    read_ = read_komek(HEADER + good_row + row + "\n")

    number, named, reason = only_bad(read_)
    assert (number, len(read_.good)) == (3, 1)
    assert named == column
    assert says in reason


def test_rows_of_a_household_that_contradict_each_other_are_refused() -> None:
    read_ = read_komek(HEADER + "1,Нұрлан,worker,,,8701,,,,,\n1,Айгүл,partner,,,8702,,,,,\n")

    assert only_bad(read_)[:2] == (3, "phone")
    assert "row 2" in only_bad(read_)[2]
    assert read_.left_out == 1


def test_a_bad_member_keeps_the_whole_family_out_but_no_other() -> None:
    read_ = read_komek(HEADER + "1,Нұрлан,worker,,,,,,,,\n1,Аяулым,child,?,,,,,,,\n2,Серік,worker,,,,,,,,\n")

    assert [row.external_id for row in read_.good] == ["2"]
    assert (read_.left_out, len(read_.bad)) == (1, 1)


def test_a_household_nobody_of_which_is_named_has_no_collector_and_is_refused() -> None:
    assert "may collect" in only_bad(read_komek(HEADER + "1,,worker,,,,,,,,\n"))[2]


def test_a_table_without_a_needed_column_is_refused_as_a_whole() -> None:
    with pytest.raises(RuleBroken, match="no column “kinship”"):
        read_komek("household,name,born\n1,Нұрлан,1984\n")


def hope(households: list[list[str]], individuals: list[list[str]]) -> FamiliesRead:
    family = ["household_id", "phone_no_i_c", "address_h_c", "consent_h_c", "first_registration_date_h_c"]
    member = "household_id full_name_i_c birth_date_i_c relationship_i_c primary_collector_id alternate_collector_id"
    kinds = "seeing hearing physical memory selfcare comms"
    header = [*member.split(), *(f"{kind}_disability_i_c" for kind in kinds.split()), "pregnant_i_c"]

    def sheet(name: str, rows: list[list[str]]) -> Sheet:
        return Sheet(name, tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))

    sheets = (
        sheet("Households", [family, ["labels"], *households]),
        sheet("Individuals", [header, [], *individuals]),
    )
    return read_families(sheets, mapping_named("hope"), TODAY)


def test_a_member_of_an_unknown_household_and_a_household_told_twice_are_named() -> None:
    read_ = hope(
        [["1", "", "", "TRUE", ""], ["1", "", "", "TRUE", ""]],
        [["1", "James Hall", "1980", "HEAD", "1"], ["9", "Kevin Wright", "1981", "HEAD", "9"]],
    )

    assert len(read_.good) == 1
    assert [(bad.sheet, bad.number) for bad in read_.bad] == [("Households", 4), ("Individuals", 4)]


def test_a_family_that_did_not_agree_is_left_out() -> None:
    read_ = hope([["1", "", "", "FALSE", ""]], [["1", "James Hall", "1980", "HEAD", "1"]])

    assert "agreed" in only_bad(read_)[2]


# ---------------------------------------------------------------- mappings


def test_every_mapping_that_ships_can_be_read_and_has_a_title_in_each_language() -> None:
    names = [mapping.name for mapping in known_mappings()]

    assert names == ["komek", "hope", "registrations_121", "teachers"]
    assert all(set(mapping.title) == set(Language) for mapping in known_mappings())


def test_whoever_imports_may_say_where_the_families_live() -> None:
    mapping = mapping_named("teachers").at(locality="teniz", point="teniz-library")
    sheets = (Sheet("", (Row(1, ("Ime i prezime", "Grad")), Row(2, ("Marko Marić", "Novi Sad")))),)

    (row,) = read_families(sheets, mapping, TODAY).good

    assert (row.locality, row.point) == ("teniz", "teniz-library")


MAPPING = '[member]\nname = "n"\nkinship = { constant = "worker" }\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "understood"),
        ('[member]\nname = "n"\n', "kinship"),
        (MAPPING + '[family]\nfone = "p"\n', "fone"),
        (MAPPING + "surprise = 1\n", "surprise"),
        (MAPPING + '[families]\nheader_row = "1"\n', "header_row"),
        (MAPPING + '[members]\nsheet = "b"\n', "household"),
        (MAPPING + '[[circumstance]]\nis = "poor"\n', "poor"),
        (MAPPING + "[[circumstance]]\ncolumns = []\n", "circumstance"),
        (MAPPING + '[[counted]]\ncolumn = "x"\nkinship = "cat"\n', "cat"),
        (MAPPING + "[family]\nphone = {}\n", "phone"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(text: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        read_mapping("mine", text)


def test_an_unknown_mapping_is_refused() -> None:
    for name in ("other", "../komek"):
        with pytest.raises(RuleBroken, match="no mapping"):
            mapping_named(name)


def test_two_columns_counted_and_named_by_other_titles() -> None:
    mapping = read_mapping(
        "mine",
        MAPPING
        + '[aliases]\n"Аты-жөні" = "n"\n[families]\nheader_row = 2\n[family]\ncheck_word = { generate = true }\n'
        '[[counted]]\ncolumn = "балалар"\nkinship = "child"\n',
    )
    sheets = (Sheet("", (Row(1, ("Тізім",)), Row(2, ("Аты-жөні", "Балалар")), Row(3, ("Серік", "2")))),)

    (row,) = read_families(sheets, mapping, TODAY).good

    assert [member.kinship for member in row.family.members] == [Kinship.WORKER, Kinship.CHILD, Kinship.CHILD]
