"""The first days of a fund: sample families while it is provisional, then shares, one of which is lost again."""

from aid.services.families import Registered
from aid.services.recovery import report_lost
from aid.services.samples import register_sample
from tests.make import do
from tests.make.fund import FoundedFund, make_it_whole


def practise(fund: FoundedFund) -> None:
    """Let a provisional fund become a whole one."""
    make_sample(fund)
    make_it_whole()
    do(report_lost, actor=fund.actor("yerlan"), generation=1, number=5)


def make_sample(fund: FoundedFund) -> Registered:
    """A family that never was."""
    old_town, club = fund.localities["old-town"], fund.points["club"]
    return do(register_sample, actor=fund.registrar, locality_id=old_town, point_id=club)
