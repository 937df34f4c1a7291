"""Goods of a point whose reported loss nobody answered yet, and who can: until then they are not counted."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from aid.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from aid.domain.stock import MoveCause
from aid.models.goods import StockAct, StockActLine, WriteOffAnswer
from aid.models.people import Person, PersonPoint, PersonState, RoleGrant
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class WaitingLoss:
    """So many of one good were reported lost, by whom, and who else at this point can answer."""

    quantity: int
    by: str
    is_mine: bool
    answerers: tuple[str, ...]  # handles; the reader is none of them


def waiting_losses(session: Session, *, actor: Actor, point_id: UUID) -> dict[str, WaitingLoss]:
    """The losses of a point that wait, by the good's whole code."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    answered = exists().where(WriteOffAnswer.act_id == StockAct.id)
    found = session.execute(
        select(StockActLine.good, StockActLine.quantity, StockAct.by_id, Person.handle)
        .join(StockAct, StockAct.id == StockActLine.act_id)
        .join(Person, Person.id == StockAct.by_id)
        .where(StockAct.kind == MoveCause.WRITTEN_OFF, StockAct.point_id == point_id, ~answered)
    ).all()
    keepers = _keepers(session, point_id) if found else {}
    return {
        good: WaitingLoss(
            quantity,
            by,
            by_id == actor.id,
            tuple(handle for id_, handle in keepers.items() if id_ not in {by_id, actor.id}),
        )
        for good, quantity, by_id, by in found
    }


def _keepers(session: Session, point_id: UUID) -> dict[UUID, str]:
    """Who keeps this point's stock: its own distributors, and whoever may everywhere."""
    wide = [role for role in Role if Permission.KEEP_POINT in ROLE_PERMISSIONS[role] and role is not Role.DISTRIBUTOR]
    here = exists().where(
        PersonPoint.person_id == Person.id, PersonPoint.point_id == point_id, PersonPoint.ended_at.is_(None)
    )
    found = session.execute(
        select(Person.id, Person.handle)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.state == PersonState.ACTIVE,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.role.in_(wide), (RoleGrant.role == Role.DISTRIBUTOR) & here),
        )
        .order_by(Person.handle)
    )
    return {id_: handle for id_, handle in found}  # noqa: C416 - pairs
