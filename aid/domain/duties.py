"""Separation of duties: which roles may not meet in one person.

What is left: a registrar may also confirm (another's families), be a coordinator, or hand out (to families another
registered). Nobody reaches from inventing a family to paying it.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from aid.domain.permissions import Role
from aid.domain.words import Message, _

_EVERY_ROLE = frozenset(Role)
_APART: tuple[tuple[Role, frozenset[Role], Message], ...] = (
    (
        Role.ADMINISTRATOR,
        _EVERY_ROLE,
        _(
            "An administrator holds no other role: who admits people could otherwise make helpers for a "
            "fraud of their own."
        ),
    ),
    (
        Role.AUDITOR,
        _EVERY_ROLE,
        _("An auditor holds no other role: nobody audits their own work."),
    ),
    (
        Role.COMMITTEE_MEMBER,
        _EVERY_ROLE,
        _("A committee member holds no other role: who votes on aid may not register, confirm, pay or hand it out."),
    ),
    (
        Role.TREASURER,
        _EVERY_ROLE,
        _(
            "A treasurer holds no other role: who records the money may not choose whom it reaches, and no "
            "one should know both the donors and the families."
        ),
    ),
    (
        Role.COORDINATOR,
        frozenset({Role.CONFIRMER}),
        _("A coordinator may not be a confirmer: who proposes aid may not also vouch that a family is real."),
    ),
    (
        Role.COORDINATOR,
        frozenset({Role.DISTRIBUTOR}),
        _("A coordinator may not be a distributor: who prints vouchers may not also hand out what they bring."),
    ),
    (
        Role.CONFIRMER,
        frozenset({Role.DISTRIBUTOR}),
        _("A confirmer may not be a distributor: with one registrar they could pay a family that does not exist."),
    ),
)

WHY_APART: Mapping[frozenset[Role], Message] = MappingProxyType(
    {
        frozenset({role, other}): reason
        for role, others, reason in reversed(_APART)  # the first reason named for a pair is the one given
        for other in others - {role}
    }
)
MAY_NOT_MEET: frozenset[frozenset[Role]] = frozenset(WHY_APART)


def why_roles_may_not_meet(roles: Collection[Role]) -> Message | None:
    """Say why one person may not hold all these roles, or nothing."""
    held = frozenset(roles)
    for role, others, reason in _APART:
        if role in held and held & (others - {role}):
            return reason
    return None
