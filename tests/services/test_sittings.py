"""A sitting is opened by its code, goes on in one browser, and leaves nothing behind but the fund."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.models.audit import AuditLine
from aid.models.founding import Seat, Sitting
from aid.queries.founding import first_passwords, open_sitting, sitting_is_in, waiting_sitting
from aid.services import sittings
from aid.services.people import prepare_invitation
from aid.services.sittings import LARGEST, end, found_fund, new_code, note, rise, seats_of, sit_down, take_seat
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie
from tests.make import do, rows, see
from tests.make.fund import LEAST, FoundedFund, person
from tests.make.sitting import EVERYBODY, PLAN, seat_of

SYSTEM = Actor.system()
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def opened(**kept: object) -> tuple[str, bytes]:
    """A sitting that waits: its code, and the key of what it keeps."""
    code = new_code()
    do(sittings.open_sitting, actor=SYSTEM, opened_by=code.key, kept=kept)
    return code.code, code.key.key


def sat(code: str) -> SignInCookie:
    cookie = SignInCookie.new()
    do(sit_down, actor=SYSTEM, code=code, cookie=cookie)
    return cookie


def test_what_is_kept_is_there_for_the_browser_that_has_the_sitting(app: Flask) -> None:
    code, key = opened(steps={"fund": {"own": "kk"}})
    cookie = sat(code)

    do(note, actor=SYSTEM, sitting_key=key, kept={"phones": {}})

    sitting = see(open_sitting, cookie=cookie)
    assert sitting is not None
    assert sitting.kept == {"steps": {"fund": {"own": "kk"}}, "phones": {}}
    assert see(open_sitting, cookie=SignInCookie.new()) is None
    half = SignInCookie(cookie.raw[:16] + bytes(16))
    assert see(open_sitting, cookie=half) is None


@SQLITE
def test_a_wrong_code_opens_nothing(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="not the code"):
        sat(new_code().code)
    opened()
    with pytest.raises(RuleBroken, match="not the code"):
        sat(new_code().code)
    assert see(waiting_sitting) == (False, False)


@SQLITE
def test_the_sitting_moves_with_its_code(app: Flask) -> None:
    code, _key = opened()
    before, after = sat(code), sat(code)

    assert not see(sitting_is_in, cookie_id=before.row_id)
    assert see(sitting_is_in, cookie_id=after.row_id)


@SQLITE
def test_a_new_code_ends_a_sitting_nobody_came_to_and_no_other(app: Flask) -> None:
    first, _key = opened()
    second, _key = opened()
    with pytest.raises(RuleBroken, match="not the code"):
        sat(first)
    sat(second)

    with pytest.raises(RuleBroken, match="goes on in a browser"):
        opened()
    do(sittings.open_sitting, actor=SYSTEM, opened_by=new_code().key, kept={}, anew=True)
    with pytest.raises(RuleBroken, match="not the code"):
        sat(second)


@SQLITE
def test_a_sitting_keeps_no_more_than_a_founding_needs(app: Flask) -> None:
    code, key = opened()
    sat(code)

    for length in (2 * LARGEST, 1 << 21):
        with pytest.raises(RuleBroken, match="more than a founding needs"):
            do(note, actor=SYSTEM, sitting_key=key, kept={"steps": "x" * length})


@SQLITE
def test_a_seat_is_taken_and_given_back(app: Flask) -> None:
    code, key = opened(phones={"marat": {"seed": bytes(20), "step": 7}})
    cookie = sat(code)
    taken, _seed = seat_of("marat")

    do(take_seat, actor=SYSTEM, sitting_key=key, seat=taken)
    assert see(seats_of) == (taken,)
    sitting = see(open_sitting, cookie=cookie)
    assert sitting is not None
    assert sitting.kept["phones"] == {}

    do(rise, actor=SYSTEM, sitting_key=key, handle="marat")
    assert rows(select(Seat)) == []


def test_the_fund_is_founded_and_of_the_sitting_only_first_passwords_are_left(app: Flask) -> None:
    code, key = opened()
    cookie = sat(code)
    for handle in EVERYBODY:
        do(take_seat, actor=SYSTEM, sitting_key=key, seat=seat_of(handle)[0])
    olga = prepare_invitation("olga", cost=LEAST)
    auditor = replace(person("olga", Role.AUDITOR), language=Language.KK)
    plan = replace(PLAN, people=(*PLAN.people, auditor), share_holders=())

    do(found_fund, actor=SYSTEM, cookie=cookie, sitting_key=key, plan=plan, invitations=(olga,), secret=None)

    assert see(first_passwords, cookie=cookie) == {"olga": olga.password}
    [left] = rows(select(Sitting))
    assert left.plan is None
    assert olga.password.encode() not in (left.jar or b"")
    assert rows(select(Seat)) == []
    assert rows(select(AuditLine.act).order_by(AuditLine.seq))[0] == "fund.founded"
    for over in (lambda: sat(code), lambda: do(note, actor=SYSTEM, sitting_key=key, kept={})):
        with pytest.raises(RuleBroken):
            over()

    do(end, actor=SYSTEM, cookie_id=cookie.row_id)
    assert rows(select(Sitting)) == []


@SQLITE
def test_there_is_no_sitting_where_there_is_a_fund(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="holds a fund already"):
        opened()
