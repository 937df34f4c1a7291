"""A whole founding in a browser of tests: the code, the pages, the seats, and the fund."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
from flask import Flask

from aid.domain.fund import FundPlan, HolderPlan, LocalityPlan, Names, PersonPlan, PointPlan, PurposePlan
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.sitting import person_plain, plan_of, typed_of
from aid.services.people import TakenSeat, prepare_keys
from aid.services.sittings import NewCode, new_code, open_sitting, take_seat
from aid.vault.actor import Actor
from tests.make import do
from tests.make.browser import Browser, Page
from tests.make.fund import LEAST

MEMBERS = ("marat", "saule", "askar")
EVERYBODY = ("erlan", "dina", *MEMBERS)
COUNTRIES = ("KZ", "KZ", "GE", "DE", "DE")
FUND = {
    "languages": ["kk", "ru", "en"],
    "own": "kk",
    **{f"name_{language}": "Ынтымақ" for language in ("kk", "ru", "en")},
    **{f"paper_{language}": "Көмек тізімі" for language in ("kk", "ru", "en")},
    "currency": "KZT",
    "time_zone": "Asia/Aqtau",
}
LOCALITY = {f"localities-0-{language}": "Ескі қала" for language in ("kk", "ru", "en")}
POINT = {f"points-0-{language}": "Клуб" for language in ("kk", "ru", "en")}
PEOPLE = {
    "administrator-handle": "erlan",
    "administrator-language": "ru",
    "coordinator-handle": "dina",
    "coordinator-name": "Дина Тестова",
    **{f"members-{n}-handle": handle for n, handle in enumerate(MEMBERS)},
    **{f"members-{n}-alternate": f"{handle}-2" for n, handle in enumerate(MEMBERS)},
}
RULES = {"quorum": "3", "notice_hours": "24", "delay_hours": "24", "absence_hours": "72"}
RECOVERY = {
    "threshold": "3",
    **{f"holders-{n}-handle": handle for n, handle in enumerate(EVERYBODY)},
    **{f"holders-{n}-country": country for n, country in enumerate(COUNTRIES)},
}
PAGES: Mapping[str, Mapping[str, Any]] = {
    "fund": FUND,
    "money": {},
    "localities": LOCALITY,
    "points": POINT,
    "people": PEOPLE,
    "rules": RULES,
    "recovery": RECOVERY,
}


def _plan() -> FundPlan:
    """The plan that PAGES make."""
    return replace(
        plan_of({}),
        name=names_of("Ынтымақ"),
        paper_title=names_of("Көмек тізімі"),
        time_zone="Asia/Aqtau",
        purposes=(PurposePlan("general", names_of("Жалпы көмек")),),
        localities=(LocalityPlan("eski-qala", names_of("Ескі қала")),),
        points=(PointPlan("klub", names_of("Клуб"), "eski-qala"),),
        people=(
            PersonPlan("erlan", None, Language.RU, frozenset({Role.ADMINISTRATOR})),
            PersonPlan("dina", "Дина Тестова", Language.KK, frozenset({Role.COORDINATOR})),
            *(
                PersonPlan(handle, None, Language.KK, frozenset({Role.COMMITTEE_MEMBER}), alternate=f"{handle}-2")
                for handle in MEMBERS
            ),
        ),
        share_holders=tuple(HolderPlan(*pair) for pair in zip(EVERYBODY, COUNTRIES, strict=True)),
    )


@cache
def seat_of(handle: str) -> tuple[TakenSeat, bytes]:
    """Somebody's own keys, made once a worker, and the seed on their phone."""
    person_id, seed = new_id(), f"{handle:-<20}".encode()
    keys, _halves = prepare_keys(
        person_id=person_id, password=password_of(handle), totp=seed, votes=handle in MEMBERS, cost=LEAST
    )
    return TakenSeat(handle, person_id, keys), seed


def names_of(text: str) -> Names:
    return Names(kk=text, ru=text, en=text)


PLAN = _plan()


def password_of(handle: str) -> str:
    return f"seven quiet herons of the {handle[::-1]} lake"


class Sitting:
    """The people around one browser."""

    def __init__(self, app: Flask, *, until: str = "", plan: FundPlan | None = None, language: str = "en") -> None:
        laid_out = lay_out(plan or PLAN if until else None, until=until)
        self.code, self.key = laid_out.code, laid_out.key.key
        self.browser = Browser(app, language=language)
        self.seeds: dict[str, str] = {}
        self.typed: dict[str, str] = {}  # the code of each seat

    def begin(self) -> Page:
        """Type the one-time code."""
        return self.browser.submit("/founding/", code=self.code)

    def fill(self) -> Page:
        """Fill in all pages."""
        for name, fields in PAGES.items():
            page = self.fill_in(name, fields)
            assert page.status == 200, page.text
        return page

    def fill_in(self, name: str, fields: Mapping[str, Any]) -> Page:
        """Fill in one page, and go on."""
        return self.browser.submit(f"/founding/{name}", fields, button="" if fields else "Continue")

    def show_phone(self, handle: str) -> Page:
        """Somebody scans the picture, and types what the app shows."""
        page = self.browser.get(f"/founding/seats/{handle}")
        link = next(link for link in page.links if link.startswith("otpauth:"))
        self.seeds[handle] = parse_qs(urlsplit(link).query)["secret"][0]
        self.typed[handle] = self.shown(handle)
        return self.browser.send(page, code=self.typed[handle])

    def sit(self, handle: str) -> Page:
        """Somebody takes their seat: phone, then password."""
        password = password_of(handle)
        return self.browser.send(self.show_phone(handle), password=password, again=password)

    def shown(self, handle: str, *, later: int = 0) -> str:
        """What their phone shows."""
        return pyotp.TOTP(self.seeds[handle]).at(datetime.now(UTC) + timedelta(seconds=30 * later))

    def everybody_sits(self) -> None:
        for handle in EVERYBODY:
            assert "The seat is taken" in self.sit(handle).heading

    def seat_quickly(self, *handles: str) -> None:
        """They take their seats, and nobody looks at the pages."""
        for handle in handles:
            seat, seed = seat_of(handle)
            self.seeds[handle] = b32encode(seed).decode()
            do(take_seat, actor=Actor.system(), sitting_key=self.key, seat=seat)

    def found(self) -> Page:
        """Press the button under everything."""
        return self.browser.press("/founding/check", "Found the fund")


def lay_out(plan: FundPlan | None, *, until: str = "") -> NewCode:
    """A sitting in which some pages were filled in already."""
    code = new_code()
    typed, others = typed_of(plan) if plan else ({}, ())
    steps = {page: typed[page] for page in list(PAGES)[: list(PAGES).index(until) + 1]} if until else {}
    kept = {"steps": steps, "others": [person_plain(person) for person in others]} if steps else {}
    do(open_sitting, actor=Actor.system(), opened_by=code.key, kept=kept)
    return code
