"""Families for tests: sensible by default, one line to vary."""

from dataclasses import replace
from datetime import date
from typing import Any

from aid.domain.families import BirthDate, Circumstance, Consent, Family, Kinship, Member
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.services.confirmations import confirm
from aid.services.families import Registered, Registration, register
from aid.vault.actor import Actor
from tests.make import do
from tests.make.fund import FoundedFund

CONSENT = Consent(date(2026, 7, 1), 1)
NAMES = ("Нұрлан", "Айгүл", "Дана", "Ерлан", "Мадина", "Арман", "Сәуле", "Тимур")
SYLLABLES = "ба ва га да за ка ла ма на ра".split()


def a_family(members: int = 3, *, surname: str = "Серікқызы", phone: str | None = None, **changed: Any) -> Family:
    """A worker, a partner, and children in the first grades. Another surname is another family."""
    people = [
        Member(f"{NAMES[0]} {surname}", BirthDate(1985, 3, 1), Kinship.WORKER),
        Member(f"{NAMES[1]} {surname}", BirthDate(1987), Kinship.PARTNER),
        *(
            Member(
                f"{NAMES[2 + place % 6]} {surname}",
                BirthDate(2016 + place % 6, 5, 1 + place % 28),
                Kinship.CHILD,
                grade=1 + place % 6,
                school="№ 5",
                clothes_size="128",
                shoe_size="33",
            )
            for place in range(max(members - 2, 0))
        ),
    ][:members]
    usual = Family(
        members=tuple(people),
        phone=phone or f"+7701{new_id().int % 10_000_000:07}",
        address="Абай көшесі 12",
        circumstances=frozenset({Circumstance.ON_STRIKE, Circumstance.DISMISSED}),
        workplace="Мұнайшы",
        dismissed_on=date(2026, 5, 20),
        wages_stopped_on=date(2026, 5, 1),
        language=Language.KK,
        collectors=(f"{NAMES[0]} {surname}", f"{NAMES[1]} {surname}"),
        check_word="алма",
        consent=CONSENT,
    )
    return replace(usual, **changed)


def make_family(
    fund: FoundedFund,
    members: int = 3,
    *,
    by: Actor | None = None,
    locality: str = "old-town",
    point: str = "club",
    confirmed: bool = True,
    **changed: Any,
) -> Registered:
    """A family in the register, registered by the registrar and confirmed by the second one."""
    changed.setdefault("surname", "".join(SYLLABLES[int(digit)] for digit in f"{new_id().int % 10**10:010}").title())
    registration = Registration(fund.localities[locality], fund.points[point], a_family(members, **changed))
    usual = fund.registrar if locality == "old-town" else fund.registrar_elsewhere
    registered = do(register, actor=by or usual, order=registration)
    assert isinstance(registered, Registered), registered
    if confirmed:
        do(confirm, actor=fund.registrar2, family_id=registered.family_id, version=1)
    return registered
