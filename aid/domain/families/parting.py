"""One family becoming two, and two becoming one. Both files remember the other by its code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from aid.domain.families.check import MOST_COLLECTORS
from aid.domain.families.file import Consent, Family, Happened
from aid.domain.families.life import check_day, without_collectors
from aid.domain.families.members import Member
from aid.domain.families.words import HistoryKind
from aid.domain.names import fold
from aid.domain.refusals import RuleBroken
from aid.domain.words import _


@dataclass(frozen=True, slots=True)
class Parting:
    """How a family parts: who goes, by their places, and what the new family needs that the old one keeps.

    `collector` collects for the new family; `staying` for the old one, where whoever did so goes.
    """

    on: date
    going: frozenset[int]
    collector: str
    check_word: str
    phone: str | None
    address: str | None
    consent: Consent
    staying: str | None = None


def parted(family: Family, parting: Parting, *, codes: tuple[str, str], today: date) -> tuple[Family, Family]:
    """The family that stays and the one that goes; `codes` are theirs, in this order. Raises RuleBroken."""
    check_day(parting.on, today=today)
    goes = tuple(member for place, member in enumerate(family.members) if place in parting.going)
    stays = tuple(member for place, member in enumerate(family.members) if place not in parting.going)
    if not goes:
        raise RuleBroken(_("Choose who goes into the new family."), "going")
    if not stays:
        raise RuleBroken(_("Somebody has to stay: leave at least one unticked."), "going")
    own, other = codes
    rest = replace(
        family,
        members=stays,
        collectors=without_collectors(family, goes, named=parting.staying, field="staying"),
        history=(*family.history, Happened(HistoryKind.SPLIT, parting.on, code=other)),
    )
    new = replace(
        family,
        members=goes,
        phone=parting.phone,
        address=parting.address,
        collectors=(parting.collector,),
        check_word=parting.check_word,
        consent=parting.consent,
        history=(Happened(HistoryKind.CAME_OF, parting.on, code=own),),
    )
    return rest, new


def united(family: Family, other: Family, *, coming: frozenset[int], on: date, code: str, today: date) -> Family:
    """The first family with those people of the other that come over, and what happened to both. Raises RuleBroken.

    `code` is the other's. The first keeps its own phone, address and check word where it has them.
    """
    check_day(on, today=today)
    if not coming <= set(range(len(other.members))):
        raise RuleBroken(_("Choose who comes over."), "coming")
    people = tuple(member for place, member in enumerate(other.members) if place in coming)
    collectors = tuple(dict.fromkeys((*family.collectors, *other.collectors)))[:MOST_COLLECTORS]
    return replace(
        family,
        members=(*family.members, *people),
        phone=family.phone or other.phone,
        address=family.address or other.address,
        workplace=family.workplace or other.workplace,
        circumstances=family.circumstances | other.circumstances,
        dismissed_on=_first(family.dismissed_on, other.dismissed_on),
        wages_stopped_on=_first(family.wages_stopped_on, other.wages_stopped_on),
        collectors=collectors,
        history=tuple(
            sorted((*family.history, *other.history, Happened(HistoryKind.UNITED, on, code=code)), key=lambda it: it.on)
        ),
    )


def strangers(family: Family, other: Family) -> frozenset[int]:
    """Those people of the other family, by their places, who are not in the first one already, so far as is written."""
    return frozenset(
        place
        for place, member in enumerate(other.members)
        if not any(same_person(member, known) for known in family.members)
    )


def same_person(one: Member, another: Member) -> bool:
    """Whether two entries may be one person: the same name, and no birth date that speaks against it."""
    if one.name is None or another.name is None or fold(one.name) != fold(another.name):
        return False
    if one.born is None or another.born is None:
        return True
    if one.born.exact and another.born.exact:
        return one.born == another.born
    return one.born.year == another.born.year


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)
