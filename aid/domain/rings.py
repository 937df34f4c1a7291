"""Key rings: the kinds there are, and those that a role is admitted to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from aid.domain.permissions import Role


class RingKind(StrEnum):
    """A kind of key ring: one a locality, one a point, and one each of the others for the whole fund."""

    LOCALITY = "locality"
    POINT = "point"
    NEEDS = "needs"
    MATCHING = "matching"
    DONORS = "donors"
    STAFF = "staff"


class Scope(StrEnum):
    """Whether a role is given the rings of the person's own localities and points, or all there are."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a role is given keys to."""

    kind: RingKind
    scope: Scope


RINGS_OF_ROLE: Mapping[Role, frozenset[Ground]] = MappingProxyType(
    {
        Role.REGISTRAR: frozenset({Ground(RingKind.LOCALITY, Scope.OWN)}),
        Role.CONFIRMER: frozenset({Ground(RingKind.LOCALITY, Scope.OWN)}),
        Role.COORDINATOR: frozenset(Ground(kind, Scope.ALL) for kind in RingKind if kind is not RingKind.DONORS),
        Role.TREASURER: frozenset({Ground(RingKind.DONORS, Scope.ALL)}),
        Role.COMMITTEE_MEMBER: frozenset({Ground(RingKind.NEEDS, Scope.ALL)}),
        Role.DISTRIBUTOR: frozenset({Ground(RingKind.POINT, Scope.OWN)}),
        Role.ADMINISTRATOR: frozenset({Ground(RingKind.STAFF, Scope.ALL)}),
        Role.AUDITOR: frozenset(),
    }
)


def rings_of(role: Role) -> frozenset[Ground]:
    """The kinds of rings a role is admitted to, each for the person's own grounds or for all."""
    return RINGS_OF_ROLE[role]
