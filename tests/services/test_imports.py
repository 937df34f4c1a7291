import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.families import Consent
from aid.domain.refusals import NotAllowed
from aid.extensions import db
from aid.models.families import Family as FamilyRow
from aid.models.families import IndexToken
from aid.perform import look, perform
from aid.services.family_index import find_families
from aid.services.imports.bringing import Household, Imported, NotAllGood, chunk_key, chunks, import_households
from aid.services.token_rows import settle
from aid.vault.actor import Actor
from aid.vault.hpke import new_pair
from aid.vault.keyring import Keyring
from tests.make import do
from tests.make.families import CONSENT, a_family, make_family
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app

SYLLABLES = "ба ва га да за ка ла ма на ра".split()


def household(nth: int, **changed: Any) -> Household:
    surname = "".join(SYLLABLES[int(digit)] for digit in f"{nth:04}").title()
    family = a_family(3, surname=surname, phone=f"+7702{nth:07}")
    return replace(Household(str(1000 + nth), "old-town", "club", family), **changed)


def bring(actor: Actor, *households: Household, all_or_nothing: bool = False) -> Imported:
    return do(import_households, actor=actor, households=households, all_or_nothing=all_or_nothing)


def how_many() -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(FamilyRow)) or 0


def reasons(imported: Imported) -> list[tuple[int, str]]:
    return [(place, str(reason)) for place, reason in imported.held]


def test_a_list_is_brought_in_and_its_families_are_found(fund: FoundedFund) -> None:
    imported = bring(fund.registrar, *(household(nth) for nth in range(30)))

    assert (imported.added, imported.known, imported.held) == (30, 0, ())
    assert how_many() == 30
    assert len(look(find_families, actor=fund.registrar, text="8 702 000 00 07").families) == 1


def test_the_same_list_again_adds_nothing(fund: FoundedFund) -> None:
    households = [household(nth) for nth in range(10)]
    bring(fund.registrar, *households)
    random.Random(1).shuffle(households)

    again = bring(fund.registrar2, *households)

    assert (again.added, again.known, again.held) == (0, 10, ())
    assert how_many() == 10


def test_what_is_made_up_at_each_reading_does_not_make_another_household(fund: FoundedFund) -> None:
    first = household(1, external_id=None)
    bring(fund.registrar, first)
    later = replace(first.family, check_word="теңіз", consent=Consent(CONSENT.given_on.replace(day=2), 1))

    assert bring(fund.registrar, replace(first, family=later)).known == 1


def test_a_household_twice_in_one_list_is_one_family(fund: FoundedFund) -> None:
    imported = bring(fund.registrar, household(1), household(1))

    assert (imported.added, imported.known) == (1, 1)


def test_an_id_that_was_imported_with_other_contents_is_held_back(fund: FoundedFund) -> None:
    bring(fund.registrar, household(1))

    imported = bring(fund.registrar, replace(household(2), external_id=household(1).external_id))

    assert imported.added == 0
    assert "Its id was imported before" in reasons(imported)[0][1]


def test_a_household_like_a_registered_family_is_held_back_with_its_code(fund: FoundedFund) -> None:
    registered = make_family(fund, phone="+77021112233")
    alike = replace(household(1), family=a_family(phone="+77021112233", surname="Басқа"))

    imported = bring(fund.registrar, household(0), alike)

    [(place, reason)] = reasons(imported)
    code = registered.code
    assert (imported.added, place) == (1, 1)
    assert f"family {code[:3]} {code[3:6]} {code[6:]}" in reason


def test_of_two_like_households_in_one_list_the_second_is_held_back(fund: FoundedFund) -> None:
    alike = replace(household(2), family=replace(household(2).family, phone=household(1).family.phone))

    assert [place for place, _reason in bring(fund.registrar, household(1), alike).held] == [1]


def test_a_household_of_an_unknown_or_anothers_place_is_held_back(fund: FoundedFund) -> None:
    imported = bring(
        fund.registrar,
        household(0, locality="atlantis"),
        household(1, point="atlantis"),
        household(2, locality="new-town", point="school-5"),
        household(3),
    )

    assert imported.added == 1
    assert [reason.partition(":")[0] for _place, reason in reasons(imported)] == [
        "There is no locality atlantis",
        "There is no point atlantis",
        "The locality new-town is not yours",
    ]


def test_a_household_that_breaks_a_rule_is_held_back(fund: FoundedFund) -> None:
    imported = bring(fund.registrar, replace(household(1), family=a_family(0)))

    assert "at least one member" in reasons(imported)[0][1]


def test_all_or_nothing_brings_in_nothing_when_one_is_held_back(fund: FoundedFund) -> None:
    with pytest.raises(NotAllGood) as refusal:
        bring(fund.registrar, household(0), household(1, locality="atlantis"), all_or_nothing=True)

    assert [place for place, _reason in refusal.value.held] == [1]
    assert how_many() == 0


def test_all_or_nothing_brings_in_all(fund: FoundedFund) -> None:
    assert bring(fund.coordinator, household(0), household(1), all_or_nothing=True).added == 2


def test_two_localities_in_one_list_keep_to_their_own_keys(fund: FoundedFund) -> None:
    imported = bring(fund.coordinator, household(0), household(1, locality="new-town", point="school-5"))

    assert imported.added == 2
    assert len(look(find_families, actor=fund.registrar_elsewhere, text="+7 702 000 00 01").families) == 1
    with Session(db.engine) as session:
        settle(session)
        assert len(set(session.scalars(select(IndexToken.locality_id)))) == 2


def test_a_step_that_is_repeated_is_answered_the_same_and_says_that_nothing_was_added(fund: FoundedFund) -> None:
    [chunk] = chunks([household(0)])
    key = chunk_key(chunk=chunk, number=0, actor=fund.registrar)
    first = perform(key, import_households, actor=fund.registrar, households=chunk)

    again = perform(key, import_households, actor=fund.registrar, households=chunk)

    assert again == first
    assert (first.fresh, again.fresh) == (1, None)
    assert how_many() == 1


def test_the_key_of_a_step_does_not_tell_who_is_in_it(fund: FoundedFund) -> None:
    chunk, registrar = (household(0),), fund.registrar
    thief = replace(registrar, keyring=Keyring(registrar.person_id, new_pair().private, {}))

    theirs = chunk_key(chunk=chunk, number=0, actor=thief)

    assert (
        theirs
        != chunk_key(chunk=chunk, number=0, actor=registrar)
        == chunk_key(chunk=chunk, number=0, actor=fund.registrar)
    )


def test_who_may_not_import_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        bring(fund.confirmer, household(0))
