from dataclasses import replace

from aid.domain.duplicates import TermKind, certain_terms, search_terms, terms_of
from aid.domain.families import BirthDate, Kinship, Member
from aid.vault.tokens import TokenKind
from tests.domain.test_families import FAMILY

ANNA = Member("Иванова Анна Петровна", BirthDate(1984, 3, 2), Kinship.WORKER)
FAMILY_OF_ANNA = replace(FAMILY, members=(ANNA,), collectors=("Иванова Анна Петровна",), phone=None, address=None)


def test_a_person_with_three_names_is_found_by_about_eighteen_terms() -> None:
    assert 16 <= len(terms_of(FAMILY_OF_ANNA)) <= 20


def test_the_vault_has_a_kind_of_token_for_each_kind_of_term() -> None:
    assert {kind.value for kind in TermKind} <= {kind.value for kind in TokenKind}


def test_a_family_is_found_without_the_patronymic_and_in_another_alphabet() -> None:
    again = replace(ANNA, name="Anna Ivanova")
    shared = terms_of(FAMILY_OF_ANNA) & terms_of(replace(FAMILY_OF_ANNA, members=(again,), collectors=()))

    assert (TermKind.NAME_BORN, "ana ivanova 1984-03-02") in shared


def test_a_wrong_year_still_leaves_the_day_in_common() -> None:
    mistyped = replace(FAMILY_OF_ANNA, members=(replace(ANNA, born=BirthDate(1948, 3, 2)),))

    assert TermKind.NAME_DAY in {kind for kind, _term in terms_of(FAMILY_OF_ANNA) & terms_of(mistyped)}


def test_a_search_by_name_or_phone_finds_the_family() -> None:
    assert search_terms("серикбаев nurlan") <= terms_of(FAMILY)
    assert search_terms("8 799 555-01-01") <= terms_of(FAMILY)
    assert not search_terms("Ержан") & terms_of(FAMILY)
    assert search_terms("  ") == frozenset()


def test_an_address_is_found_however_the_street_is_called() -> None:
    russian = replace(FAMILY, address="ул. Достык, д. 12")

    assert TermKind.ADDRESS in {kind for kind, _term in terms_of(FAMILY) & terms_of(russian)}


def test_only_a_phone_or_a_whole_name_with_its_whole_date_is_certain() -> None:
    assert certain_terms(FAMILY) == {
        (TermKind.PHONE, "7995550101"),
        (TermKind.NAME_BORN, "nurlan serikbaev 1984-03-02"),
    }
    assert certain_terms(FAMILY) <= terms_of(FAMILY)


def test_members_without_names_are_found_by_nothing() -> None:
    unnamed = replace(FAMILY_OF_ANNA, members=(Member(None, BirthDate(2015, 1, 1), Kinship.CHILD),), collectors=())

    assert terms_of(unnamed) == frozenset()
