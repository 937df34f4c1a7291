"""A fund's plan while it is still being typed, page by page: which page comes when, and what its values make.

What each page keeps is plain: texts, numbers, lists and maps with the names of its fields. A page that nobody came to
yet is filled with something harmless, so that each can be checked as soon as it is there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from anyascii import anyascii

from aid.domain.founding import check_plan
from aid.domain.fund import (
    LONGEST_CODE,
    FundPlan,
    HolderPlan,
    LocalityPlan,
    Names,
    PersonPlan,
    PointPlan,
    PurposePlan,
)
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.quorum import SMALLEST_QUORUM
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

Typed = Mapping[str, Any]


class Step(StrEnum):
    """A page of the sitting, in their order."""

    FUND = "fund"
    MONEY = "money"
    LOCALITIES = "localities"
    POINTS = "points"
    PEOPLE = "people"
    RULES = "rules"
    RECOVERY = "recovery"


STEP_TITLES: Mapping[Step, Message] = MappingProxyType(
    {
        Step.FUND: _("The fund and its name"),
        Step.MONEY: _("What the money is for"),
        Step.LOCALITIES: _("Where families live"),
        Step.POINTS: _("Where aid is handed out"),
        Step.PEOPLE: _("Who sits here"),
        Step.RULES: _("How the committee decides"),
        Step.RECOVERY: _("Recovery shares"),
    }
)

_NAMES = {"kk": "–", "ru": "–", "en": "–"}
_FILLED: Mapping[Step, Typed] = MappingProxyType(
    {
        Step.FUND: {
            "languages": list(Language),
            "own": Language.KK.value,
            "currency": "KZT",
            "time_zone": "Asia/Almaty",
            **{f"{what}_{language}": "–" for what in ("name", "paper") for language in Language},
        },
        Step.MONEY: {"purposes": [{**_NAMES, "code": "general"}]},
        Step.LOCALITIES: {"localities": [{**_NAMES, "code": "here"}]},
        Step.POINTS: {"points": [{**_NAMES, "code": "point", "locality": None}]},
        Step.PEOPLE: {
            "administrator": {"handle": "administrator"},
            "coordinator": {"handle": "coordinator"},
            "members": [{"handle": f"m{n}", "alternate": f"a{n}"} for n in range(SMALLEST_QUORUM)],
        },
        Step.RULES: {"quorum": SMALLEST_QUORUM, "notice_hours": 24, "delay_hours": 24, "absence_hours": 72},
        Step.RECOVERY: {"threshold": 3, "holders": [], "despite_country": False, "recipients": ""},
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and on which page."""

    step: Step
    refusal: RuleBroken


def plan_of(typed: Mapping[str, Typed], others: Iterable[PersonPlan] = ()) -> FundPlan:
    """The plan that these pages make; `others` are people of a fund file who don't sit here."""
    page = {step: typed.get(step) or _FILLED[step] for step in Step}
    fund, rules, recovery = page[Step.FUND], page[Step.RULES], page[Step.RECOVERY]
    languages = _languages(fund)
    localities = tuple(LocalityPlan(*_named(row)) for row in page[Step.LOCALITIES]["localities"])
    holders = tuple(
        HolderPlan(str(row["handle"]), str(row["country"]))
        for row in recovery["holders"]
        if row.get("handle") or row.get("country")
    )
    return FundPlan(
        name=_names(fund, "name_"),
        paper_title=_names(fund, "paper_"),
        currency=fund["currency"],
        languages=languages,
        time_zone=fund["time_zone"],
        purposes=tuple(PurposePlan(*_named(row)) for row in page[Step.MONEY]["purposes"]),
        localities=localities,
        points=tuple(
            PointPlan(*_named(row), locality=row["locality"] or (localities[0].code if localities else ""))
            for row in page[Step.POINTS]["points"]
        ),
        people=(*_sitting(page[Step.PEOPLE], languages), *others),
        quorum=rules["quorum"],
        notice_hours=rules["notice_hours"],
        delay_hours=rules["delay_hours"],
        absence_hours=rules["absence_hours"],
        share_threshold=recovery["threshold"],
        share_count=len(holders) or 5,
        share_holders=holders,
        despite_country=bool(recovery["despite_country"]),
        backup_recipients=tuple(recovery["recipients"].split()),
    )


def check_until(step: Step, typed: Mapping[str, Typed], others: Iterable[PersonPlan] = ()) -> None:
    """Raise RuleBroken unless the pages up to this one hold together."""
    until = [*Step][: [*Step].index(step) + 1]
    plan = plan_of({page: typed[page] for page in until if page in typed}, others if Step.PEOPLE in until else ())
    check_plan(plan)
    if Step.PEOPLE in until:
        for member in plan.holders(Role.COMMITTEE_MEMBER):
            if member.alternate is None:
                raise RuleBroken(
                    _("%(handle)s names no alternate. Who takes the seat if they are arrested?", handle=member.handle)
                )
    if step is Step.RECOVERY and step in typed and not plan.share_holders:
        raise RuleBroken(_("Nobody holds a recovery share. Without them, a lost password may lose everything."))


def first_trouble(typed: Mapping[str, Typed], others: Iterable[PersonPlan] = ()) -> Trouble | None:
    """The first page that is there and does not hold, or nothing."""
    people = tuple(others)
    for step in (step for step in Step if step in typed):
        try:
            check_until(step, typed, people)
        except RuleBroken as refusal:
            return Trouble(step, refusal)
    return None


def must_sit(plan: FundPlan) -> tuple[PersonPlan, ...]:
    """Who takes a seat before the fund is founded: nobody else makes their keys."""
    holders = {holder.handle for holder in plan.share_holders}
    first = {plan.holders(role)[0].handle for role in (Role.ADMINISTRATOR, Role.COORDINATOR) if plan.holders(role)}
    return tuple(
        person for person in plan.people if Role.COMMITTEE_MEMBER in person.roles or person.handle in holders | first
    )


def code_of(row: Typed) -> str:
    """The code that was typed, or one made of the name: "Ескі қала" becomes eski-qala."""
    if typed := (row.get("code") or "").strip():
        return typed
    name = row.get("en") or row.get("ru") or row.get("kk") or ""
    letters = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower())
    return letters[:LONGEST_CODE].strip("-")


def _languages(fund: Typed) -> tuple[Language, ...]:
    """The fund's own language first."""
    chosen = [Language(code) for code in fund["languages"] if code in set(Language)]
    return tuple(sorted(chosen, key=lambda language: (language.value != fund["own"], [*Language].index(language))))


def _names(row: Typed, before: str = "") -> Names:
    return Names(*((row.get(f"{before}{language}") or "").strip() or None for language in Language))


def _named(row: Typed) -> tuple[str, Names]:
    return code_of(row), _names(row)


def _sitting(page: Typed, languages: Sequence[Language]) -> Iterable[PersonPlan]:
    own = languages[0] if languages else Language.KK
    yield _person(page["administrator"], Role.ADMINISTRATOR, own)
    yield _person(page["coordinator"], Role.COORDINATOR, own)
    for row in page["members"]:
        if any((row.get(name) or "").strip() for name in ("handle", "name", "alternate")):
            yield _person(row, Role.COMMITTEE_MEMBER, own)


def _person(row: Typed, role: Role, own: Language) -> PersonPlan:
    language = row.get("language")
    return PersonPlan(
        handle=handle_of(row.get("handle")),
        name=(row.get("name") or "").strip() or None,
        language=Language(language) if language in set(Language) else own,
        roles=frozenset({role}),
        alternate=handle_of(row.get("alternate")) or None,
    )


def handle_of(typed: str | None) -> str:
    """A handle however it was typed."""
    return (typed or "").strip().casefold()


def typed_of(plan: FundPlan) -> tuple[dict[str, dict[str, Any]], tuple[PersonPlan, ...]]:
    """The pages as a fund file fills them in, and the people of the file who have no line on them."""
    administrators, coordinators = plan.holders(Role.ADMINISTRATOR), plan.holders(Role.COORDINATOR)
    members = plan.holders(Role.COMMITTEE_MEMBER)
    here = {person.handle for person in (*administrators[:1], *coordinators[:1], *members)}
    names = {f"name_{language}": plan.name.given(language) or "" for language in Language}
    papers = {f"paper_{language}": plan.paper_title.given(language) or "" for language in Language}
    typed: dict[Step, dict[str, Any]] = {
        Step.FUND: {
            "languages": [language.value for language in plan.languages],
            "own": plan.languages[0].value if plan.languages else "",
            "currency": plan.currency,
            "time_zone": plan.time_zone,
            **names,
            **papers,
        },
        Step.MONEY: {"purposes": [_row(purpose.code, purpose.names) for purpose in plan.purposes]},
        Step.LOCALITIES: {"localities": [_row(place.code, place.names) for place in plan.localities]},
        Step.POINTS: {"points": [{**_row(p.code, p.names), "locality": p.locality} for p in plan.points]},
        Step.PEOPLE: {
            "administrator": _line(administrators[0]) if administrators else {},
            "coordinator": _line(coordinators[0]) if coordinators else {},
            "members": [_line(member) for member in members],
        },
        Step.RULES: {
            "quorum": plan.quorum,
            "notice_hours": plan.notice_hours,
            "delay_hours": plan.delay_hours,
            "absence_hours": plan.absence_hours,
        },
    }
    if plan.share_holders:
        typed[Step.RECOVERY] = {
            "threshold": plan.share_threshold,
            "holders": [{"handle": holder.handle, "country": holder.country} for holder in plan.share_holders],
            "despite_country": plan.despite_country,
            "recipients": "\n".join(plan.backup_recipients),
        }
    others = tuple(person for person in plan.people if person.handle not in here)
    return {step.value: page for step, page in typed.items()}, others


def _row(code: str, names: Names) -> dict[str, str]:
    return {**{language.value: names.given(language) or "" for language in Language}, "code": code}


def _line(person: PersonPlan) -> dict[str, str]:
    return {
        "handle": person.handle,
        "name": person.name or "",
        "language": person.language.value,
        "alternate": person.alternate or "",
    }


def person_plain(person: PersonPlan) -> dict[str, Any]:
    """A person as a sitting keeps them."""
    return {
        "handle": person.handle,
        "name": person.name,
        "language": person.language.value,
        "roles": sorted(person.roles),
        "localities": sorted(person.localities),
        "points": sorted(person.points),
        "alternate": person.alternate,
    }


def person_read(plain: Typed) -> PersonPlan:
    """A person as a sitting kept them."""
    return PersonPlan(
        handle=plain["handle"],
        name=plain["name"],
        language=Language(plain["language"]),
        roles=frozenset(Role(role) for role in plain["roles"]),
        localities=frozenset(plain["localities"]),
        points=frozenset(plain["points"]),
        alternate=plain["alternate"],
    )
