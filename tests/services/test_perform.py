"""One commit: a key is answered once, rivals have one effect, and the chain is written last."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.outcomes import transient
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db
from aid.models.audit import AuditHead, AuditLine, Performed
from aid.models.donations import Donor
from aid.perform import ATTEMPTS, perform
from aid.services import audit, counters
from aid.services.verification import replay
from aid.vault.actor import Actor
from tests.make import rows
from tests.make.fund import FoundedFund

SYSTEM = Actor.system()


@dataclass(frozen=True, slots=True)
class Met:
    """A donor was met."""

    donor_id: UUID
    number: int
    whisper: str | None = transient()


def meet(session: Session, *, actor: Actor, now: Instant, language: Language = Language.EN) -> Met:
    """Write a donor down, with a number: the smallest act that has a permanent row and a counter."""
    donor = Donor(id=new_id(), known_since=now.instant, language=language)
    session.add(donor)
    audit.say(session, "donor.entered", subject=donor.id, made=[donor])
    return Met(donor.id, counters.take(session, "donation"), "told once")


def meet_and_regret(session: Session, *, actor: Actor, now: Instant) -> Met:
    meet(session, actor=actor, now=now)
    session.flush()
    raise RuleBroken(_("Not like this."))


def meet_otherwise(session: Session, *, actor: Actor, now: Instant, language: Language = Language.EN) -> Met:
    return meet(session, actor=actor, now=now, language=language)


def a_key() -> str:
    return secrets.token_hex(16)


def count(kind: type[Any]) -> int:
    with Session(db.engine) as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


def chain_is_whole() -> bool:
    with Session(db.engine) as session:
        return list(replay(session, "chain")) == [] and list(replay(session, "rows")) == []


def test_the_same_key_gets_the_same_answer_and_has_one_effect(app: Flask) -> None:
    key = a_key()

    first, again = perform(key, meet, actor=SYSTEM), perform(key, meet, actor=SYSTEM)

    assert again == first
    assert (first.whisper, again.whisper) == ("told once", None)
    assert (count(Donor), count(AuditLine)) == (1, 1)


def test_another_key_is_another_act(app: Flask) -> None:
    assert perform(a_key(), meet, actor=SYSTEM) != perform(a_key(), meet, actor=SYSTEM)
    assert count(Donor) == 2


def test_the_same_key_with_another_body_is_refused(app: Flask) -> None:
    key = a_key()
    perform(key, meet, actor=SYSTEM, language=Language.KK)

    with pytest.raises(RuleBroken, match="other contents"):
        perform(key, meet, actor=SYSTEM, language=Language.RU)
    assert count(Donor) == 1


def test_the_same_key_for_another_action_is_refused(app: Flask) -> None:
    key = a_key()
    perform(key, meet, actor=SYSTEM)

    with pytest.raises(RuleBroken, match="other contents"):
        perform(key, meet_otherwise, actor=SYSTEM)
    assert count(Donor) == 1


def test_another_persons_key_is_refused(fund: FoundedFund) -> None:
    key = a_key()
    perform(key, meet, actor=fund.treasurer)

    with pytest.raises(RuleBroken, match="other contents"):
        perform(key, meet, actor=fund.coordinator)
    assert count(Donor) == 1


def test_a_short_key_is_no_key(app: Flask) -> None:
    with pytest.raises(ValueError, match="128 bits"):
        perform("abcd", meet, actor=SYSTEM)


def test_neither_the_key_nor_what_is_told_once_is_kept(app: Flask) -> None:
    key = a_key()
    perform(key, meet, actor=SYSTEM)

    [performed] = rows(select(Performed))
    kept = [performed.id, performed.digest, performed.outcome.encode(), performed.action.encode()]
    assert performed.id == hashlib.sha256(bytes.fromhex(key)).digest()
    assert not any(bytes.fromhex(key) in each or key.encode() in each or b"told once" in each for each in kept)


def test_a_broken_rule_leaves_no_trace(app: Flask) -> None:
    key = a_key()

    with pytest.raises(RuleBroken, match="Not like this"):
        perform(key, meet_and_regret, actor=SYSTEM)

    assert (count(Donor), count(AuditLine), count(Performed)) == (0, 0, 0)
    assert perform(a_key(), meet, actor=SYSTEM).number == 1
    assert chain_is_whole()


def test_the_key_of_a_broken_rule_can_be_used_again(app: Flask) -> None:
    key = a_key()
    with pytest.raises(RuleBroken):
        perform(key, meet_and_regret, actor=SYSTEM)

    assert perform(key, meet, actor=SYSTEM).number == 1


def test_the_line_says_who_and_what_and_carries_its_rows(fund: FoundedFund) -> None:
    met = perform(a_key(), meet, actor=fund.treasurer)

    line = rows(select(AuditLine).order_by(AuditLine.seq.desc()))[0]
    [donor] = rows(select(Donor))
    assert (line.act, line.subject_id, line.actor_id) == ("donor.entered", met.donor_id, fund.treasurer.person_id)
    assert line.made == audit.made_of([donor])
    assert line.hash == audit.line_hash(line)


# ---------------------------------------------------------------- rivals


def at_once(app: Flask, count: int, act: Callable[[int], Any]) -> list[Any]:
    """Several threads that begin together, each with the app at hand; what they got, or the rule they broke."""
    together = threading.Barrier(count)

    def one(place: int) -> Any:
        with app.app_context():
            together.wait()
            try:
                return act(place)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_rivals_with_the_same_key_have_one_effect_and_one_answer(app: Flask) -> None:
    key = a_key()

    answers = at_once(app, 6, lambda _place: perform(key, meet, actor=SYSTEM))

    assert len(set(answers)) == 1
    assert (count(Donor), count(AuditLine)) == (1, 1)
    assert chain_is_whole()


def test_rivals_with_the_same_key_and_other_bodies_have_one_effect(app: Flask) -> None:
    key, languages = a_key(), list(Language)

    answers = at_once(app, 6, lambda place: perform(key, meet, actor=SYSTEM, language=languages[place % 3]))

    assert len({answer for answer in answers if isinstance(answer, Met)}) == 1
    assert count(Donor) == 1


def test_eight_writers_make_one_chain_without_gaps(app: Flask) -> None:
    answers = at_once(app, 8, lambda _place: [perform(a_key(), meet, actor=SYSTEM).number for _turn in range(5)])

    assert sorted(number for answer in answers for number in answer) == list(range(1, 41))
    assert [line.seq for line in rows(select(AuditLine).order_by(AuditLine.seq))] == list(range(1, 41))
    assert [head.seq for head in rows(select(AuditHead))] == [40]
    assert chain_is_whole()


# ---------------------------------------------------------------- what passes is tried again


class Deadlock(Exception):
    """What the database says of two that wait for each other."""

    sqlstate = "40P01"


class Syntax(Exception):
    """What trying again does not cure."""

    sqlstate = "42601"


def failing(times: int, failure: type[Exception]) -> Callable[..., Met]:
    """An act that the database undoes so many times before it goes through."""
    left = [times]

    def attempted(session: Session, *, actor: Actor, now: Instant) -> Met:
        met = meet(session, actor=actor, now=now)
        session.flush()
        if left[0] > 0:
            left[0] -= 1
            fail(failure)
        return met

    return attempted


def fail(failure: type[Exception]) -> NoReturn:
    raise OperationalError("UPDATE …", {}, failure())


def test_a_deadlock_is_tried_again_and_its_first_tries_leave_nothing(app: Flask) -> None:
    met = perform(a_key(), failing(ATTEMPTS - 1, Deadlock), actor=SYSTEM)

    assert met.number == 1
    assert [donor.id for donor in rows(select(Donor))] == [met.donor_id]
    assert count(AuditLine) == 1
    assert chain_is_whole()


def test_who_fails_five_times_fails(app: Flask) -> None:
    with pytest.raises(OperationalError):
        perform(a_key(), failing(ATTEMPTS, Deadlock), actor=SYSTEM)

    assert (count(Donor), count(AuditLine), count(Performed)) == (0, 0, 0)


def test_another_failure_is_not_tried_again(app: Flask) -> None:
    with pytest.raises(OperationalError):
        perform(a_key(), failing(1, Syntax), actor=SYSTEM)

    assert count(Donor) == 0


def test_the_lines_are_the_last_statements_before_the_commit(app: Flask) -> None:
    """Whoever holds the head holds everybody up: nothing slow may follow."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(" ".join(statement.split()[:3]))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        perform(a_key(), meet, actor=SYSTEM)
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)

    wrote = [statement for statement in heard if statement.startswith(("INSERT", "UPDATE"))]
    assert wrote[-2:] == ["INSERT INTO audit_line", "UPDATE audit_head SET"]
