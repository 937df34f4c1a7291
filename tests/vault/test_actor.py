"""Who may do what, and where."""

from uuid import UUID, uuid4

import pytest

from aid.domain.languages import Language
from aid.domain.permissions import Permission, Role, permissions_of
from aid.domain.refusals import NotAllowed
from aid.vault.actor import NEED_KEYS, Actor
from aid.vault.keyring import Keyring

HERE, THERE = uuid4(), uuid4()


def make_actor(*roles: Role, localities: frozenset[UUID] = frozenset(), points: frozenset[UUID] = frozenset()) -> Actor:
    return Actor(
        person_id=uuid4(),
        handle="kün",
        language=Language.KK,
        roles=frozenset(roles),
        permissions=permissions_of(roles),
        localities=localities,
        points=points,
        keyring=Keyring.empty(),
    )


def test_a_registrar_registers_in_their_own_locality_only() -> None:
    registrar = make_actor(Role.REGISTRAR, localities=frozenset({HERE}))

    assert registrar.may(Permission.REGISTER_FAMILIES)
    assert registrar.may(Permission.REGISTER_FAMILIES, locality=HERE)
    assert not registrar.may(Permission.REGISTER_FAMILIES, locality=THERE)
    assert not registrar.everywhere(Permission.REGISTER_FAMILIES)
    with pytest.raises(NotAllowed, match="not yours"):
        registrar.must(Permission.REGISTER_FAMILIES, locality=THERE)


def test_a_distributor_hands_out_at_their_own_point_only() -> None:
    distributor = make_actor(Role.DISTRIBUTOR, points=frozenset({HERE}))

    distributor.must(Permission.HAND_OUT, point=HERE)
    with pytest.raises(NotAllowed, match="not yours"):
        distributor.must(Permission.HAND_OUT, point=THERE)


def test_a_coordinator_works_everywhere() -> None:
    coordinator = make_actor(Role.COORDINATOR)

    assert coordinator.everywhere(Permission.REGISTER_FAMILIES)
    coordinator.must(Permission.REGISTER_FAMILIES, locality=THERE)
    coordinator.must(Permission.PRINT_VOUCHERS, point=THERE)


def test_one_role_does_not_widen_the_ground_of_another() -> None:
    both = make_actor(Role.COORDINATOR, Role.REGISTRAR, localities=frozenset({HERE}))
    mixed = make_actor(Role.AUDITOR, Role.DISTRIBUTOR, points=frozenset({HERE}))

    assert both.may(Permission.REGISTER_FAMILIES, locality=THERE)
    assert not mixed.may(Permission.HAND_OUT, point=THERE)
    assert mixed.may(Permission.SEE_VOUCHERS, point=THERE)


def test_who_lacks_the_permission_is_refused_everywhere() -> None:
    treasurer = make_actor(Role.TREASURER)

    assert not treasurer.may(Permission.OPEN_FILES)
    assert not treasurer.everywhere(Permission.OPEN_FILES)
    with pytest.raises(NotAllowed, match="roles"):
        treasurer.must(Permission.OPEN_FILES)


def test_the_system_has_no_keys_and_nothing_that_needs_them() -> None:
    system = Actor.system()

    assert system.id is None
    assert system.permissions == frozenset(Permission) - NEED_KEYS
    assert system.may(Permission.MANAGE_PEOPLE)
    assert system.may(Permission.SEE_FAMILIES, locality=HERE)
    assert not any(system.may(permission) for permission in NEED_KEYS)
    assert not system.keyring.memberships
