"""What life does to families: who comes and goes, how one becomes two and two one, and whose word is taken."""

from dataclasses import replace
from datetime import date

import pytest

from aid.domain.families import BirthDate, Circumstance, Consent, Family, Kinship, Member, plain
from aid.domain.families.changes import Whose, differences, is_contact_only, merged
from aid.domain.families.life import REASON_TITLES, REASONS, LifeEvent, LifeReason, lived
from aid.domain.families.parting import Parting, parted, strangers, united
from aid.domain.families.words import CHANGE_TITLES, HISTORY_TITLES, ChangeKind, HistoryKind
from aid.domain.refusals import RuleBroken
from tests.make.families import a_family

TODAY = date(2026, 8, 1)
DAY = date(2026, 7, 20)
BABY = Member("Айша", BirthDate(2026, 7, 20), Kinship.CHILD)


def family(members: int = 4) -> Family:
    return a_family(members, phone="+77010000001")


def test_every_word_of_a_change_has_its_title() -> None:
    assert set(CHANGE_TITLES) == set(ChangeKind)
    assert set(HISTORY_TITLES) == set(HistoryKind)
    assert set(REASON_TITLES) == set(LifeReason)


def test_a_child_that_is_born_is_a_member_and_remembered() -> None:
    after = lived(family(), LifeEvent(HistoryKind.BORN, DAY, LifeReason.BIRTH, who=BABY), today=TODAY)

    assert after.members[-1] == BABY
    assert [(it.kind, it.on, it.who) for it in after.history] == [(HistoryKind.BORN, DAY, "Айша")]
    assert Family.from_plain(plain(after)) == after


def test_who_died_is_no_member_and_collects_no_more_and_the_family_is_bereaved() -> None:
    before = family()

    after = lived(before, LifeEvent(HistoryKind.DIED, DAY, LifeReason.KILLED, place=0), today=TODAY)

    assert before.members[0] not in after.members
    assert after.collectors == before.collectors[1:]
    assert Circumstance.BEREAVED in after.circumstances
    assert after.history[0].who == before.members[0].name


def test_who_is_detained_leaves_and_the_family_has_a_prisoner() -> None:
    after = lived(family(), LifeEvent(HistoryKind.LEFT, DAY, LifeReason.DETAINED, place=0), today=TODAY)

    assert Circumstance.DETAINED in after.circumstances


def test_when_the_only_collector_is_gone_another_is_named() -> None:
    before = replace(family(), collectors=(family().members[0].name or "",))
    event = LifeEvent(HistoryKind.LEFT, DAY, LifeReason.MOVED_AWAY, place=0)

    with pytest.raises(RuleBroken, match="name who collects now"):
        lived(before, event, today=TODAY)
    assert lived(before, replace(event, collector=" Айгүл  С. "), today=TODAY).collectors == ("Айгүл С.",)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (LifeEvent(HistoryKind.BORN, date(2026, 8, 2), LifeReason.BIRTH, who=BABY), "still to come"),
        (LifeEvent(HistoryKind.BORN, date(2006, 8, 2), LifeReason.BIRTH, who=BABY), "ten years"),
        (LifeEvent(HistoryKind.BORN, DAY, LifeReason.KILLED, who=BABY), "and why"),
        (LifeEvent(HistoryKind.MOVED, DAY, LifeReason.OTHER, who=BABY), "and why"),
        (LifeEvent(HistoryKind.JOINED, DAY, LifeReason.MARRIAGE), "Write down who"),
        (LifeEvent(HistoryKind.DIED, DAY, LifeReason.ILLNESS, place=9), "Choose who"),
        (LifeEvent(HistoryKind.DIED, DAY, LifeReason.ILLNESS), "Choose who"),
    ],
)
def test_what_can_not_have_happened_is_refused(event: LifeEvent, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        lived(family(), event, today=TODAY)


def test_the_last_member_does_not_leave() -> None:
    with pytest.raises(RuleBroken, match="Nobody would be left"):
        lived(family(1), LifeEvent(HistoryKind.DIED, DAY, LifeReason.ILLNESS, place=0), today=TODAY)


def test_each_thing_that_happens_has_its_reasons() -> None:
    assert set(REASONS) == {HistoryKind.BORN, HistoryKind.JOINED, HistoryKind.LEFT, HistoryKind.DIED}


# ---------------------------------------------------------------- one becomes two, two become one


def a_parting(*going: int, **changed: object) -> Parting:
    usual = Parting(DAY, frozenset(going), "Дана", "гүлбақ", "+77010000002", None, Consent(DAY, 1))
    return replace(usual, **changed)  # type: ignore[arg-type]


def test_a_family_that_parts_is_divided_and_both_name_the_other() -> None:
    before = family()

    rest, new = parted(before, a_parting(1, 2), codes=("111111111", "222222222"), today=TODAY)

    assert {*rest.members, *new.members} == set(before.members)
    assert (len(rest.members), len(new.members)) == (2, 2)
    assert (rest.history[-1].code, new.history[-1].code) == ("222222222", "111111111")
    assert rest.collectors == before.collectors[:1]
    assert (new.collectors, new.phone, new.circumstances) == (("Дана",), "+77010000002", before.circumstances)


@pytest.mark.parametrize(("going", "said"), [((), "Choose who goes"), ((0, 1, 2, 3), "Somebody has to stay")])
def test_nobody_parts_from_nobody(going: tuple[int, ...], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        parted(family(), a_parting(*going), codes=("1", "2"), today=TODAY)


def test_where_all_collectors_go_who_stays_names_one() -> None:
    with pytest.raises(RuleBroken, match="name who collects now"):
        parted(family(), a_parting(0, 1), codes=("1", "2"), today=TODAY)

    rest, _new = parted(family(), a_parting(0, 1, staying="Дана"), codes=("1", "2"), today=TODAY)
    assert rest.collectors == ("Дана",)


def test_two_families_become_one_and_the_same_person_is_counted_once() -> None:
    one, other = family(), replace(a_family(2, surname="Ахметов"), wages_stopped_on=date(2026, 4, 1))
    twice = replace(other, members=(*other.members, replace(one.members[0], born=BirthDate(1985))))

    assert strangers(one, twice) == {0, 1}
    after = united(one, twice, coming=strangers(one, twice), on=DAY, code="333333333", today=TODAY)

    assert len(after.members) == 6
    assert after.wages_stopped_on == date(2026, 4, 1)
    assert after.phone == one.phone
    assert after.history[-1].code == "333333333"


# ---------------------------------------------------------------- two who write at once


def test_a_phone_is_contact_and_a_child_is_not() -> None:
    before = family()

    assert is_contact_only(before, replace(before, phone=None, address="Сәтбаев 7"))
    assert is_contact_only(
        before, replace(before, members=(replace(before.members[0], school="№ 9"), *before.members[1:]))
    )
    assert not is_contact_only(before, replace(before, members=before.members[1:]))
    assert not is_contact_only(before, replace(before, check_word="жаңа"))
    assert not is_contact_only(before, replace(before, wages_stopped_on=None))


def test_what_only_one_changed_is_suggested_and_what_both_changed_is_asked() -> None:
    base = family()
    theirs = replace(base, phone="+77020000000", address="Сәтбаев 7", members=(*base.members, BABY))
    mine = replace(base, phone="+77030000000", check_word="жаңа")

    found = {it.key: it.suggested for it in differences(base, theirs, mine)}

    assert found == {"phone": None, "address": Whose.THEIRS, "check_word": Whose.MINE, "member-4": Whose.THEIRS}


def test_each_difference_is_settled_by_whose_word_is_taken() -> None:
    base = family()
    theirs = replace(base, phone="+77020000000", members=(*base.members[1:], BABY))
    mine = replace(base, phone="+77030000000", members=(replace(base.members[0], grade=None), *base.members[1:]))

    after = merged(
        base,
        theirs,
        mine,
        taken={"phone": Whose.MINE, "member-0": Whose.THEIRS, "member-4": Whose.THEIRS},
    )

    assert after.phone == "+77030000000"
    assert after.members == (*base.members[1:], BABY)


def test_nothing_is_settled_by_silence() -> None:
    base = family()
    with pytest.raises(RuleBroken, match="for each line"):
        merged(base, replace(base, phone=None), replace(base, phone="+77030000000"), taken={})


def test_two_who_added_the_same_child_added_one() -> None:
    base = family()
    theirs, mine = (replace(base, members=(*base.members, replace(BABY, grade=grade))) for grade in (None, 0))

    [difference] = differences(base, theirs, mine)

    assert difference.key == "member-4"
    assert len(merged(base, theirs, mine, taken={"member-4": Whose.MINE}).members) == 5


def test_who_renamed_somebody_changed_them_and_added_nobody() -> None:
    base = family()
    renamed = (replace(base.members[0], name="Нұрлан Ахметов"), *base.members[1:])

    [difference] = differences(base, base, replace(base, members=renamed))

    assert (difference.key, difference.suggested) == ("member-0", Whose.MINE)
