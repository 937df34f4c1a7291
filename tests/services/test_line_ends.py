"""Bank lines end: by what is in the books, by what is booked now, or against another line; and everything is undone."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.donations import DonorDetails
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.donations import Donation, Donor
from aid.models.ledger import Available, BankFee, Entry
from aid.models.statements import BankLine, DonorToken, LineEnd, LineReopened
from aid.services.donors import index as donor_index
from aid.services.ledger import balance_of
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import Ended, EndOrder, end_line
from aid.services.lines.explaining import ByArrival, ByEntry, ByFee, ByGift, EndPart, How
from aid.services.lines.undoing import Reopened, ReopenOrder, Waits, reopen
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_agreed, make_fee, make_sent
from tests.make.statements import DAY, A, a_line, agree_to_all, bring, make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account in euros, whose statement showed three lines."""
    bank_id = make_euro_bank(fund)
    lines = [a_line(50_00), a_line(-3_00, other="", account="", text="Kontoführung"), a_line(-50_00, text="Irrtum")]
    bring(fund.treasurer, A(lines))
    return bank_id


def line(number: int) -> BankLine:
    return rows(select(BankLine).where(BankLine.number == number))[0]


def ending(fund: FoundedFund, number: int, how: How, *, minor: int | None = None, actor: Actor | None = None) -> Ended:
    found = line(number)
    amount = Money(found.open_minor if minor is None else minor, found.currency)
    order = EndOrder(line_id=found.id, parts=(EndPart(amount, how),))
    return do(end_line, actor=actor or fund.treasurer, order=order)


def gift(fund: FoundedFund, donor: DonorDetails | UUID | None = None, *, purpose: str = "school") -> ByGift:
    return ByGift(donor or a_donor(name="Anna Muster"), fund.purposes[purpose])


def undo(fund: FoundedFund, end: LineEnd, reason: str = "It was another line") -> Reopened | Waits:
    return do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason=reason))


def ends_of(number: int) -> list[LineEnd]:
    """Those that stand."""
    undone = select(LineReopened.end_id)
    of_line = select(LineEnd).where(LineEnd.line_id == line(number).id, LineEnd.id.not_in(undone))
    return list(rows(of_line.order_by(LineEnd.n)))


def balance(bank_id: UUID) -> int:
    with Session(db.engine) as session:
        return balance_of(session, bank_id)


def test_a_line_that_is_a_donation_books_it_to_its_account_and_day(fund: FoundedFund, bank: UUID) -> None:
    ended = ending(fund, 1, gift(fund))

    assert (ended.number, ended.left) == (1, euros(0))
    [donation] = rows(select(Donation))
    assert (donation.bank_id, donation.amount_minor, donation.received_on) == (bank, 50_00, DAY)
    [end] = ends_of(1)
    assert (end.kind, end.cause_id, end.entry_id, end.made_here) == (
        EndKind.DONATION,
        donation.id,
        donation.entry_id,
        True,
    )
    assert balance(bank) == 50_00


def test_a_donation_in_the_books_already_is_tied_and_not_booked_again(fund: FoundedFund, bank: UUID) -> None:
    donation_id = make_donation(fund, bank_id=bank, minor=50_00, currency="EUR")
    [entry_id] = rows(select(Donation.entry_id))

    ending(fund, 1, ByEntry(entry_id))

    [end] = ends_of(1)
    assert (end.cause_id, end.made_here, balance(bank)) == (donation_id, False, 50_00)


def test_an_entry_explains_no_more_than_it_moved_on_the_account(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, bank_id=bank, minor=30_00, currency="EUR")
    [entry_id] = rows(select(Donation.entry_id))

    with pytest.raises(RuleBroken, match=r"Only 30\.00 EUR of this entry"):
        ending(fund, 1, ByEntry(entry_id))
    ending(fund, 1, ByEntry(entry_id), minor=30_00)
    with pytest.raises(RuleBroken, match=r"Only 0\.00 EUR of this entry"):
        ending(fund, 1, ByEntry(entry_id), minor=1)


def test_an_entry_of_another_account_or_direction_explains_nothing(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, minor=50_00)
    make_donation(fund, minor=50_00, currency="EUR", bank_id=make_euro_bank(fund, name="Other", iban=None))
    make_donation(fund, minor=50_00, currency="EUR", bank_id=bank, purpose="general")
    make_fee(fund, euros(3), bank_id=bank)
    *elsewhere, _here, fee = rows(select(Entry.id).order_by(Entry.number))
    for entry_id in (*elsewhere, fee, new_id()):
        with pytest.raises(RuleBroken, match="did not move the line’s account the same way"):
            ending(fund, 1, ByEntry(entry_id), minor=1_00)


def test_a_line_is_split_and_never_beyond_its_amount(fund: FoundedFund, bank: UUID) -> None:
    found = line(1)
    parts = (
        EndPart(euros(20), gift(fund)),
        EndPart(euros(25), gift(fund, a_donor(name="Another"), purpose="food")),
    )

    ended = do(end_line, actor=fund.treasurer, order=EndOrder(line_id=found.id, parts=parts))

    assert (ended.left, [end.amount_minor for end in ends_of(1)]) == (euros(5), [20_00, 25_00])
    with pytest.raises(RuleBroken, match=r"Only 5\.00 EUR of this line") as refusal:
        ending(fund, 1, gift(fund), minor=5_01)
    assert refusal.value.field == "amount"
    assert len(rows(select(Donation))) == 2


def test_a_part_that_is_refused_leaves_the_others_undone(fund: FoundedFund, bank: UUID) -> None:
    parts = (EndPart(euros(20), gift(fund)), EndPart(euros(20), ByFee(fund.purposes["general"])))

    with pytest.raises(RuleBroken, match="A fee goes out"):
        do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line(1).id, parts=parts))

    assert (line(1).open_minor, len(rows(select(Donation)))) == (50_00, 0)


def test_money_that_went_out_is_no_donation(fund: FoundedFund, bank: UUID) -> None:
    with pytest.raises(RuleBroken, match="A donation comes in"):
        ending(fund, 3, gift(fund))


def test_a_fee_is_booked_to_the_purpose_that_bears_it_and_undone_at_once(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund, purpose="general"))
    ending(fund, 2, ByFee(fund.purposes["general"], "The price list says so"))
    agree_to_all(fund)
    assert (balance(bank), rows(select(BankFee.amount_minor))) == (47_00, [3_00])

    undone = undo(fund, ends_of(2)[0])

    assert isinstance(undone, Reopened)
    assert (undone.left, balance(bank), available(fund)) == (euros(3), 50_00, 50_00)
    [counter] = rows(select(Entry).where(Entry.kind == EntryKind.CORRECTION))
    assert rows(select(LineReopened.counter_id)) == [counter.id]
    with pytest.raises(RuleBroken, match="undone already"):
        undo(fund, rows(select(LineEnd).where(LineEnd.kind == EndKind.FEE))[0])


def available(fund: FoundedFund, purpose: str = "general") -> int:
    own = select(Available.amount_minor).where(Available.purpose_id == fund.purposes[purpose])
    return rows(own.where(Available.currency == "EUR"))[0]


def test_a_donation_booked_here_is_undone_when_a_second_person_agrees(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund))

    assert isinstance(undo(fund, ends_of(1)[0]), Waits)
    assert (line(1).open_minor, balance(bank)) == (0, 50_00)
    make_agreed(fund, waiting())

    assert (line(1).open_minor, ends_of(1), balance(bank)) == (50_00, [], 0)


def waiting() -> UUID:
    from aid.models.donations import CorrectionAsked

    return rows(select(CorrectionAsked.id).order_by(CorrectionAsked.id.desc()))[0]


def test_a_refused_undoing_leaves_the_line_as_it_ended(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund))
    undo(fund, ends_of(1)[0])
    with pytest.raises(RuleBroken, match="waits for a second person"):
        undo(fund, ends_of(1)[0])

    make_agreed(fund, waiting(), agrees=False)

    assert (line(1).open_minor, len(ends_of(1))) == (0, 1)


def test_what_was_only_tied_is_untied_and_stays_in_the_books(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, bank_id=bank, minor=50_00, currency="EUR")
    [entry_id] = rows(select(Donation.entry_id))
    ending(fund, 1, ByEntry(entry_id))

    undo(fund, ends_of(1)[0])

    assert (line(1).open_minor, balance(bank)) == (50_00, 50_00)
    ending(fund, 1, ByEntry(entry_id))


def test_undoing_takes_a_reason(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund))
    with pytest.raises(RuleBroken, match="Write the reason"):
        undo(fund, ends_of(1)[0], " ")


def test_a_donation_for_another_purpose_keeps_its_line(fund: FoundedFund, bank: UUID) -> None:
    """The old entry is undone; the line is of the new one."""
    ending(fund, 1, gift(fund))
    [donation] = rows(select(Donation))
    correct(fund, donation, bank, minor=50_00, purpose="food")

    [end] = ends_of(1)
    assert (line(1).open_minor, end.cause_id, end.purpose_id) == (0, donation.id, fund.purposes["food"])
    assert end.entry_id != donation.entry_id


def test_of_a_donation_corrected_downward_the_rest_of_its_line_is_open(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund))
    [donation] = rows(select(Donation))
    asked = correct(fund, donation, bank, minor=45_00, purpose="school")
    make_agreed(fund, asked)

    assert (line(1).open_minor, [end.amount_minor for end in ends_of(1)]) == (5_00, [45_00])


def correct(fund: FoundedFund, donation: Donation, bank_id: UUID, *, minor: int, purpose: str) -> Any:
    from aid.services.corrections import DonationCorrectionOrder, correct_donation

    order = DonationCorrectionOrder(
        donation_id=donation.id,
        purpose_id=fund.purposes[purpose],
        bank_id=bank_id,
        amount=Money(minor, "EUR"),
        reason="The letter says so",
        seen=0,
    )
    return getattr(do(correct_donation, actor=fund.treasurer, order=order), "asked_id", None)


def test_two_opposite_lines_come_to_nothing_and_are_both_open_again(fund: FoundedFund, bank: UUID) -> None:
    order = AgainstOrder(
        line_id=line(1).id, other_id=line(3).id, amount=euros(50), kind=EndKind.MISTAKE, reason="The bank wrote to us"
    )

    assert do(set_against, actor=fund.treasurer, order=order).left == euros(0)
    agree_to_all(fund)

    [one], [two] = ends_of(1), ends_of(3)
    assert (one.against_id, two.against_id) == (line(3).id, line(1).id)
    assert (one.cause_id, two.cause_id, balance(bank)) == (two.id, one.id, 0)
    undo(fund, two)
    assert (line(1).open_minor, line(3).open_minor) == (50_00, 50_00)


@pytest.mark.parametrize(
    ("other", "minor", "kind"),
    [(1, 50_00, EndKind.MISTAKE), (3, 50_01, EndKind.MISTAKE), (3, 50_00, EndKind.DONATION), (2, 3_01, EndKind.REFUND)],
)
def test_lines_that_do_not_undo_each_other_are_not_set_so(
    fund: FoundedFund, bank: UUID, other: int, minor: int, kind: EndKind
) -> None:
    order = AgainstOrder(line_id=line(1).id, other_id=line(other).id, amount=Money(minor, "EUR"), kind=kind)
    with pytest.raises(RuleBroken):
        do(set_against, actor=fund.treasurer, order=order)


def test_lines_of_two_accounts_do_not_undo_each_other(fund: FoundedFund, bank: UUID) -> None:
    make_euro_bank(fund, iban="FR7630006000011234567890189", name="Paris")
    bring(fund.treasurer, A([a_line(-50_00)], account="FR7630006000011234567890189"))
    order = AgainstOrder(line_id=line(1).id, other_id=line(4).id, amount=euros(50), kind=EndKind.MISTAKE)

    with pytest.raises(RuleBroken, match="of one account"):
        do(set_against, actor=fund.treasurer, order=order)


def test_money_sent_home_is_confirmed_by_its_line_but_not_by_who_sent_it(fund: FoundedFund, bank: UUID) -> None:
    home = make_euro_bank(fund, iban="FR7630006000011234567890189", name="Paris")
    make_donation(fund, bank_id=bank, minor=50_00, currency="EUR")
    sent = make_sent(fund, bank, home, euros(50), on=date(2026, 3, 1)).remittance_id
    bring(fund.treasurer, A([a_line(50_00)], account="FR7630006000011234567890189"))

    with pytest.raises(RuleBroken, match="You sent this yourself"):
        ending(fund, 4, ByArrival(sent))
    with pytest.raises(RuleBroken, match="not sent to the line’s account"):
        ending(fund, 1, ByArrival(sent))
    other = replace(fund.treasurer, person_id=fund.coordinator.person_id)
    ending(fund, 4, ByArrival(sent), actor=other)

    [end] = ends_of(4)
    assert (end.kind, end.made_here, balance(home)) == (EndKind.TRANSFER, False, 50_00)


def test_only_who_keeps_accounts_ends_lines(fund: FoundedFund, bank: UUID) -> None:
    for somebody in (fund.coordinator, fund.registrar, fund.members[0]):
        with pytest.raises(NotAllowed):
            ending(fund, 1, gift(fund), actor=somebody)


# ---------------------------------------------------------------- the donors' index


def known(fund: FoundedFund, *, name: str = "", account: str = "") -> list[UUID]:
    def ask(session: Session) -> list[UUID]:
        index = donor_index.index_of(session, fund.treasurer.keyring)
        assert index is not None
        found = donor_index.find(session, index, donor_index.terms_of(name=name, account=account))
        return [donor for donors in found.values() for donor in donors]

    return see(ask)


def test_a_donor_is_known_by_the_name_they_were_entered_under(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, donor=a_donor(name="Нұрлан Өтеген"))
    [donor_id] = rows(select(Donor.id))

    assert known(fund, name="OTEGEN NURLAN") == [donor_id]
    assert known(fund, name="Otegen") == []


def test_a_giver_is_known_by_the_lines_account_and_name_until_it_is_undone(fund: FoundedFund, bank: UUID) -> None:
    ending(fund, 1, gift(fund, a_donor(name="A. Muster, Bremen")))
    [donor_id] = rows(select(Donor.id))
    assert known(fund, account="de02 1203 0000 0000 2020 51") == [donor_id]
    assert known(fund, name="Muster Anna") == [donor_id]

    undo(fund, ends_of(1)[0])
    make_agreed(fund, waiting())
    ending(fund, 1, gift(fund, a_donor(name="Somebody else")))

    assert donor_id not in known(fund, account="DE02120300000000202051")
    assert known(fund, name="Muster, A., Bremen") == [donor_id]


def test_a_donor_without_a_name_is_found_by_nobody_and_asked_for_once(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, donor=a_donor(name=None, email=None))

    assert rows(select(func.count()).select_from(DonorToken)) == [1]
    assert rows(select(DonorToken.known_by)) == [KnownBy.NAME]


def test_donors_from_before_the_index_are_caught_up(fund: FoundedFund, bank: UUID) -> None:
    make_donation(fund, donor=a_donor(name="Ingrid Solheim"))
    [donor_id] = rows(select(Donor.id))
    with Session(db.engine.execution_options(writes=True)) as session:
        session.query(DonorToken).delete()
        session.commit()
        assert known(fund, name="Ingrid Solheim") == []
        assert donor_index.catch_up(session, fund.treasurer.keyring) == 1
        session.commit()
        assert donor_index.catch_up(session, fund.treasurer.keyring) == 0

    assert known(fund, name="Solheim Ingrid") == [donor_id]
