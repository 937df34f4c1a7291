"""What somebody works as, and where: which roles need a place, and whom the fund can't do without."""

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from aid.domain.duties import why_roles_may_not_meet
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.rings import RingKind
from aid.domain.words import Message, _

IN_A_LOCALITY = frozenset({Role.REGISTRAR, Role.CONFIRMER})
AT_A_POINT = frozenset({Role.DISTRIBUTOR})
NEVER_NOBODY = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Roles that somebody always holds: without them nobody is admitted or invited any more."""

RING_TITLES = MappingProxyType(
    {
        RingKind.NEEDS: _("Facts of need, for the committee"),
        RingKind.MATCHING: _("Search in all localities"),
        RingKind.DONORS: _("Donors"),
        RingKind.STAFF: _("Names of colleagues"),
    }
)
"""What the keys of the whole fund open; those of a place are called as the place."""


@dataclass(frozen=True, slots=True)
class Work:
    """Somebody's roles, and the localities and points they hold for them."""

    roles: frozenset[Role]
    localities: frozenset[UUID]
    points: frozenset[UUID]

    def where_needed(self) -> "Work":
        """Without places that none of the roles works in."""
        nowhere = frozenset[UUID]()
        return Work(
            self.roles,
            self.localities if self.roles & IN_A_LOCALITY else nowhere,
            self.points if self.roles & AT_A_POINT else nowhere,
        )


def why_not_this_work(work: Work) -> Message | None:
    """Say why nobody can work so, or nothing."""
    if not work.roles:
        return _("This person has no role; give at least one.")
    if reason := why_roles_may_not_meet(work.roles):
        return reason
    if work.roles & IN_A_LOCALITY and not work.localities:
        return _("Registrars and confirmers work in a locality; give at least one.")
    if work.roles & AT_A_POINT and not work.points:
        return _("A distributor works at a point; give at least one.")
    return None


def why_not_change(before: Collection[Role], after: Collection[Role]) -> Message | None:
    """Say why an administrator can't take or give these roles, or nothing."""
    if (Role.COMMITTEE_MEMBER in before) != (Role.COMMITTEE_MEMBER in after):
        return _("Who is on the committee is decided by the committee itself, under “Committee members”.")
    return None


def why_nobody_left(role: Role) -> Message:
    """Why the last holder of this role keeps it."""
    return _("Nobody else has the role “%(role)s”. Give it to somebody else first.", role=ROLE_TITLES[role])
