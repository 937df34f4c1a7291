"""Messages of thanks: each leaves once at most, whatever falls, and what became of it is written down."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from aid.documents.thanking import letters, mails
from aid.domain.ids import new_id
from aid.domain.jobs import JobState
from aid.domain.mails import MailState
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db, now
from aid.jobs.running import run_job, tick
from aid.jobs.thanks import send_thanks
from aid.models.custody import Lockdown
from aid.models.donations import Thanks, ThanksWay
from aid.models.jobs import Job, Parcel, RunKey
from aid.models.people import Person, PersonState
from aid.models.thanks import GiftCode, MailStep, ThanksMail
from aid.post.line import Line, NoLine
from aid.queries.published_thanks import donation_of_code
from aid.queries.thanks import backlog
from aid.queries.thanks_words import the_giver
from aid.services.jobs import LEASE, take
from aid.services.thanks.mails import OPENED_FOR, decide
from aid.vault.actor import Actor
from aid.vault.gift_codes import hash_of_code
from aid.vault.hpke import new_pair
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.databases import tables
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.hidden import HIDDEN, hidden_details, named_in
from tests.make.money import make_correction
from tests.make.scanner import files_under
from tests.make.server import free_port
from tests.make.thanks import MailServer, mail_server, make_gifts, press_send, reached_at, send_now
from tests.web.test_markers import every_row

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def post(fund: FoundedFund) -> Iterator[MailServer]:
    """A mail server that the fund's configuration names."""
    with mail_server() as server, reached_at(server.settings()):
        yield server


def states() -> list[MailState]:
    return [row.state for row in rows(select(ThanksMail).order_by(ThanksMail.id))]


def later(job_id: UUID, after: timedelta = LEASE) -> None:
    """Another worker comes to the job when its lease has lapsed."""
    with time_machine.travel(now().instant + after + timedelta(seconds=1)):
        run_job(job_id)


def write(statement: object) -> None:
    with Session(db.engine) as session, session.begin():
        session.execute(statement)  # type: ignore[call-overload]


def test_a_message_is_sent_once_and_its_donation_is_thanked(fund: FoundedFund, post: MailServer) -> None:
    [donation_id] = make_gifts(fund, 1)

    send_now(fund, [donation_id])

    [(reader, message)] = post.taken
    assert reader == "giver0@post.example.org"
    assert message["To"] == reader
    assert message["From"].endswith("<thanks@fund.example>")
    assert message["Subject"] == "Thank you for your gift"
    assert "Dear Giver0 Solheim," in message.get_content()
    [thanks] = rows(select(Thanks))
    assert (thanks.donation_id, thanks.way) == (donation_id, ThanksWay.EMAIL)
    assert states() == [MailState.SENT]
    assert [step.state for step in rows(select(MailStep))] == [MailState.SENDING, MailState.SENT]
    assert rows(select(Parcel)) == []
    assert see(backlog, actor=fund.treasurer, today=now().today).count == 0


@ONE
def test_the_code_in_the_message_finds_its_donation_and_is_kept_nowhere(fund: FoundedFund, post: MailServer) -> None:
    first, second = make_gifts(fund, 2)

    send_now(fund, [first, second])

    said = [message.get_content() for _reader, message in post.taken]
    codes = [
        "".join(line.partition(": ")[2].split()) for text in said for line in text.splitlines() if "code of" in line
    ]
    fund_id = see(the_giver).id
    found = [see(donation_of_code, code_hash=hash_of_code(code, fund_id=fund_id)) for code in codes]
    assert found == [first, second]
    assert {len(code.hash) for code in rows(select(GiftCode))} == {32}


@ONE
def test_a_message_tells_nothing_of_the_machine_it_comes_from(fund: FoundedFund, post: MailServer) -> None:
    send_now(fund, make_gifts(fund, 1))

    [(_reader, message)] = post.taken
    assert message["Message-ID"].endswith("@fund.example>")
    assert message["Date"].endswith("+0000")
    assert {name.lower() for name in message} == {
        *("from", "to", "subject", "date", "message-id", "content-language", "auto-submitted"),
        *("content-type", "content-transfer-encoding", "mime-version"),
    }


@ONE
def test_what_the_server_refuses_has_failed_in_its_words_without_a_name(fund: FoundedFund, post: MailServer) -> None:
    post.answer = lambda reader: f"550 5.1.1 <{reader}> Giver0 is unknown here" if "giver0" in reader else None

    send_now(fund, make_gifts(fund, 2))

    assert states() == [MailState.FAILED, MailState.SENT]
    [failed] = [step for step in rows(select(MailStep)) if step.state is MailState.FAILED]
    assert failed.words == "550 5.1.1 … is unknown here"
    assert post.readers == ["giver1@post.example.org"]


@ONE
def test_a_message_refused_after_it_was_read_has_failed_too(fund: FoundedFund, post: MailServer) -> None:
    post.after_data = lambda _reader: "554 Looks like spam"

    send_now(fund, make_gifts(fund, 1))

    assert states() == [MailState.FAILED]
    assert rows(select(Thanks)) == []


def falls(job_id: UUID, monkeypatch: pytest.MonkeyPatch, *, sends_first: bool) -> None:
    """A worker takes a job and falls at its first message, before or after the server has it. It notes nothing."""
    real = Line.give

    def give(line: Line, *what: object) -> object:
        if sends_first:
            real(line, *what)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    do(take, actor=Actor.system(), job_id=job_id)
    monkeypatch.setattr(Line, "give", give)
    with pytest.raises(KeyboardInterrupt):
        send_thanks(job_id, lambda: None)
    monkeypatch.undo()


def test_a_worker_that_falls_leaves_what_it_began_unknown_and_gives_the_rest_back(
    fund: FoundedFund, app: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = press_send(fund, make_gifts(fund, 3))
    falls(job_id, monkeypatch, sends_first=False)
    app.extensions.pop("run_pair")  # the next one is another process, with another pair

    later(job_id)

    assert states() == [MailState.UNKNOWN, MailState.RETURNED, MailState.RETURNED]
    assert post.taken == []
    assert see(backlog, actor=fund.treasurer, today=now().today).count == 2


@ONE
def test_a_worker_that_falls_after_the_message_left_does_not_send_it_again(
    fund: FoundedFund, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = press_send(fund, make_gifts(fund, 2))
    falls(job_id, monkeypatch, sends_first=True)

    later(job_id)  # the same pair: what was not begun is sent

    assert states() == [MailState.UNKNOWN, MailState.SENT]
    assert post.readers == ["giver0@post.example.org", "giver1@post.example.org"]


@ONE
def test_a_server_that_hangs_up_when_it_has_the_message_leaves_it_unknown(fund: FoundedFund, post: MailServer) -> None:
    post.hangs_up = True

    send_now(fund, make_gifts(fund, 2))

    assert states() == [MailState.UNKNOWN, MailState.UNKNOWN]
    assert len(post.taken) == 2


@ONE
def test_a_server_that_is_away_is_tried_again_and_nothing_is_lost(
    fund: FoundedFund, app: Flask, post: MailServer
) -> None:
    settings = app.config["KOMEK"]
    app.config["KOMEK"] = replace(settings, mail=replace(post.settings(), port=free_port()))
    job_id = press_send(fund, make_gifts(fund, 2))
    with pytest.raises(NoLine):
        run_job(job_id)
    assert states() == [MailState.ASKED, MailState.ASKED]
    assert [job.state for job in rows(select(Job))] == [JobState.WAITING]

    app.config["KOMEK"] = settings
    later(job_id, timedelta(minutes=3))

    assert states() == [MailState.SENT, MailState.SENT]


@ONE
def test_what_was_not_sent_within_an_hour_waits_for_a_person(fund: FoundedFund, post: MailServer) -> None:
    job_id = press_send(fund, make_gifts(fund, 1))

    later(job_id, OPENED_FOR)

    assert states() == [MailState.RETURNED]
    assert post.taken == []
    assert see(backlog, actor=fund.treasurer, today=now().today).count == 1


@ONE
def test_nobody_is_sent_to_for_who_was_cut_off(fund: FoundedFund, post: MailServer) -> None:
    job_id = press_send(fund, make_gifts(fund, 1))
    write(update(Person).where(Person.handle == "timur").values(state=PersonState.SUSPENDED))

    assert not run_job(job_id)
    tick()

    assert post.taken == []
    assert states() == [MailState.RETURNED]
    assert rows(select(Parcel)) == []


@ONE
def test_a_panic_stops_a_batch_between_two_messages(fund: FoundedFund, post: MailServer) -> None:
    pressed = insert(Lockdown).values(id=new_id(), pressed_by_id=fund.registrar.person_id, at=now().instant)

    def panic(_reader: str) -> None:
        if not post.taken:
            with fund.app.app_context():
                write(pressed)

    post.after_data = panic

    run_job(press_send(fund, make_gifts(fund, 3)))

    assert len(post.taken) == 1
    assert states() == [MailState.SENT, MailState.ASKED, MailState.ASKED]


@ONE
def test_a_donation_that_was_corrected_meanwhile_is_not_thanked_in_words_that_are_wrong(
    fund: FoundedFund, post: MailServer
) -> None:
    [donation_id] = make_gifts(fund, 1)
    job_id = press_send(fund, [donation_id])
    make_correction(fund, donation_id, Money(20_000_00, "KZT"))

    run_job(job_id)

    assert post.taken == []
    assert states() == [MailState.RETURNED]


@ONE
def test_without_a_worker_nothing_is_asked_of_it(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="worker does not run"):
        press_send(fund, make_gifts(fund, 1))


@ONE
def test_a_key_that_the_server_did_not_give_its_word_for_gets_nothing(fund: FoundedFund) -> None:
    write(
        insert(RunKey).values(
            id=new_id(), public=new_pair().public, mac=bytes(32), since=now().instant, seen_at=now().instant
        )
    )

    with pytest.raises(RuleBroken, match="worker does not run"):
        press_send(fund, make_gifts(fund, 1))


@ONE
def test_no_second_message_is_asked_for_while_one_stands(fund: FoundedFund, post: MailServer) -> None:
    [donation_id] = make_gifts(fund, 1)
    press_send(fund, [donation_id])

    with pytest.raises(RuleBroken, match="on its way"):
        press_send(fund, [donation_id])
    with pytest.raises(RuleBroken, match="on its way"):
        letters(fund.treasurer, [donation_id], secrets.token_hex(16))


@ONE
def test_one_form_sent_twice_sends_once(fund: FoundedFund, post: MailServer) -> None:
    [donation_id] = make_gifts(fund, 1)
    key = secrets.token_hex(16)

    first = mails(fund.treasurer, [donation_id], key)
    run_job(first)

    assert mails(fund.treasurer, [donation_id], key) == first
    assert len(post.taken) == 1


def test_a_treasurer_decides_what_became_of_a_message_and_says_why(fund: FoundedFund, post: MailServer) -> None:
    post.answer = lambda _reader: "451 Try later"
    send_now(fund, make_gifts(fund, 2))
    arrived, lost = rows(select(ThanksMail).order_by(ThanksMail.id))

    with pytest.raises(RuleBroken, match="how you know"):
        do(decide, actor=fund.treasurer, mail_id=lost.id, arrived=False, reason=" ")
    do(decide, actor=fund.treasurer, mail_id=arrived.id, arrived=True, reason="They wrote back")
    do(decide, actor=fund.treasurer, mail_id=lost.id, arrived=False, reason="The mailbox is full")
    with pytest.raises(RuleBroken, match="nothing to decide"):
        do(decide, actor=fund.treasurer, mail_id=lost.id, arrived=True, reason="No, it came")

    assert states() == [MailState.ACCEPTED, MailState.REOPENED]
    assert [thanks.donation_id for thanks in rows(select(Thanks))] == [arrived.donation_id]
    post.answer = lambda _reader: None
    send_now(fund, [lost.donation_id])
    assert states() == [MailState.ACCEPTED, MailState.REOPENED, MailState.SENT]


@ONE
def test_only_a_treasurer_sends_and_decides(fund: FoundedFund, post: MailServer) -> None:
    [donation_id] = make_gifts(fund, 1)
    send_now(fund, [donation_id])

    with pytest.raises(NotAllowed):
        mails(fund.auditor, [donation_id], secrets.token_hex(16))
    with pytest.raises(NotAllowed):
        do(decide, actor=fund.auditor, mail_id=rows(select(ThanksMail))[0].id, arrived=True, reason="x")


@ONE
def test_no_row_says_to_whom_a_message_goes(fund: FoundedFund, post: MailServer) -> None:
    press_send(fund, make_gifts(fund, 1))

    with db.engine.connect() as connection:
        for table in tables():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                assert not any(word in str(cell) for cell in row for word in ("Giver0", "giver0", "post.example"))


@ONE
def test_a_message_to_who_is_never_to_be_named_leaves_no_name_on_its_way(
    fund: FoundedFund, app: Flask, post: MailServer, browser_of: BrowserOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser, data = browser_of(fund.treasurer), app.config["KOMEK"].data
    theirs, refused = (make_donation(fund, donor=hidden_details()) for _each in range(2))
    [others] = make_gifts(fund, 1)
    post.answer = lambda reader: f"550 <{reader}> unknown" if post.readers.count(reader) else None
    page = browser.get("/thanks/").form_to(button="Messages by e-mail")
    chosen = [str(each) for each in (theirs, others, refused)]
    checked = browser.post("/thanks/check", {**page.filled, "way": "email", "donation": chosen})
    browser.send(checked, {"donation": chosen}, button="Send now")
    [job_id] = rows(select(ThanksMail.job_id).distinct())
    waits = [*every_row(app), *files_under(data)]
    run_job(job_id)
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the mail server's
    done = [*every_row(app), *files_under(data), ("the log", "\n".join(ours).encode())]

    said = {reader: f"{message['Subject']}\n{message.get_content()}" for reader, message in post.taken}
    assert sorted(said) == sorted([HIDDEN["email"], "giver0@post.example.org"])
    assert "Dear friend," in said[HIDDEN["email"]]
    assert named_in([(reader, text_.encode()) for reader, text_ in said.items()]) == []
    assert named_in([("others", bytes(message)) for reader, message in post.taken if reader != HIDDEN["email"]]) == []
    assert {"table thanks_mail", "table job", "table parcel", "table run_key"} <= {where for where, _raw in waits}
    assert any("queue.db" in where for where, _raw in waits)
    assert named_in(waits) == []
    assert sorted(states()) == [MailState.FAILED, MailState.SENT, MailState.SENT]
    assert named_in(done) == []
