from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.families import (
    CIRCUMSTANCE_TITLES,
    FAMILY_STATE_TITLES,
    KINSHIP_TITLES,
    MOST_MEMBERS,
    BirthDate,
    Circumstance,
    Consent,
    Facts,
    Family,
    FamilyState,
    Kinship,
    Member,
    Slip,
    check_family,
    plain,
)
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken

TODAY = date(2026, 8, 1)
WORKER = Member("Серікбаев Нұрлан", BirthDate(1984, 3, 2), Kinship.WORKER)
PUPIL = Member("Серікбаева Аяулым", BirthDate(2016), Kinship.CHILD, grade=4, school="№ 5 мектеп", clothes_size="134")
FAMILY = Family(
    members=(WORKER, PUPIL),
    phone="+77995550101",
    address="Достық көшесі, 12-үй",
    circumstances=frozenset({Circumstance.DISMISSED, Circumstance.DETAINED}),
    workplace="«Теңіз Сервис» ЖШС",
    dismissed_on=date(2026, 6, 1),
    wages_stopped_on=None,
    language=Language.KK,
    collectors=("Серікбаева Айгүл",),
    check_word="бұлақ",
    consent=Consent(date(2026, 7, 1), 1),
)

days = st.dates(date(1930, 1, 1), TODAY)
births = st.one_of(st.none(), days.map(BirthDate.of), st.integers(1930, 2026).map(BirthDate))
texts = st.one_of(st.none(), st.text(max_size=20))
members = st.builds(
    Member,
    name=texts,
    born=births,
    kinship=st.sampled_from(Kinship),
    grade=st.one_of(st.none(), st.integers(0, 12)),
    school=texts,
    clothes_size=texts,
    shoe_size=texts,
)
families = st.builds(
    Family,
    members=st.lists(members, max_size=4).map(tuple),
    phone=texts,
    address=texts,
    circumstances=st.frozensets(st.sampled_from(Circumstance)),
    workplace=texts,
    dismissed_on=st.one_of(st.none(), days),
    wages_stopped_on=st.one_of(st.none(), days),
    language=st.sampled_from(Language),
    collectors=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    check_word=st.text(max_size=20),
    consent=st.builds(Consent, given_on=days, wording=st.integers(1, 9)),
)


@given(families)
def test_a_family_is_the_same_after_it_was_sealed_and_opened(family: Family) -> None:
    assert Family.from_plain(plain(family)) == family
    assert Facts.from_plain(plain(family.facts())) == family.facts()
    assert Slip.from_plain(plain(family.slip())) == family.slip()


def test_facts_hold_no_name_no_school_and_no_day_of_birth() -> None:
    written = str(plain(FAMILY.facts()))

    for secret in ("Серікбаев", "мектеп", "1984-03", "+7799", "Достық"):
        assert secret not in written


def test_every_circumstance_kinship_and_state_has_a_title() -> None:
    assert set(CIRCUMSTANCE_TITLES) == set(Circumstance)
    assert set(KINSHIP_TITLES) == set(Kinship)
    assert set(FAMILY_STATE_TITLES) == set(FamilyState)


def test_a_child_is_one_until_the_end_of_the_year_in_which_it_turns_eighteen() -> None:
    born_2008 = replace(PUPIL, born=BirthDate(2008, 1, 5), grade=None)

    assert born_2008.is_child(date(2026, 12, 31))
    assert not born_2008.is_child(date(2027, 1, 1))


def test_a_pupil_is_a_child_whatever_its_age_and_so_is_a_child_of_unknown_age() -> None:
    assert replace(PUPIL, born=BirthDate(2006)).is_child(TODAY)
    assert Member(None, None, Kinship.CHILD).is_child(TODAY)
    assert not Member(None, None, Kinship.OTHER).is_child(TODAY)


def test_an_age_is_counted_in_whole_years() -> None:
    assert replace(WORKER, born=BirthDate(2000, 8, 1)).age(TODAY) == 26
    assert replace(WORKER, born=BirthDate(2000, 8, 2)).age(TODAY) == 25
    assert replace(WORKER, born=BirthDate(2000)).age(TODAY) == 26


def test_a_birth_date_no_calendar_has_is_an_error() -> None:
    with pytest.raises(ValueError, match="day"):
        BirthDate(2015, 2, 30)
    with pytest.raises(ValueError, match="whole date"):
        BirthDate(2015, 2)


def test_a_family_written_down_well_is_taken() -> None:
    check_family(FAMILY, TODAY)
    check_family(replace(FAMILY, members=(WORKER, Member(None, None, Kinship.OTHER))), TODAY)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"members": ()}, "members", "at least one"),
        ({"members": (WORKER,) * (MOST_MEMBERS + 1)}, "members", "at most"),
        ({"members": (WORKER, replace(PUPIL, name="я" * 121))}, "members-1-name", "member 2"),
        ({"members": (replace(WORKER, name="Нұр\x00лан"),)}, "members-0-name", "printed"),
        ({"members": (replace(WORKER, born=BirthDate(2027)),)}, "members-0-born", "future"),
        ({"members": (replace(WORKER, born=BirthDate(1890)),)}, "members-0-born", "120"),
        ({"members": (replace(PUPIL, grade=13),)}, "members-0-grade", "0 (preparatory)"),
        ({"members": (replace(WORKER, grade=5),)}, "members-0-grade", "not a child"),
        ({"members": (replace(WORKER, born=None, grade=5),)}, "members-0-grade", "not a child"),
        ({"collectors": ()}, "collectors", "may collect"),
        ({"collectors": ("  ",)}, "collectors", "may collect"),
        ({"collectors": ("Айгүл", "")}, "collectors", "Collector 2"),
        ({"collectors": ("Айгүл",) * 6}, "collectors", "At most"),
        ({"check_word": "үй"}, "check_word", "3 to 20"),
        ({"check_word": "12345"}, "check_word", "letters"),
        ({"phone": "1" * 33}, "phone", "longer than 32"),
        ({"address": "а" * 301}, "address", "longer than 300"),
        ({"dismissed_on": date(2026, 8, 2)}, "dismissed_on", "still to come"),
        ({"consent": Consent(date(2026, 8, 2), 1)}, "consent_on", "still to come"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(wrong: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_family(replace(FAMILY, **wrong), TODAY)  # type: ignore[arg-type]

    assert refused.value.field == field
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("stopped", "months"),
    [(None, 0), (date(2026, 8, 2), 0), (date(2026, 7, 2), 0), (date(2026, 7, 1), 1), (date(2025, 8, 1), 12)],
)
def test_months_without_wage_are_whole_ones_since_wages_stopped(stopped: date | None, months: int) -> None:
    facts = Facts(members=(), wages_stopped_on=stopped)

    assert facts.months_without_wage(TODAY) == months
