"""Who acts: a person with their roles, grounds and keyring, as services and sealed queries are given them.

Made in one place from a sign-in or from `--as`; or the system itself, which founds the fund and runs jobs without keys.
Frozen for the length of a request. Raises NotAllowed, worded for the person, where they may not.
"""

from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from aid.domain.languages import Language
from aid.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from aid.domain.refusals import NotAllowed
from aid.domain.rings import RINGS_OF_ROLE, Scope
from aid.domain.words import _
from aid.vault.keyring import Keyring

NEED_KEYS: Final = frozenset(
    {
        Permission.REGISTER_FAMILIES,
        Permission.CONFIRM_FAMILIES,
        Permission.SEARCH_FAMILIES,
        Permission.OPEN_FILES,
        Permission.IMPORT_FAMILIES,
        Permission.OPEN_FACTS,
        Permission.SEE_DONORS,
        Permission.IMPORT_STATEMENTS,
        Permission.THANK_DONORS,
        Permission.TAKE_MESSAGES,
        Permission.RELEASE_MESSAGES,
        Permission.PROPOSE,
        Permission.VOTE,
        Permission.PRINT_VOUCHERS,
        Permission.HAND_OUT,
        Permission.PAY_OUT,
        Permission.MANAGE_STOCK,
        Permission.KEEP_POINT,
        Permission.ADMIT,
        Permission.CHANGE_COMMITTEE,
        Permission.MAKE_SHARES,
        Permission.HOLD_MEETINGS,
        Permission.OPEN_OBJECTIONS,
        Permission.ANSWER_OBJECTIONS,
        Permission.SEE_OBJECTIONS,
        Permission.CALL_FAMILIES,
    }
)
"""What can't be done without a person's keys, and so never by the system."""

_OWN_GROUND: Final = frozenset(
    role for role, grounds in RINGS_OF_ROLE.items() if any(ground.scope is Scope.OWN for ground in grounds)
)


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Somebody at work, or the system.

    Registrars, confirmers and distributors act on their own ground, all others everywhere.
    """

    person_id: UUID | None
    handle: str
    language: Language
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    localities: frozenset[UUID]
    points: frozenset[UUID]
    keyring: Keyring

    @classmethod
    def system(cls, language: Language = Language.EN) -> Self:
        """The fund's own hand, for founding and jobs: everywhere, but without keys."""
        nowhere: frozenset[UUID] = frozenset()
        may = frozenset(Permission) - NEED_KEYS
        return cls(None, "system", language, frozenset(), may, nowhere, nowhere, Keyring.empty())

    @property
    def id(self) -> UUID | None:
        """The person's id; nothing for the system."""
        return self.person_id

    def may(self, permission: Permission, *, locality: UUID | None = None, point: UUID | None = None) -> bool:
        """Whether this may be done, and done here, where a place is named."""
        return permission in self.permissions and (
            self.everywhere(permission)
            or ((locality is None or locality in self.localities) and (point is None or point in self.points))
        )

    def must(self, permission: Permission, *, locality: UUID | None = None, point: UUID | None = None) -> None:
        """Refuse unless this may be done here."""
        if permission not in self.permissions:
            raise NotAllowed(_("Your roles do not allow this. Ask an administrator if you need it for your work."))
        if not self.may(permission, locality=locality, point=point):
            raise NotAllowed(_("This belongs to a place that is not yours. Ask a coordinator to do it."))

    def everywhere(self, permission: Permission) -> bool:
        """Whether this may be done in every locality and at every point, not just on one's own ground."""
        wide = self.roles - _OWN_GROUND
        return permission in self.permissions and (
            self.person_id is None or any(permission in ROLE_PERMISSIONS[role] for role in wide)
        )
