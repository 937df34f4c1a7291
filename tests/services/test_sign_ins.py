"""Who is recognised, and what a sign-in row is worth: each rule holds, and refuses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.custody import SuspensionReason
from aid.domain.refusals import RuleBroken
from aid.models.audit import AuditLine
from aid.models.people import Person, PersonState, SignIn
from aid.queries.actors import actor_of_sign_in
from aid.security.sessions import IDLE
from aid.services.own_keys import make_sheet
from aid.services.sign_ins import LONGEST, OneTimeCode, Recognised, begin, matching_step, recognise
from aid.services.suspensions import suspend
from aid.vault.cookies import SignInCookie
from aid.vault.one_time import codes_of
from tests.make import do, rows, see
from tests.make.fund import FoundedFund

SEED = b"12345678901234567890"  # RFC 6238, appendix B


def moment(seconds: float = 0) -> Instant:
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    return Instant(now, now.date())


def known(fund: FoundedFund, otherwise: dict[str, str] | None = None) -> Recognised:
    """Aigul, recognised now, or with some of it typed otherwise."""
    order = {"handle": "aigul", "password": fund.password("aigul"), "code": fund.totp("aigul")}
    return see(recognise, now=moment(), **(order | (otherwise or {})))


def begin_with(person: Recognised, cookie: SignInCookie | None = None, **otherwise: Any) -> SignInCookie:
    cookie = cookie or SignInCookie.new()
    order = {"public": person.public, "step": person.step} | otherwise
    do(begin, actor=person.actor, row_id=cookie.row_id, private=cookie.seal_private(person.private), **order)
    return cookie


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    instant = datetime.fromtimestamp(at, UTC)

    assert matching_step(SEED, code, now=Instant(instant, instant.date())) == at // 30


@pytest.mark.parametrize("code", ["", "28708", "2870822", "٢٨٧٠٨٢", "abcdef"])
def test_what_is_no_code_belongs_to_no_step(code: str) -> None:
    instant = datetime.fromtimestamp(59, UTC)

    assert matching_step(SEED, code, now=Instant(instant, instant.date())) is None


def test_a_person_is_recognised_with_the_keys_their_password_opens(fund: FoundedFund) -> None:
    person = known(fund)

    assert person.actor.handle == "aigul"
    assert person.private == fund.private("aigul")
    assert person.state is PersonState.ACTIVE


@pytest.mark.parametrize("wrong", [{"password": "something else"}, {"code": "123456"}, {"handle": "nobody"}])
def test_whoever_is_not_recognised_is_told_nothing_more(fund: FoundedFund, wrong: dict[str, str]) -> None:
    with pytest.raises(RuleBroken, match=r"^The handle, password or code is wrong\.$"):
        known(fund, wrong)


def test_a_suspended_person_is_told_the_same(fund: FoundedFund) -> None:
    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    with pytest.raises(RuleBroken, match="handle, password or code"):
        known(fund)


def test_a_sign_in_is_found_by_its_cookie_alone(fund: FoundedFund) -> None:
    cookie = begin_with(known(fund))

    row = see(actor_of_sign_in, cookie=cookie, now=moment(), idle=IDLE, longest=LONGEST)
    other = see(actor_of_sign_in, cookie=SignInCookie.new(), now=moment(), idle=IDLE, longest=LONGEST)

    assert row is not None
    assert row.actor.handle == "aigul"
    assert row.actor.keyring.private == fund.private("aigul")
    assert other is None


def test_half_of_a_cookie_opens_nothing(fund: FoundedFund) -> None:
    cookie = begin_with(known(fund))

    half = SignInCookie(cookie.raw[:16] + bytes(16))

    assert see(actor_of_sign_in, cookie=half, now=moment(), idle=IDLE, longest=LONGEST) is None


def test_a_sign_in_ends_when_it_is_idle_and_after_the_longest_day(fund: FoundedFund) -> None:
    cookie = begin_with(known(fund))
    idle, longest = timedelta(minutes=30), timedelta(hours=12)

    def living(seconds: float, idle: timedelta) -> bool:
        return see(actor_of_sign_in, cookie=cookie, now=moment(seconds), idle=idle, longest=longest) is not None

    assert living(29 * 60, idle)
    assert not living(31 * 60, idle)
    assert living(11 * 3600, timedelta(days=1))
    assert not living(13 * 3600, timedelta(days=1))


def test_what_is_left_of_old_sign_ins_goes_with_the_next_one(fund: FoundedFund) -> None:
    begin_with(known(fund))
    later = moment(13 * 3600)
    cookie = SignInCookie.new()

    [person] = rows(select(Person).where(Person.handle == "aigul"))
    step = int(later.instant.timestamp()) // 30
    order = {"public": person.hpke_public, "step": step, "row_id": cookie.row_id, "private": b"sealed"}
    do(begin, actor=fund.registrar, now=later, **order)

    assert [kept.id for kept in rows(select(SignIn))] == [cookie.row_id]


def test_a_step_is_claimed_once_even_by_two_at_the_same_moment(app: Flask, fund: FoundedFund) -> None:
    person = known(fund)

    def claim(_try: int) -> bool:
        with app.app_context():
            try:
                begin_with(person)
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(4) as together:
        claimed = list(together.map(claim, range(4)))

    assert claimed.count(True) == 1
    assert len(rows(select(SignIn))) == 1


def test_a_code_on_paper_is_used_once_even_by_two_at_the_same_moment(app: Flask, fund: FoundedFund) -> None:
    do(make_sheet, actor=fund.registrar)
    person = known(fund, {"code": codes_of(b"aigul---------------", 1)[3]})
    assert person.step == OneTimeCode(1, 3)

    def claim(_try: int) -> bool:
        with app.app_context():
            try:
                begin_with(person)
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(4) as together:
        claimed = list(together.map(claim, range(4)))

    assert claimed.count(True) == 1
    assert [kept.codes_used for kept in rows(select(Person).where(Person.handle == "aigul"))] == [0b1000]


def test_steps_go_only_forwards(fund: FoundedFund) -> None:
    person = known(fund)
    assert isinstance(person.step, int)
    begin_with(person)

    with pytest.raises(RuleBroken):
        begin_with(person, step=person.step - 1)

    begin_with(person, step=person.step + 1)
    assert [kept.totp_step for kept in rows(select(Person).where(Person.handle == "aigul"))] == [person.step + 1]


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda fund: {"public": fund.registrar2.keyring.person_id.bytes},
        lambda fund: {"step": None},
    ],
    ids=["keys that changed meanwhile", "no code, though enrolled"],
)
def test_a_sign_in_does_not_begin_with(fund: FoundedFund, otherwise: Callable[[FoundedFund], dict[str, Any]]) -> None:
    with pytest.raises(RuleBroken):
        begin_with(known(fund), **otherwise(fund))

    assert rows(select(SignIn)) == []


def test_who_was_suspended_between_password_and_sign_in_stays_out(fund: FoundedFund) -> None:
    person = known(fund)
    do(suspend, actor=fund.administrator, person_id=person.actor.person_id, reason=SuspensionReason.ARRESTED)

    with pytest.raises(RuleBroken):
        begin_with(person)


def test_signing_in_is_in_the_audit_chain(fund: FoundedFund) -> None:
    person = known(fund)
    begin_with(person)

    last = rows(select(AuditLine).order_by(AuditLine.seq))[-1]

    assert (last.act, last.subject_id, last.actor_id) == ("person.signed_in", person.actor.id, person.actor.id)
