"""Nobody holds roles that would let one person, or one coerced person, do the whole fraud."""

from itertools import combinations

import pytest

from aid.domain.duties import MAY_NOT_MEET, WHY_APART, why_roles_may_not_meet
from aid.domain.permissions import PERMISSION_TITLES, ROLE_PERMISSIONS, ROLE_TITLES, Permission, Role, permissions_of
from aid.domain.rings import RINGS_OF_ROLE, Ground, RingKind, Scope, rings_of


def allowed_sets() -> list[frozenset[Role]]:
    sets = [frozenset(held) for size in range(1, len(Role) + 1) for held in combinations(Role, size)]
    return [held for held in sets if why_roles_may_not_meet(held) is None]


def test_every_role_and_permission_has_a_title_and_a_holder() -> None:
    assert set(ROLE_TITLES) == set(ROLE_PERMISSIONS) == set(RINGS_OF_ROLE) == set(Role)
    assert set(PERMISSION_TITLES) == set(Permission) == permissions_of(list(Role))


def test_the_roles_that_may_meet_are_these_and_no_others() -> None:
    assert {held for held in allowed_sets() if len(held) > 1} == {
        frozenset({Role.REGISTRAR, Role.CONFIRMER}),
        frozenset({Role.REGISTRAR, Role.COORDINATOR}),
        frozenset({Role.REGISTRAR, Role.DISTRIBUTOR}),
    }


@pytest.mark.parametrize(
    "together",
    [
        {Permission.REGISTER_FAMILIES, Permission.VOTE},
        {Permission.CONFIRM_FAMILIES, Permission.VOTE},
        {Permission.PROPOSE, Permission.VOTE},
        {Permission.PRINT_VOUCHERS, Permission.VOTE},
        {Permission.HAND_OUT, Permission.VOTE},
        {Permission.HAND_OUT, Permission.PRINT_VOUCHERS},
        {Permission.HAND_OUT, Permission.CONFIRM_FAMILIES},
        {Permission.CONFIRM_FAMILIES, Permission.PROPOSE},
        {Permission.RECORD_DONATIONS, Permission.PROPOSE},
        {Permission.SEE_DONORS, Permission.OPEN_FILES},
        {Permission.MANAGE_PEOPLE, Permission.OPEN_FILES},
        {Permission.MANAGE_PEOPLE, Permission.VOTE},
    ],
)
def test_no_permitted_person_can_do_both(together: set[Permission]) -> None:
    assert not [held for held in allowed_sets() if together <= permissions_of(held)]


def test_an_auditor_sees_but_changes_nothing() -> None:
    everybodys = frozenset.intersection(*ROLE_PERMISSIONS.values())
    own = ROLE_PERMISSIONS[Role.AUDITOR] - everybodys
    assert all(permission.value.startswith(("see_", "print_records", "export_")) for permission in own)
    assert rings_of(Role.AUDITOR) == frozenset()


def test_in_a_raid_nobody_waits_for_somebody_with_another_role() -> None:
    everybodys = frozenset.intersection(*ROLE_PERMISSIONS.values())

    assert everybodys == {Permission.REPORT_COLLEAGUE, Permission.LOCK_FUND}


def test_every_pair_that_may_not_meet_has_a_reason_that_is_given() -> None:
    for pair in MAY_NOT_MEET:
        assert why_roles_may_not_meet(pair) == WHY_APART[pair]


def test_a_refused_pair_stays_refused_whatever_else_is_added() -> None:
    for pair in MAY_NOT_MEET:
        for more in Role:
            assert why_roles_may_not_meet(pair | {more}) is not None


def test_one_role_alone_is_always_allowed() -> None:
    assert all(why_roles_may_not_meet([role]) is None for role in Role)


def test_keys_are_given_as_the_design_draws_them() -> None:
    assert rings_of(Role.REGISTRAR) == rings_of(Role.CONFIRMER) == {Ground(RingKind.LOCALITY, Scope.OWN)}
    assert rings_of(Role.DISTRIBUTOR) == {Ground(RingKind.POINT, Scope.OWN)}
    assert rings_of(Role.COMMITTEE_MEMBER) == {Ground(RingKind.NEEDS, Scope.ALL)}
    assert rings_of(Role.TREASURER) == {Ground(RingKind.DONORS, Scope.ALL)}
    assert rings_of(Role.ADMINISTRATOR) == {Ground(RingKind.STAFF, Scope.ALL)}
    assert {ground.kind for ground in rings_of(Role.COORDINATOR)} == set(RingKind) - {RingKind.DONORS}


def test_only_coordinators_and_committee_members_open_facts_beyond_their_own_locality() -> None:
    wide = {RingKind.NEEDS, RingKind.MATCHING}
    holders = {role for role in Role if any(ground.kind in wide for ground in rings_of(role))}
    assert holders == {Role.COORDINATOR, Role.COMMITTEE_MEMBER}
