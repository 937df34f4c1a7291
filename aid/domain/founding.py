"""The rules that a fund's plan must keep before it is founded."""

import re
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aid.domain.duties import why_roles_may_not_meet
from aid.domain.fund import (
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_NOTICE_HOURS,
    SHORTEST_ABSENCE_HOURS,
    FundPlan,
    Names,
    PersonPlan,
    PointPlan,
    is_handle,
)
from aid.domain.languages import OWN_NAMES
from aid.domain.money import digits_of
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.quorum import why_quorum_is_wrong
from aid.domain.recovery import country_with_enough, why_not_so_many
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")


def check_plan(plan: FundPlan) -> None:
    """Raise RuleBroken, naming the item and the remedy, unless a fund can be founded on this plan."""
    _check_languages(plan)
    digits_of(plan.currency)
    _check_time_zone(plan.time_zone)
    _check_names(plan.name, plan, _("The fund’s name"), field="name")
    _check_names(plan.paper_title, plan, _("What stands on vouchers"), field="paper")
    _check_places(plan)
    _check_people(plan)
    _check_committee(plan)


def _check_languages(plan: FundPlan) -> None:
    if not plan.languages:
        raise RuleBroken(_("The fund has no language; give at least one of kk, ru and en."))
    _check_unique(plan.languages, lambda twice: _("The language %(code)s stands twice; remove one.", code=twice))


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleBroken(
            _("The time zone “%(zone)s” is not known; write one such as Asia/Aqtau.", zone=time_zone)
        ) from None


def _check_names(names: Names, plan: FundPlan, what: Message, *, field: str = "") -> None:
    """Every language of the fund has a name that is there and not too long."""
    for language in plan.languages:
        name, where = (names.given(language) or "").strip(), f"{field}_{language}" if field else None
        if not name:
            raise RuleBroken(_("%(what)s is missing in %(language)s.", what=what, language=OWN_NAMES[language]), where)
        if len(name) > LONGEST_NAME:
            raise RuleBroken(
                _("%(what)s has more than %(longest)s letters; shorten it.", what=what, longest=LONGEST_NAME), where
            )


def _check_places(plan: FundPlan) -> None:
    """Purposes, localities and points: at least one of each, with codes and names, each point in a locality."""
    if not plan.purposes:
        raise RuleBroken(_("The fund has no purpose; add at least one, such as general."))
    if not plan.localities:
        raise RuleBroken(_("The fund has no locality; add at least one, where families live."))
    if not plan.points:
        raise RuleBroken(_("The fund has no point; add at least one, where vouchers are collected."))
    for places in (plan.purposes, plan.localities, plan.points):
        _check_codes(tuple(place.code for place in places))
        for place in places:
            _check_names(place.names, plan, _("the name of “%(code)s”", code=place.code))
    for point in plan.points:
        _check_point(point, plan)


def _check_point(point: PointPlan, plan: FundPlan) -> None:
    if point.locality not in {locality.code for locality in plan.localities}:
        raise RuleBroken(
            _(
                "The point “%(point)s” is in the locality “%(locality)s”, which the plan does not have; add it.",
                point=point.code,
                locality=point.locality,
            )
        )
    if point.address is not None:
        _check_names(point.address, plan, _("the address of “%(code)s”", code=point.code))


def _check_codes(codes: tuple[str, ...]) -> None:
    for code in codes:
        if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
            raise RuleBroken(
                _("The code “%(code)s” is not possible; use small Latin letters, digits and dashes.", code=code[:60])
            )
    _check_unique(codes, lambda twice: _("The code “%(code)s” stands twice; rename one.", code=twice))


def _check_people(plan: FundPlan) -> None:
    for person in plan.people:
        _check_person(person, plan)
    handles = tuple(person.handle for person in plan.people)
    _check_unique(handles, lambda twice: _("The handle “%(handle)s” stands twice; rename one.", handle=twice))
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        if not plan.holders(role):
            raise RuleBroken(
                _("Nobody has the role “%(role)s”; give it to at least one person.", role=ROLE_TITLES[role])
            )


def _check_person(person: PersonPlan, plan: FundPlan) -> None:
    """A handle that can be typed, roles that may meet, and the places those roles work in."""
    if not is_handle(person.handle):
        raise RuleBroken(
            _(
                "The handle “%(handle)s” is not possible; begin with a small Latin letter, then letters, digits, "
                "dots and dashes.",
                handle=person.handle[:60],
            )
        )
    if reason := _why_not_this_person(person, plan):
        raise RuleBroken(_("%(handle)s: %(reason)s", handle=person.handle, reason=reason))


def _why_not_this_person(person: PersonPlan, plan: FundPlan) -> Message | None:
    if person.name is not None and not 0 < len(person.name.strip()) <= LONGEST_NAME:
        return _("The name is empty or too long; leave it out or shorten it.")
    if person.language not in plan.languages:
        return _("The fund does not speak “%(language)s”; choose one of its languages.", language=person.language.value)
    if not person.roles:
        return _("This person has no role; give at least one.")
    return why_roles_may_not_meet(person.roles) or _why_not_these_places(person, plan)


def _why_not_these_places(person: PersonPlan, plan: FundPlan) -> Message | None:
    for code in sorted(person.localities - {locality.code for locality in plan.localities}):
        return _("The locality “%(code)s” is not in the plan; add it or correct the code.", code=code)
    for code in sorted(person.points - {point.code for point in plan.points}):
        return _("The point “%(code)s” is not in the plan; add it or correct the code.", code=code)
    if person.roles & {Role.REGISTRAR, Role.CONFIRMER} and not person.localities:
        return _("Registrars and confirmers work in a locality; give at least one.")
    if Role.DISTRIBUTOR in person.roles and not person.points:
        return _("A distributor works at a point; give at least one.")
    return None


def _check_committee(plan: FundPlan) -> None:
    if reason := why_quorum_is_wrong(plan.quorum, len(plan.holders(Role.COMMITTEE_MEMBER))):
        raise RuleBroken(reason, "quorum")
    if not 0 <= plan.notice_hours <= LONGEST_NOTICE_HOURS:
        raise RuleBroken(
            _("The notice is between 0 and %(longest)s hours, which are thirty days.", longest=LONGEST_NOTICE_HOURS),
            "notice_hours",
        )
    _check_changes(plan)
    _check_shares(plan)


def _check_changes(plan: FundPlan) -> None:
    """How slowly a committee changes, and who waits to take a seat in it."""
    if not 1 <= plan.delay_hours <= LONGEST_NOTICE_HOURS:
        raise RuleBroken(
            _("The delay of a change is between 1 and %(longest)s hours.", longest=LONGEST_NOTICE_HOURS), "delay_hours"
        )
    if not SHORTEST_ABSENCE_HOURS <= plan.absence_hours <= LONGEST_NOTICE_HOURS:
        raise RuleBroken(
            _(
                "Before an alternate sits down there are between %(shortest)s and %(longest)s hours.",
                shortest=SHORTEST_ABSENCE_HOURS,
                longest=LONGEST_NOTICE_HOURS,
            ),
            "absence_hours",
        )
    handles = {person.handle for person in plan.people}
    for member in plan.holders(Role.COMMITTEE_MEMBER):
        if member.alternate is not None:
            _check_alternate(member.handle, member.alternate, handles)
    named = [member.alternate for member in plan.holders(Role.COMMITTEE_MEMBER) if member.alternate]
    _check_unique(
        named, lambda twice: _("“%(handle)s” is named as an alternate twice; name another one.", handle=twice)
    )


def _check_alternate(member: str, alternate: str, handles: set[str]) -> None:
    if not is_handle(alternate):
        raise RuleBroken(
            _(
                "%(handle)s: the alternate “%(alternate)s” is no handle; begin with a small Latin letter, then "
                "letters, digits, dots and dashes.",
                handle=member,
                alternate=alternate[:60],
            )
        )
    if alternate in handles:
        raise RuleBroken(
            _(
                "%(handle)s: the alternate “%(alternate)s” works for the fund already; name somebody else.",
                handle=member,
                alternate=alternate,
            )
        )


def _check_shares(plan: FundPlan) -> None:
    if reason := why_not_so_many(threshold=plan.share_threshold, count=plan.share_count):
        raise RuleBroken(reason)
    if plan.share_holders:
        _check_holders(plan)


def _check_holders(plan: FundPlan) -> None:
    """A share each to somebody of the plan, and not enough of them in one country."""
    if len(plan.share_holders) != plan.share_count:
        raise RuleBroken(
            _(
                "There are %(shares)s recovery shares, but %(holders)s people to hold them; name one for each.",
                shares=plan.share_count,
                holders=len(plan.share_holders),
            )
        )
    handles = {person.handle for person in plan.people}
    for holder in plan.share_holders:
        if holder.handle not in handles:
            raise RuleBroken(_("“%(handle)s” holds a recovery share, but is not in the plan.", handle=holder.handle))
        if not _COUNTRY.fullmatch(holder.country):
            raise RuleBroken(_("%(handle)s: say in which country the share will lie.", handle=holder.handle))
    held = tuple(holder.handle for holder in plan.share_holders)
    _check_unique(held, lambda twice: _("%(handle)s holds two recovery shares; give one to another.", handle=twice))
    countries = [holder.country for holder in plan.share_holders]
    if not plan.despite_country and country_with_enough(countries, threshold=plan.share_threshold):
        raise RuleBroken(
            _(
                "So many shares would lie in one country that its police could open everything with them. "
                "Choose holders in more countries, or confirm that you want it so."
            ),
            "despite_country",
        )


def _check_unique(words: Iterable[str], say: Callable[[str], Message]) -> None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise RuleBroken(say(word))
        seen.add(word)
