"""Pages of a fund that is not at work: at its founding, in its first days, locked in a raid, stopped by a member."""

from flask import Flask

from aid.domain.sitting import Step
from aid.services import sittings
from aid.vault.actor import Actor
from tests.make import do
from tests.make.custody import key
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Press, Visit, also, at, sent
from tests.make.sitting import Sitting

BEFORE_THE_CODE = [*at("/founding/"), sent("/founding/", {"code": "aaaa-bbbb-cccc-dddd-eeee"}, status=409)]
AT_THE_TABLE = [
    *at("/founding/sitting", *(f"/founding/{step}" for step in Step)),
    sent("/founding/seats/saule", {"password": "short", "again": "other"}, status=409),
    *also(sent("/founding/localities", Press(button="add=localities"))),
    *at("/founding/seats/", *(f"/founding/seats/{handle}" for handle in ("marat", "saule", "askar"))),
    *at("/founding/check"),
]
FOUNDED = at("/founding/done")
IN_ITS_FIRST_DAYS = at("/", "/founding/act", "/recovery/", "/recovery/new", "/families/sample/")
LOCKED = [Visit("/", status=503), sent("/locked", status=503)]
OPEN_AGAIN = at("/locked?opened=1")
STOPPED = at("/", "/committee/stop/")


def table_laid(app: Flask) -> Sitting:
    """A sitting whose pages are filled in: one member has taken a seat, another one has scanned the picture."""
    sitting = Sitting(app, until=Step.RECOVERY)
    sitting.seat_quickly("askar")
    phones = {"saule": {"seed": bytes(20), "step": 1}}
    do(sittings.note, actor=Actor.system(), sitting_key=sitting.key, kept={"phones": phones})
    return sitting


def open_again(fund: FoundedFund) -> None:
    """Two people with different roles turn their keys."""
    key(fund.treasurer)
    key(fund.auditor)
