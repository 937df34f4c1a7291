"""The sitting in this request: its browser, and what it has typed so far."""

from collections.abc import Mapping
from typing import Any

from flask import abort, session, url_for

from aid.domain.sitting import STEP_TITLES, Step, first_trouble, must_sit
from aid.domain.words import Message
from aid.extensions import reading
from aid.formats import fresh_key
from aid.perform import perform
from aid.queries.founding import OpenSitting, open_sitting
from aid.security.sessions import KomekSession
from aid.services import sittings
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie

ORDER = tuple(Step)


def cookie_here() -> SignInCookie:
    """The cookie of this browser."""
    assert isinstance(session, KomekSession)
    return session.cookie


def the_sitting() -> OpenSitting:
    """The sitting that goes on in this browser."""
    sitting = open_sitting(reading(), cookie=cookie_here())
    if sitting is None:
        abort(404)
    return sitting


def keep(sitting: OpenSitting, **kept: Any) -> None:
    """Keep this with the sitting."""
    perform(fresh_key(), sittings.note, actor=Actor.system(), sitting_key=sitting.key, kept=kept)


def keep_page(sitting: OpenSitting, step: Step, typed: Mapping[str, Any]) -> OpenSitting:
    """Keep what was typed on a page; whoever's seat is no longer in the plan gives it back."""
    keep(sitting, steps={**sitting.typed, step.value: dict(typed)})
    now = the_sitting()
    wanted = {person.handle for person in must_sit(now.plan) if now.is_seated(person)}
    for handle in set(now.seats) - wanted:
        perform(fresh_key(), sittings.rise, actor=Actor.system(), sitting_key=now.key, handle=handle)
    return the_sitting()


def neighbours(step: Step) -> tuple[str, str]:
    """The pages before and after this one."""
    place = ORDER.index(step)
    before = url_for(f".{ORDER[place - 1]}") if place else url_for(".sitting")
    after = url_for(f".{ORDER[place + 1]}") if place + 1 < len(ORDER) else url_for("seats.index")
    return before, after


def pages_of(sitting: OpenSitting) -> list[tuple[Message, str, str, Message | None]]:
    """Every page of the sitting: title, address, "done", "waits" or "wrong", and what is wrong."""
    trouble = first_trouble(sitting.typed, sitting.others)
    wrong = {trouble.step: trouble.refusal.message} if trouble else {}
    return [
        (
            STEP_TITLES[step],
            url_for(f"founding.{step}"),
            "wrong" if step in wrong else "done" if step in sitting.typed else "waits",
            wrong.get(step),
        )
        for step in ORDER
    ]
