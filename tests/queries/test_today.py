"""Today says what waits for whom, and nothing of what is another's."""

from datetime import UTC, date, datetime, timedelta

from aid.domain.clock import Instant
from aid.domain.quorum import Choice
from aid.domain.vouchers import VoucherState
from aid.domain.waiting import Age
from aid.domain.words import _
from aid.extensions import now as this_moment
from aid.queries.today import waiting_for
from aid.queries.today.waiting import Waiting
from aid.services.collections.handing_out import collect
from aid.services.discussion import answer
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, see
from tests.make.allocations import make_allocation, make_carried, make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import make_good, make_goods_voucher, make_stock
from tests.make.meetings import lines_of, make_closed, make_meeting, make_paper, make_question
from tests.make.one_database import app as app
from tests.make.vouchers import later, make_voucher, make_vouchers

COUNT = _("Count what is really there, and say why.")


def waiting(actor: Actor, *, in_days: int = 0) -> dict[str, Waiting]:
    now = datetime.now(UTC) + timedelta(days=in_days)
    found = see(waiting_for, actor=actor, now=Instant(now, now.date()))
    return {waits.endpoint: waits for waits in found}


def test_in_a_new_fund_nothing_waits_for_anybody(fund: FoundedFund) -> None:
    everybody = [fund.registrar, fund.confirmer, fund.coordinator, fund.treasurer, *fund.members]
    everybody += [fund.distributor, fund.administrator, fund.auditor]

    assert [waiting(actor) for actor in everybody] == [{}] * len(everybody)


@both_databases
def test_a_confirmer_sees_how_many_families_of_their_locality_wait(fund: FoundedFund) -> None:
    make_family(fund, confirmed=False)
    make_family(fund, confirmed=False)
    make_family(fund, confirmed=True)
    make_family(fund, locality="new-town", point="school-5", confirmed=False)

    assert waiting(fund.confirmer)["families.waiting"].count == 2
    assert waiting(fund.registrar2)["families.waiting"].count == 3
    assert "families.waiting" not in waiting(fund.registrar)


def test_who_registered_a_family_is_not_asked_to_confirm_it(fund: FoundedFund) -> None:
    make_family(fund, by=fund.registrar2, confirmed=False)

    assert "families.waiting" not in waiting(fund.registrar2)
    assert waiting(fund.confirmer)["families.waiting"].count == 1


def test_the_treasurer_sees_what_is_not_thanked_for_yet(fund: FoundedFund) -> None:
    make_money(fund)

    assert list(waiting(fund.treasurer)) == ["thanks.index"]
    assert waiting(fund.coordinator) == {}


def test_members_see_what_waits_for_their_word_until_they_gave_it(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=1)
    first, second, *_others = fund.members

    vote(fund, first, proposed.allocation_id, Choice.NO)

    assert waiting(first) == {}
    assert waiting(second)["committee.show"].count == 1
    assert waiting(fund.coordinator)["allocations.index"].count == 1


@both_databases
def test_what_waited_too_long_stands_first_and_says_for_how_many_days(fund: FoundedFund) -> None:
    make_money(fund)
    make_allocation(fund, families=1)
    later = datetime.now(UTC) + timedelta(days=4)
    now = Instant(later, later.date())

    [overdue, before_the_committee] = see(waiting_for, actor=fund.coordinator, now=now)
    [to_thank] = see(waiting_for, actor=fund.treasurer, now=now)

    assert (overdue.endpoint, overdue.days(now), overdue.age(now)) == ("backups.index", 4, Age.OLD)
    assert (before_the_committee.days(now), before_the_committee.age(now)) == (4, Age.NEW)
    assert (to_thank.days(now), to_thank.age(now)) == (4, Age.OLD)


def test_vouchers_wait_for_the_printer_once_the_notice_is_over(fund: FoundedFund) -> None:
    make_voucher(fund, state=VoucherState.ISSUED)

    assert waiting(fund.coordinator)["vouchers.index"].count == 1
    assert waiting(fund.distributor) == {}


def test_before_the_notice_is_over_no_voucher_waits_for_the_printer(fund: FoundedFund) -> None:
    make_carried(fund, families=1)

    assert "vouchers.index" not in waiting(fund.coordinator)


@both_databases
def test_money_that_expired_vouchers_hold_waits_for_the_coordinator(fund: FoundedFund) -> None:
    make_voucher(fund)

    assert "vouchers.index" not in waiting(fund.coordinator)
    assert waiting(fund.coordinator, in_days=90)["vouchers.index"].count == 1


def test_a_distributor_sees_the_vouchers_of_their_own_point(fund: FoundedFund) -> None:
    make_vouchers(fund, 2)

    assert waiting(fund.distributor)["collections.new"].count == 2
    assert waiting(fund.distributor_elsewhere) == {}


@both_databases
def test_a_good_below_zero_says_since_when(fund: FoundedFund) -> None:
    make_good(fund)
    voucher, later_one = make_goods_voucher(fund), make_goods_voucher(fund)
    make_stock(fund, "notebook", 3)
    assert "stock.index" not in waiting(fund.coordinator)
    do(collect, actor=fund.distributor, order=voucher.order())
    make_stock(fund, "notebook", 4)
    now = this_moment()
    do(collect, actor=fund.distributor, order=later_one.order(), now=later(now, days=1))

    [below] = [row for row in see(waiting_for, actor=fund.coordinator, now=later(now, days=4)) if row.hint == COUNT]

    assert (below.count, below.days(later(now, days=4)), below.age(later(now, days=4))) == (1, 3, Age.OLD)


def test_what_was_collected_waits_for_nobody(fund: FoundedFund) -> None:
    make_voucher(fund, state=VoucherState.COLLECTED)

    assert waiting(fund.distributor) == {}


# ---------------------------------------------------------------- meetings


@both_databases
def test_members_see_a_meeting_until_it_is_over(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id, invited=frozenset({fund.members[0].person_id}))

    invited, other = waiting(fund.members[0]), waiting(fund.members[1])

    assert dict(invited["meetings.show"].values) == {"meeting_id": meeting}
    assert "meetings.show" not in other
    assert "meetings.show" not in waiting(fund.coordinator)
    assert waiting(fund.coordinator, in_days=4)["meetings.show"].count == 1
    make_closed(fund, meeting)
    assert "meetings.show" not in waiting(fund.members[0])
    assert "meetings.show" not in waiting(fund.coordinator, in_days=4)


def test_a_member_is_told_of_a_paper_they_have_not_signed(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id, invited=frozenset({fund.members[0].person_id}))
    make_paper(fund, meeting, fund.members[0], proposed.allocation_id)

    def papers() -> int:
        now = datetime.now(UTC)
        found = see(waiting_for, actor=fund.members[0], now=Instant(now, now.date()))
        return sum(waits.count for waits in found if "paper" in str(waits.title))

    assert papers() == 1
    vote(fund, fund.members[0], proposed.allocation_id)
    assert papers() == 0


@both_databases
def test_an_open_question_waits_on_both_sides_with_its_age(fund: FoundedFund) -> None:
    line = lines_of(make_allocation(fund, families=1).allocation_id)[0]
    question = make_question(fund, line.id)

    asked = waiting(fund.members[0], in_days=5)["meetings.index"]
    to_answer = waiting(fund.registrar, in_days=5)["discussion.reply"]

    assert (asked.count, asked.since) == (to_answer.count, to_answer.since)
    assert to_answer.days(Instant(datetime.now(UTC) + timedelta(days=5), date(2026, 1, 1))) in (4, 5)
    assert "discussion.reply" not in waiting(fund.registrar_elsewhere)
    assert "meetings.index" not in waiting(fund.members[1])
    do(answer, actor=fund.registrar, question_id=question, words="Иә")
    assert "discussion.reply" not in waiting(fund.registrar)
    assert "meetings.index" not in waiting(fund.members[0])
