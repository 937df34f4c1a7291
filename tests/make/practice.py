"""The first days of a fund: sample families while it is provisional, then shares, one of which is lost again."""

from flask import Flask

from aid.services.families import Registered
from aid.services.recovery import report_lost
from aid.services.samples import register_sample
from tests.make import do
from tests.make.fund import FoundedFund, found_and_enrol, make_it_whole


def found_and_practise(app: Flask) -> FoundedFund:
    """A fund that began as a provisional one."""
    found_and_enrol(provisional=True)
    fund = FoundedFund(app)
    make_sample(fund)
    make_it_whole()
    do(report_lost, actor=fund.actor("yerlan"), generation=1, number=5)
    return fund


def make_sample(fund: FoundedFund) -> Registered:
    """A family that never was."""
    old_town, club = fund.localities["old-town"], fund.points["club"]
    return do(register_sample, actor=fund.registrar, locality_id=old_town, point_id=club)
