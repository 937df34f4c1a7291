"""What a change makes of the committee: the new one in full, or the reason why there can't be one. Writes nothing.

`verify` asks the same for each certificate, so that none says more than the change its members signed.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from aid.domain.fund import is_handle
from aid.domain.membership import ChangeKind, Rules, why_rules_are_wrong, why_too_few_stay
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.vault.certificates import Committee, Member

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change: the seat as it would be, the member who goes, or the rules."""

    kind: ChangeKind
    seat: Member | None = None
    leaves: UUID | None = None
    rules: Rules | None = None


def rules_of(committee: Committee) -> Rules:
    """The committee's own rules."""
    return Rules(
        quorum=committee.quorum,
        notice_hours=committee.notice_hours,
        delay_hours=committee.delay_hours,
        absence_hours=committee.absence_hours,
    )


def changed(base: Committee, wanted: Wanted) -> Committee:
    """The committee after this change. Raises RuleBroken where it would be none."""
    rules = wanted.rules if wanted.kind is ChangeKind.RULES else rules_of(base)
    if rules is None:
        raise RuleBroken(_("Say by which rules the committee shall decide."))
    after = replace(
        base,
        version=base.version + 1,
        previous=base.hash,
        members=_members(base, wanted),
        quorum=rules.quorum,
        notice_hours=rules.notice_hours,
        delay_hours=rules.delay_hours,
        absence_hours=rules.absence_hours,
    )
    if after == replace(base, version=after.version, previous=after.previous):
        raise RuleBroken(_("This changes nothing."))
    check_whole(after)
    return after


def _members(base: Committee, wanted: Wanted) -> tuple[Member, ...]:
    """Everybody's seats after the change."""
    seats = dict(base.by_id)
    match wanted:
        case Wanted(kind=ChangeKind.RULES):
            pass
        case Wanted(kind=ChangeKind.ADMIT, seat=Member() as seat) if seat.person_id not in seats:
            seats[seat.person_id] = seat
        case Wanted(kind=ChangeKind.LEAVE, leaves=UUID() as gone) if gone in seats:
            if reason := why_too_few_stay(members=len(seats), quorum=base.quorum):
                raise RuleBroken(reason)
            del seats[gone]
        case Wanted(kind=ChangeKind.NEW_KEY, seat=Member() as seat) if seat.person_id in seats:
            seats[seat.person_id] = replace(seats[seat.person_id], public=seat.public)
        case Wanted(kind=ChangeKind.NAME_ALTERNATE, seat=Member() as seat) if seat.person_id in seats:
            seats[seat.person_id] = replace(seats[seat.person_id], alternate=seat.alternate)
        case Wanted(kind=ChangeKind.ALTERNATE, seat=Member() as seat, leaves=UUID() as gone) if gone in seats:
            if seat.person_id in seats or seat.handle != seats.pop(gone).alternate:
                raise RuleBroken(_("Only the alternate whom the absent member named takes their seat."))
            seats[seat.person_id] = replace(seat, alternate=None)
        case _other:
            raise RuleBroken(_("The committee has changed meanwhile. Look at it again, then propose what is needed."))
    return tuple(seats.values())


def check_whole(committee: Committee) -> None:
    """Raise RuleBroken unless this is a committee that may be: a quorum of three at least, and one key a seat."""
    members = committee.members
    if wrong := why_rules_are_wrong(rules_of(committee), members=len(committee.by_id)):
        raise RuleBroken(*wrong)
    keys = {member.public for member in members}
    if len(committee.by_id) < len(members) or len(keys) < len(members) or {len(key) for key in keys} != {KEY_BYTES}:
        raise RuleBroken(_("Two seats can’t have the same key, and each has one."))
    _check_alternates(committee)


def _check_alternates(committee: Committee) -> None:
    handles = {member.handle for member in committee.members}
    named = [member.alternate for member in committee.members if member.alternate is not None]
    for alternate in named:
        if not is_handle(alternate):
            reason = _(
                "“%(handle)s” is no handle: small Latin letters, digits, dots and dashes.", handle=alternate[:60]
            )
        elif alternate in handles:
            reason = _("“%(handle)s” is on the committee already, so they can’t be an alternate.", handle=alternate)
        elif named.count(alternate) > 1:
            reason = _("“%(handle)s” is named as an alternate twice; name another one.", handle=alternate)
        else:
            continue
        raise RuleBroken(reason, "alternate")
