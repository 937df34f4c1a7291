"""What a bank line may be: the best first, with its reason, and by one key only what nothing else equals."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.bank_lines import KnownBy
from aid.domain.bank_words import country_of, is_fee, is_interest, likely_kind, likely_language
from aid.domain.donations import DonorKind
from aid.domain.entries import EntryKind
from aid.domain.languages import Language
from aid.domain.line_ends import EndKind
from aid.domain.line_rules import Rule, check_rule
from aid.domain.money import Money
from aid.domain.own_bookings import by_the_bank
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.suggestions import (
    DAYS_APART,
    Against,
    Arrived,
    Candidates,
    DonorFacts,
    EntryFacts,
    Fee,
    Gift,
    Ground,
    Interest,
    LineFacts,
    RemittanceFacts,
    Suggestion,
    Tie,
    TwinFacts,
    by_one_key,
    suggest,
)

GENERAL, SCHOOL = uuid4(), uuid4()
DAY = date(2026, 8, 10)
LINE = LineFacts(
    direction=Direction.CREDIT,
    still=Money(50_00, "EUR"),
    booked_on=DAY,
    name="Weber, Jonas",
    account="DE89370400440532013000",
    text="Fuer die Kinder",
)
NOTHING = Candidates(purpose_id=GENERAL)


def an_entry(
    kind: EntryKind = EntryKind.DONATION, *, minor: int = 50_00, days: int = 0, donor: UUID | None = None
) -> EntryFacts:
    direction = Direction.CREDIT if kind in {EntryKind.DONATION, EntryKind.RECEIPT} else Direction.DEBIT
    return EntryFacts(uuid4(), 7, kind, direction, Money(minor, "EUR"), DAY + timedelta(days=days), donor)


def a_rule(of: KnownBy, said: str, *, kind: EndKind = EndKind.DONATION, donor: UUID | None = None) -> Rule:
    return Rule(id=uuid4(), known_by=of, said=said, kind=kind, purpose_id=SCHOOL, donor_id=donor)


def first(line: LineFacts, among: Candidates) -> Suggestion:
    return suggest(line, among)[0]


def test_an_entry_of_the_same_amount_near_that_day_comes_first() -> None:
    entry = an_entry(days=-3)
    among = replace(NOTHING, entries=[entry], of_account=[DonorFacts(uuid4())])

    found = first(LINE, among)

    assert (found.ground, found.proposal) == (Ground.ENTRY, Tie(entry.id))
    assert "entry 7 of 2026-08-07 (Donation)" in str(found.why)


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(minor=49_99),
        an_entry(days=DAYS_APART + 1),
        an_entry(EntryKind.CHARGES),
    ],
)
def test_another_amount_day_or_direction_is_no_reason(entry: EntryFacts) -> None:
    assert Tie(entry.id) not in [found.proposal for found in suggest(LINE, replace(NOTHING, entries=[entry]))]


def test_two_equal_entries_are_both_shown_and_neither_goes_by_one_key() -> None:
    one, two = an_entry(), an_entry(days=2)

    found = suggest(LINE, replace(NOTHING, entries=[one, two]))

    assert [each.proposal for each in found[:2]] == [Tie(one.id), Tie(two.id)]
    assert by_one_key(found) is None


def test_an_entry_of_another_donor_is_looked_at_first() -> None:
    jonas = uuid4()
    among = replace(NOTHING, of_account=[DonorFacts(jonas)])

    assert by_one_key(suggest(LINE, replace(among, entries=[an_entry(donor=uuid4())]))) is None
    assert by_one_key(suggest(LINE, replace(among, entries=[an_entry(donor=jonas)]))) is not None


def test_a_known_account_comes_before_a_known_name_and_keeps_the_last_purpose() -> None:
    both, by_name = uuid4(), uuid4()
    among = replace(NOTHING, of_account=[DonorFacts(both, SCHOOL)], of_name=[DonorFacts(by_name), DonorFacts(both)])

    found = suggest(LINE, among)

    assert [each.proposal for each in found] == [Gift(both, SCHOOL), Gift(by_name, GENERAL), Gift(both, GENERAL)]
    assert by_one_key(found) == found[0]


def test_another_name_at_a_known_account_is_looked_at_first() -> None:
    service = replace(NOTHING, of_account=[DonorFacts(uuid4(), SCHOOL)])

    assert by_one_key(suggest(LINE, service)) is None
    assert by_one_key(suggest(replace(LINE, name=""), service)) is not None


def test_two_donors_of_one_account_are_for_a_person_to_part() -> None:
    among = replace(NOTHING, of_account=[DonorFacts(uuid4()), DonorFacts(uuid4())])

    assert by_one_key(suggest(LINE, among)) is None


def test_somebody_known_by_account_and_name_is_suggested_once() -> None:
    jonas = DonorFacts(uuid4(), SCHOOL)

    assert len(suggest(LINE, replace(NOTHING, of_account=[jonas], of_name=[jonas]))) == 1


def test_a_stranger_is_a_new_donor_and_a_line_without_a_name_is_nobody() -> None:
    assert [found.proposal for found in suggest(LINE, NOTHING)] == [Gift(None, GENERAL)]
    assert suggest(replace(LINE, name=""), NOTHING) == ()


def test_a_rule_says_the_purpose_and_the_index_says_who() -> None:
    union = uuid4()
    among = replace(NOTHING, of_account=[DonorFacts(union, GENERAL)])
    for rule in (
        a_rule(KnownBy.ACCOUNT, "DE89 3704 0044 0532 0130 00"),
        a_rule(KnownBy.NAME, "Jonas WEBER"),
        a_rule(KnownBy.TEXT, "DIE kinder"),
    ):
        found = first(LINE, replace(among, rules=[rule]))
        assert (found.ground, found.proposal) == (Ground.RULE, Gift(union, SCHOOL))


def test_a_rule_of_words_asks_for_whole_words() -> None:
    assert first(LINE, replace(NOTHING, rules=[a_rule(KnownBy.TEXT, "die Kinder")])).ground is Ground.RULE
    assert first(LINE, replace(NOTHING, rules=[a_rule(KnownBy.TEXT, "die Kind")])).ground is Ground.STRANGER


def test_a_rule_that_says_nothing_or_too_much_is_not_taught() -> None:
    for of, said, kind in (
        (KnownBy.TEXT, "a", EndKind.DONATION),
        (KnownBy.ACCOUNT, " - - ", EndKind.DONATION),
        (KnownBy.NAME, "x" * 141, EndKind.DONATION),
        (KnownBy.NAME, "Weber", EndKind.PAYMENT),
    ):
        with pytest.raises(RuleBroken):
            check_rule(of, said, kind)


def test_money_between_own_accounts_is_no_gift() -> None:
    sent = RemittanceFacts(uuid4(), 3, Money(50_00, "EUR"), DAY - timedelta(days=2))
    own = replace(NOTHING, is_own=True, of_name=[DonorFacts(uuid4())])

    assert suggest(LINE, own) == ()
    found = suggest(LINE, replace(own, remittances=[sent]))
    assert [each.proposal for each in found] == [Arrived(sent.id)]
    assert by_one_key(found) is not None


def test_who_sent_it_is_not_asked_whether_it_came() -> None:
    sent = RemittanceFacts(uuid4(), 3, Money(50_00, "EUR"), DAY - timedelta(days=2), by_reader=True)

    assert suggest(LINE, replace(NOTHING, is_own=True, remittances=[sent])) == ()


def test_a_fee_is_known_by_code_or_by_words_where_nobody_stands_at_the_other_end() -> None:
    assert is_fee("ACMT/MDOP/CHRG")
    assert is_fee("NCHG")
    for words in ("Kontoführung Juli", "Комиссия банка", "Account maintenance fee", "Frais de tenue"):
        assert is_fee("PMNT/RCDT/ESCT 166", text=words)
    assert not is_fee("", name="Jonas Weber", text="ohne Gebühren")
    assert not is_fee("ESCT", text="coffee money")

    fee = replace(LINE, direction=Direction.DEBIT, name="", account="", is_fee=True)
    assert [found.proposal for found in by_the_bank(fee, NOTHING)] == [Fee(GENERAL)]


def test_interest_is_the_bank_s_own_and_what_it_takes_for_a_debt_is_a_fee() -> None:
    assert is_interest("ACMT/MCOP/INTR")
    assert is_interest("NINT")
    for words in ("Habenzinsen", "Проценты по счёту", "Credit interest", "Intérêts créditeurs"):
        assert is_interest("", text=words)
    assert not is_interest("", name="Jonas Weber", text="Zinsen")
    assert not is_interest("", text="Interested in helping")

    given = replace(LINE, name="", account="", is_interest=True)
    assert [found.proposal for found in by_the_bank(given, NOTHING)] == [Interest(GENERAL)]
    assert suggest(given, NOTHING) == ()
    taken = replace(given, direction=Direction.DEBIT)
    assert [found.proposal for found in by_the_bank(taken, NOTHING)] == [Fee(GENERAL)]
    assert list(by_the_bank(LINE, NOTHING)) == []


def test_a_line_that_the_bank_takes_back_is_set_against_the_one_it_was() -> None:
    twin = TwinFacts(uuid4(), 12, Direction.CREDIT, LINE.still, DAY - timedelta(days=1))
    back = replace(LINE, direction=Direction.DEBIT, is_reversal=True)

    assert first(back, replace(NOTHING, twins=[twin])).proposal == Against(twin.id, EndKind.MISTAKE)
    assert suggest(replace(back, is_reversal=False), replace(NOTHING, twins=[twin])) == ()


@given(st.sampled_from(Direction), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 3), st.integers(0, 3))
def test_no_line_going_out_is_ever_a_gift_and_one_key_takes_only_what_is_alone(
    direction: Direction,
    own: bool,
    fee: bool,
    back: bool,
    accounts: int,
    entries: int,
) -> None:
    among = Candidates(
        entries=[an_entry() for _ in range(entries)],
        of_account=[DonorFacts(uuid4()) for _ in range(accounts)],
        is_own=own,
        purpose_id=GENERAL,
    )
    found = suggest(replace(LINE, direction=direction, is_fee=fee, is_reversal=back), among)

    assert [each.ground for each in found] == sorted(each.ground for each in found)
    assert len({each.proposal for each in found}) == len(found)
    if direction is Direction.DEBIT or own:
        assert not any(isinstance(each.proposal, Gift) for each in found)
    chosen = by_one_key(found)
    if chosen is not None:
        assert [each for each in found if each.ground is chosen.ground] == [chosen]


def test_names_and_places_give_a_guess_and_no_more() -> None:
    assert likely_kind("IG Metall Bremen") is DonorKind.UNION
    assert likely_kind("Мұғалімдер кәсіподағы") is DonorKind.UNION
    assert likely_kind("Olena Bondarenko") is DonorKind.PERSON
    assert likely_language(country_of("KZ75125KZT1001300335")) is Language.KK
    assert likely_language(country_of("DE89370400440532013000")) is Language.EN
    assert likely_language(country_of("", "KG")) is Language.RU
