"""Thanks: given once, whoever presses first, by letter or in public; in the fund's own words where it has any."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from aid.documents.letter import ThanksLetter
from aid.documents.thanking import in_public, letter_again, letters
from aid.documents.thanks import own_text
from aid.domain.clock import Instant
from aid.domain.languages import Language
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.thanks import ThanksText, check_text
from aid.models.donations import Thanks, ThanksWay
from aid.models.thanks import GiftCode, PublishedThanks
from aid.queries.donations import donation
from aid.queries.published_thanks import donation_of_code, published
from aid.queries.thanks import backlog
from aid.queries.thanks_words import the_giver, versions_of
from aid.services.thanks.acknowledging import Thanked, thank_by_letter
from aid.services.thanks.publishing import take_off
from aid.services.thanks.texts import write_text
from aid.vault.gift_codes import hash_of_code
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation, make_thanked
from tests.make.fund import FoundedFund
from tests.make.thanks import an_acknowledgement

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NOW = Instant(datetime(2026, 9, 1, 9, tzinfo=UTC), date(2026, 9, 1))
NORWEGIAN = ThanksText(
    language="nb",
    own_name="Norsk",
    subject="Takk fra {fund}",
    greeting="Kjære {name},",
    unnamed="Kjære venn,",
    body="Beløp: {amount}\nDag: {day}\nKode: {code}",
    closing="Med respekt\n\n{fund}",
)


def a_letter(fund: FoundedFund, donation_id: UUID) -> ThanksLetter:
    [letter] = letters(fund.treasurer, [donation_id], secrets.token_hex(16))
    return letter


def code_in(letter: ThanksLetter) -> str:
    [line] = [line for text in letter.said.paragraphs for line in text.split("\n") if "Private code" in line]
    return "".join(line.partition(": ")[2].split())


def found_by(code: str) -> UUID | None:
    return see(donation_of_code, code_hash=hash_of_code(code, fund_id=see(the_giver).id))


@ONE
@pytest.mark.parametrize("language", Language)
def test_the_text_that_komek_brings_is_one_that_a_fund_may_write(app: Flask, language: Language) -> None:
    check_text(own_text(language.value))


@ONE
def test_thanks_are_given_in_the_donors_language(fund: FoundedFund) -> None:
    letter = a_letter(fund, make_donation(fund, donor=a_donor(language=Language.KK)))

    assert letter.said.language == "kk"
    assert "Ingrid Solheim" in letter.said.greeting


@ONE
def test_who_is_never_to_be_named_is_named_by_no_letter(fund: FoundedFund) -> None:
    letter = a_letter(fund, make_donation(fund, donor=a_donor(never_named=True)))

    assert letter.said.greeting == "Dear friend,"
    assert "Solheim" not in letter.said.plain


@ONE
def test_a_donation_is_thanked_once(fund: FoundedFund) -> None:
    donation_id = make_thanked(fund)

    with pytest.raises(RuleBroken, match="thanked already"):
        a_letter(fund, donation_id)

    assert len(rows(select(Thanks))) == 1


@ONE
def test_of_a_batch_with_one_that_was_thanked_none_is_printed(fund: FoundedFund) -> None:
    waiting, thanked = make_donation(fund), make_thanked(fund)

    with pytest.raises(RuleBroken, match="thanked already"):
        letters(fund.treasurer, [waiting, thanked], secrets.token_hex(16))

    assert [row.donation_id for row in rows(select(Thanks))] == [thanked]


@ONE
def test_a_form_sent_twice_prints_the_same_code_twice(fund: FoundedFund) -> None:
    donation_id, key = make_donation(fund), secrets.token_hex(16)

    first, again = (letters(fund.treasurer, [donation_id], key)[0] for _each in range(2))

    assert code_in(first) == code_in(again)
    assert found_by(code_in(first)) == donation_id
    assert len(rows(select(GiftCode))) == 1


@ONE
def test_a_letter_printed_again_is_no_second_thanks_and_kills_the_old_code(fund: FoundedFund) -> None:
    donation_id = make_donation(fund)
    old = a_letter(fund, donation_id)

    [new] = letter_again(fund.treasurer, donation_id, secrets.token_hex(16))

    assert len(rows(select(Thanks))) == 1
    assert (found_by(code_in(old)), found_by(code_in(new))) == (None, donation_id)
    assert new.written_on == old.written_on


@ONE
def test_a_letter_is_not_printed_again_before_the_first_time(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="not thanked yet"):
        letter_again(fund.treasurer, make_donation(fund), secrets.token_hex(16))


@ONE
def test_only_a_treasurer_thanks(fund: FoundedFund) -> None:
    donation_id = make_donation(fund)
    order = an_acknowledgement(fund, donation_id)

    with pytest.raises(NotAllowed):
        do(thank_by_letter, actor=fund.coordinator, letters=(order,))
    with pytest.raises(NotAllowed):
        letters(fund.auditor, [donation_id], secrets.token_hex(16))


def test_of_eight_who_thank_at_once_one_does(app: Flask, fund: FoundedFund) -> None:
    donation_id, treasurer = make_donation(fund), fund.treasurer
    orders = [an_acknowledgement(fund, donation_id) for _each in range(8)]
    together = Barrier(8)

    def try_to_thank(n: int) -> Thanked | RuleBroken:
        with app.app_context():
            together.wait()
            try:
                return do(thank_by_letter, actor=treasurer, letters=(orders[n],))
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_to_thank, range(8)))

    assert sum(isinstance(answer, Thanked) for answer in answers) == 1
    assert len(rows(select(Thanks))) == 1


@ONE
def test_the_backlog_has_the_longest_wait_first_and_forgets_who_was_thanked(fund: FoundedFund) -> None:
    days = [date(2026, 8, 30), date(2026, 8, 1), date(2026, 8, 15), date(2026, 8, 15)]
    ids: list[UUID] = [make_donation(fund, received_on=day) for day in days]
    a_letter(fund, ids[2])

    first = see(backlog, actor=fund.treasurer, today=NOW.today, size=2)
    rest = see(backlog, actor=fund.treasurer, today=NOW.today, size=2, after=first.after)

    assert [(row.number, row.days) for row in first.rows] == [(2, 31), (4, 17)]
    assert [(row.number, row.days) for row in rest.rows] == [(1, 2)]
    assert (first.count, rest.after) == (3, None)


# ---------------------------------------------------------------- the fund's own texts


@ONE
def test_a_language_that_the_fund_adds_is_thanked_in(fund: FoundedFund) -> None:
    do(write_text, actor=fund.treasurer, text=NORWEGIAN, seen=0)
    letter = a_letter(fund, make_donation(fund, donor=a_donor(language="nb")))

    assert letter.said.greeting == "Kjære Ingrid Solheim,"
    assert "Dag: 3. august 2026" in letter.said.plain


@ONE
def test_versions_are_kept_and_a_letter_is_printed_again_in_its_own(fund: FoundedFund) -> None:
    do(write_text, actor=fund.treasurer, text=NORWEGIAN, seen=0)
    donation_id = make_donation(fund, donor=a_donor(language="nb"))
    a_letter(fund, donation_id)
    do(write_text, actor=fund.treasurer, text=replace(NORWEGIAN, greeting="Hei {name}!"), seen=1)

    [again] = letter_again(fund.treasurer, donation_id, secrets.token_hex(16))

    assert again.said.greeting.startswith("Kjære")
    assert [version.n for version in see(versions_of, actor=fund.treasurer, language="nb")] == [2, 1]
    assert a_letter(fund, make_donation(fund, donor=a_donor(language="nb"))).said.greeting.startswith("Hei")


@ONE
def test_of_two_who_change_a_text_the_second_looks_again(fund: FoundedFund) -> None:
    do(write_text, actor=fund.treasurer, text=NORWEGIAN, seen=0)

    with pytest.raises(RuleBroken, match="Somebody changed this text"):
        do(write_text, actor=fund.treasurer, text=NORWEGIAN, seen=0)
    with pytest.raises(NotAllowed):
        do(write_text, actor=fund.auditor, text=NORWEGIAN, seen=1)


# ---------------------------------------------------------------- in public


@ONE
def test_a_gift_is_acknowledged_in_public_with_the_donors_own_line(fund: FoundedFund) -> None:
    donation_id = make_donation(fund)

    in_public(fund.treasurer, donation_id, secrets.token_hex(16), line=" From  the dockers\nof Oslo ")

    [row] = see(published).rows
    assert (row.line, row.received_on, row.amount.currency) == ("From the dockers of Oslo", date(2026, 8, 3), "KZT")
    [thanks] = rows(select(Thanks))
    assert thanks.way is ThanksWay.PUBLISHED
    page = see(donation, actor=fund.treasurer, donation_id=donation_id)
    assert page is not None
    assert page.thanks is not None


@ONE
def test_who_is_never_to_be_named_is_a_friend(fund: FoundedFund) -> None:
    donation_id = make_donation(fund, donor=a_donor(never_named=True))

    with pytest.raises(RuleBroken, match="never to be named"):
        in_public(fund.treasurer, donation_id, secrets.token_hex(16), line="Ingrid")
    in_public(fund.treasurer, donation_id, secrets.token_hex(16), line=None)

    assert [row.line for row in see(published).rows] == [None]


@ONE
def test_a_line_that_is_taken_off_is_gone_and_its_donor_stays_thanked(fund: FoundedFund) -> None:
    donation_id = make_donation(fund)
    in_public(fund.treasurer, donation_id, secrets.token_hex(16), line="From the dockers")
    [thanks] = rows(select(Thanks))

    do(take_off, actor=fund.treasurer, thanks_id=thanks.id, reason="They asked for it")
    with pytest.raises(RuleBroken, match="not on the public page"):
        do(take_off, actor=fund.treasurer, thanks_id=thanks.id, reason="Again")

    assert see(published).rows == ()
    [row] = rows(select(PublishedThanks))
    assert (row.line, row.salt) == (None, None)
    assert see(backlog, actor=fund.treasurer, today=NOW.today).count == 0
