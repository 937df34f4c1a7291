"""A fund in which everything has happened once: every permanent table has rows."""

from uuid import UUID

from aid.domain.custody import SuspensionReason
from aid.domain.quorum import Choice, RecusalReason
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.perform import look
from aid.services.allocations import Proposed, propose, repropose, withdraw
from aid.services.collections.checking import Refused, check
from aid.services.collections.handing_out import collect
from aid.services.families import Correction, correct, open_file
from aid.services.suspensions import suspend
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from tests.make import do
from tests.make.allocations import vote
from tests.make.backups import make_backups
from tests.make.custody import make_trouble
from tests.make.day_counts import make_day_counts
from tests.make.days import make_days
from tests.make.donations import make_donation, make_thanked
from tests.make.donors import make_donors
from tests.make.erasures import make_departures
from tests.make.families import a_family, make_family
from tests.make.figures import make_figures
from tests.make.fund import FoundedFund
from tests.make.giving import make_giving
from tests.make.goods import make_kinds
from tests.make.hidden import make_hidden
from tests.make.households import make_households
from tests.make.imports import make_imports
from tests.make.late import make_late
from tests.make.meetings import make_meetings
from tests.make.membership import make_changes
from tests.make.money import make_money
from tests.make.objections import make_objections
from tests.make.papers import make_papers
from tests.make.people import make_newcomer
from tests.make.programmes import make_programme, make_short_round
from tests.make.shops import make_shops
from tests.make.statements import make_statements
from tests.make.surveys import make_surveys
from tests.make.thanks import make_thanks
from tests.make.vouchers import make_undone, make_vouchers


def make_whole(fund: FoundedFund) -> None:
    """Donations, families, a round that was carried, printed and collected, and others that were not."""
    make_money(fund)
    make_thanked(fund)
    make_donation(fund, purpose="food")
    make_thanks(fund)
    make_figures(fund)
    first, second, third = make_vouchers(fund, 3, state=VoucherState.COLLECTED)[:1] + make_vouchers(fund, 2)
    do(reprint_vouchers, actor=fund.coordinator, order=ReprintOrder(reason=ReprintReason.LOST, serial=second.serial))
    assert isinstance(do(collect, actor=fund.distributor, order=first.order()), Refused)
    look(check, actor=fund.distributor, point_id=third.point_id, code=third.digits)
    make_undone(fund, third)
    make_papers(fund)
    make_late(fund)
    make_shops(fund)
    make_days(fund)
    make_surveys(fund)
    _corrected(fund)
    make_family(fund, confirmed=False)
    make_kinds(fund)
    make_day_counts(fund)
    make_meetings(fund)
    make_short_round(fund)
    make_newcomer(fund)
    make_objections(fund)
    make_departures(fund)
    make_imports(fund)
    make_statements(fund)
    make_donors(fund)
    make_hidden(fund)
    make_giving(fund)
    make_households(fund, first.family_id)
    make_backups()
    make_changes(fund)
    _rejected(fund)
    _withdrawn(fund)
    make_trouble(fund)
    do(suspend, actor=fund.administrator, person_id=fund.actor("sanzhar").person_id, reason=SuspensionReason.ARRESTED)


def _corrected(fund: FoundedFund) -> None:
    """A family that was confirmed, and changed since."""
    family = make_family(fund)
    look(open_file, actor=fund.registrar, family_id=family.family_id, why="correct")
    changed = Correction(family.family_id, 1, fund.points["club"], a_family(members=5))
    do(correct, actor=fund.registrar, order=changed)


def _rejected(fund: FoundedFund) -> None:
    """A round that was computed anew after a vote, and then rejected, with one member who stepped out."""
    allocation_id = _proposed(fund, "general").allocation_id
    recused, first, *others = fund.members
    vote(fund, first, allocation_id)
    make_family(fund)
    do(repropose, actor=fund.coordinator, allocation_id=allocation_id)
    vote(fund, recused, allocation_id, Choice.RECUSAL, reason=RecusalReason.RELATIVE)
    vote(fund, first, allocation_id)
    vote(fund, first, allocation_id, Choice.NO)
    vote(fund, others[0], allocation_id, Choice.NO)


def _withdrawn(fund: FoundedFund) -> UUID:
    allocation_id = _proposed(fund, "food").allocation_id
    do(withdraw, actor=fund.coordinator, allocation_id=allocation_id)
    return allocation_id


def _proposed(fund: FoundedFund, purpose: str) -> Proposed:
    return do(propose, actor=fund.coordinator, programme_id=make_programme(fund, purpose=purpose))
