"""Two people end the same line at the same moment, or two lines by one entry: only what is there is explained."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.line_ends import EndKind
from aid.extensions import db
from aid.models.donations import CorrectionAsked, Donation
from aid.models.statements import BankLine, DonorToken, LineEnd
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import Ended, EndOrder, end_line
from aid.services.lines.explaining import ByEntry, ByGift, EndPart
from aid.services.lines.undoing import Reopened, ReopenOrder, reopen
from aid.services.verification import verify
from tests.make import do, rows
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_agreed
from tests.make.statements import A, a_line, agree_to_all, bring, make_ended, make_euro_bank, open_lines
from tests.services.test_committee import all_at_once


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def lines(fund: FoundedFund, *minors: int) -> tuple[UUID, list[BankLine]]:
    bank_id = make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(minor, reference=f"R{at}") for at, minor in enumerate(minors)]))
    return bank_id, list(open_lines())


def a_part(line: BankLine, how: ByEntry | ByGift, major: int) -> EndOrder:
    return EndOrder(line_id=line.id, parts=(EndPart(euros(major), how),))


def test_parts_ended_at_once_never_come_to_more_than_the_line(app: Flask, fund: FoundedFund) -> None:
    _bank, [line] = lines(fund, 50_00)
    gift = ByGift(a_donor(), fund.purposes["school"])

    outcomes = all_at_once(
        app, [partial(do, end_line, actor=fund.treasurer, order=a_part(line, gift, 20)) for _ in range(6)]
    )

    assert sum(isinstance(outcome, Ended) for outcome in outcomes) == 2
    assert list(rows(select(BankLine.open_minor))) == [10_00]
    assert len(rows(select(Donation))) == 2
    holds()


def test_lines_tied_to_one_entry_at_once_never_come_to_more_than_it_moved(app: Flask, fund: FoundedFund) -> None:
    bank_id, found = lines(fund, *[30_00] * 4)
    make_donation(fund, bank_id=bank_id, minor=70_00, currency="EUR")
    [entry_id] = rows(select(Donation.entry_id))

    outcomes = all_at_once(
        app,
        [partial(do, end_line, actor=fund.treasurer, order=a_part(line, ByEntry(entry_id), 30)) for line in found],
    )

    assert sum(isinstance(outcome, Ended) for outcome in outcomes) == 2
    assert sum(rows(select(LineEnd.amount_minor))) == 60_00
    holds()


def test_an_end_undone_twice_at_once_opens_its_line_once(app: Flask, fund: FoundedFund) -> None:
    bank_id, [line] = lines(fund, 50_00)
    make_donation(fund, bank_id=bank_id, minor=50_00, currency="EUR")
    end = make_ended(fund, line, ByEntry(rows(select(Donation.entry_id))[0]))
    order = ReopenOrder(end_id=end.id, reason="Another line")

    outcomes = all_at_once(app, [partial(do, reopen, actor=fund.treasurer, order=order) for _ in range(4)])

    assert sum(isinstance(outcome, Reopened) for outcome in outcomes) == 1
    assert list(rows(select(BankLine.open_minor))) == [50_00]
    holds()


def test_lines_set_against_each_other_from_both_sides_at_once_come_to_nothing_once(
    app: Flask, fund: FoundedFund
) -> None:
    _bank, [one, two] = lines(fund, 50_00, -50_00)
    orders = [
        AgainstOrder(line_id=first.id, other_id=second.id, amount=euros(50), kind=EndKind.MISTAKE, reason="Seen")
        for first, second in ((one, two), (two, one)) * 2
    ]

    outcomes = all_at_once(app, [partial(do, set_against, actor=fund.treasurer, order=order) for order in orders])

    assert sum(isinstance(outcome, Ended) for outcome in outcomes) == 1
    agree_to_all(fund)
    assert list(rows(select(BankLine.open_minor))) == [0, 0]
    holds()


def test_a_line_tied_while_its_donation_is_taken_out_of_the_books_is_of_one_or_the_other(
    app: Flask, fund: FoundedFund
) -> None:
    _bank, [line, other] = lines(fund, 50_00, 50_00)
    gift = make_ended(fund, line, ByGift(a_donor(), fund.purposes["school"]), minor=30_00)
    do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=gift.id, reason="Another line"))
    [asked_id] = rows(select(CorrectionAsked.id))
    assert gift.entry_id is not None
    tie = a_part(other, ByEntry(gift.entry_id), 30)

    both: list[Callable[[], object]] = [
        partial(make_agreed, fund, asked_id),
        partial(do, end_line, actor=fund.treasurer, order=tie),
    ]
    all_at_once(app, both)

    holds()


def test_gifts_of_one_donor_accepted_at_once_are_all_booked_and_the_donor_is_known_once(
    app: Flask, fund: FoundedFund
) -> None:
    bank_id, found = lines(fund, *[10_00] * 4)
    make_donation(fund, bank_id=bank_id, minor=5_00, currency="EUR")
    [donor_id] = rows(select(Donation.donor_id))
    gift = ByGift(donor_id, fund.purposes["school"])

    outcomes = all_at_once(
        app, [partial(do, end_line, actor=fund.treasurer, order=a_part(line, gift, 10)) for line in found]
    )

    assert all(isinstance(outcome, Ended) for outcome in outcomes)
    assert len(rows(select(DonorToken))) == 4  # its own name and e-mail address, and the line’s name and account
    holds()
