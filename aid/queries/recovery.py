"""Whether the fund could be opened again by its recovery shares, and what is missing to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission, Role
from aid.domain.rings import RingKind
from aid.domain.words import Message, _
from aid.models.audit import AuditLine
from aid.models.base import in_language
from aid.models.founding import FoundingAct
from aid.models.fund import Locality, Point
from aid.models.people import Person, PersonState, Ring, RingEpoch
from aid.models.recovery import RecoveryCopy, RecoveryKey, RecoveryShare, ShareConfirmation, ShareLoss
from aid.vault.actor import Actor
from aid.vault.acts import read_act
from aid.vault.rings import RingRef

RING_TITLES: Mapping[RingKind, Message] = MappingProxyType(
    {
        RingKind.NEEDS: _("Facts of need"),
        RingKind.MATCHING: _("Finding families in the whole fund"),
        RingKind.DONORS: _("Donors"),
        RingKind.STAFF: _("Names of those who work here"),
    }
)
"""The rings that are no place's."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share: who has it, where it lies, and how far it has come."""

    generation: int
    number: int
    holder: str
    holder_state: PersonState
    country: str
    confirmed_at: datetime | None
    lost_at: datetime | None
    waits: bool  # its holder has not yet written it down
    mine: bool

    @property
    def mark(self) -> str:
        """What its holder writes on the paper, to know later which one it is."""
        return f"{self.generation}-{self.number}"

    @property
    def is_usable(self) -> bool:
        """Whether it is on paper, and not lost as far as anybody knows."""
        return self.confirmed_at is not None and self.lost_at is None


@dataclass(frozen=True, slots=True)
class Generation:
    """One recovery key with its shares."""

    generation: int
    threshold: int
    made_by: str | None
    made_at: datetime
    confirmed_at: datetime | None
    used_at: datetime | None  # when its shares were last put together to let somebody in
    shares: tuple[ShareRow, ...]

    @property
    def usable(self) -> int:
        """How many shares can be counted on."""
        return sum(share.is_usable for share in self.shares)

    @property
    def missing(self) -> int:
        """How many more have to be confirmed until they are enough."""
        return max(self.threshold - self.usable, 0)

    @property
    def can_come(self) -> int:
        """How many there would be if everybody still confirmed."""
        return self.usable + sum(share.waits for share in self.shares)


@dataclass(frozen=True, slots=True)
class PossibleHolder:
    """Somebody who could hold a share."""

    id: UUID
    handle: str
    is_member: bool  # of the committee: asked first


@dataclass(frozen=True, slots=True)
class LackingRing:
    """A ring whose keys are not yet sealed to the newest recovery key, or not in all their epochs."""

    title: Message | str
    epochs: int
    mine: bool  # the reader holds them, and can seal them


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """What can be recovered today: the key in force, the one that is to follow, and the rings it does not open yet."""

    current: Generation | None
    coming: Generation | None
    lacking: tuple[LackingRing, ...]

    @property
    def newest(self) -> Generation | None:
        """The one that was made last."""
        return self.coming or self.current

    @property
    def i_can_seal(self) -> bool:
        """Whether the reader holds rings that are not sealed to it yet."""
        return any(ring.mine for ring in self.lacking)


_IS_WHOLE = select(exists().where(RecoveryKey.__table__.c.confirmed_at.is_not(None)))


def is_provisional(session: Session) -> bool:
    """Whether no recovery shares have ever been enough: until then, no real family is written down."""
    return not session.scalar(_IS_WHOLE)


def recovery_state(session: Session, *, actor: Actor) -> RecoveryState:
    """The shares and what they open."""
    actor.must(Permission.SEE_CUSTODY)
    keys = session.scalars(select(RecoveryKey).order_by(RecoveryKey.generation.desc())).all()
    current = next((key for key in keys if key.confirmed_at is not None), None)
    newest = keys[0] if keys else None
    return RecoveryState(
        current=_generation(session, current, actor=actor) if current else None,
        coming=_generation(session, newest, actor=actor) if newest and newest is not current else None,
        lacking=_lacking(session, newest.generation, actor=actor) if newest else (),
    )


def own_shares(session: Session, *, actor: Actor) -> list[ShareRow]:
    """The shares that were made for the reader, the newest first; of those no longer in force, none."""
    in_force = [key.generation for key in _in_force(session)]
    rows = _shares(session, in_force, actor=actor)
    return [share for share in reversed(rows) if share.mine]


def one_share(session: Session, *, actor: Actor, generation: int, number: int) -> ShareRow | None:
    """One share, as its holder and the coordinators see it."""
    return next((share for share in _shares(session, [generation], actor=actor) if share.number == number), None)


def usual_shares(session: Session) -> tuple[int, int]:
    """How many shares of how many were enough the last time; at first, what the founding act says."""
    last = select(RecoveryKey.threshold, RecoveryKey.shares).order_by(RecoveryKey.generation.desc()).limit(1)
    if found := session.execute(last).one_or_none():
        return found.threshold, found.shares
    act = read_act(session.scalars(select(FoundingAct.content)).one())
    return act.threshold, act.shares


def possible_holders(session: Session, *, actor: Actor) -> list[PossibleHolder]:
    """Everybody at work, the committee first."""
    actor.must(Permission.MAKE_SHARES)
    people = session.scalars(select(Person).where(Person.state == PersonState.ACTIVE).order_by(Person.handle)).all()
    found = [
        PossibleHolder(person.id, person.handle, any(grant.role is Role.COMMITTEE_MEMBER for grant in person.grants))
        for person in people
    ]
    return sorted(found, key=lambda holder: not holder.is_member)


def held_and_lacking(session: Session, *, actor: Actor) -> tuple[LackingRing, ...]:
    """The rings that the reader holds, and that the newest recovery key can't open yet."""
    newest = session.scalar(select(func.max(RecoveryKey.generation)))
    if newest is None:
        return ()
    return tuple(ring for ring in _lacking(session, newest, actor=actor) if ring.mine)


def usable_shares(session: Session, generation: int) -> int:
    """How many shares of a generation are on paper and not lost."""
    lost = exists().where(ShareLoss.generation == generation, ShareLoss.number == ShareConfirmation.number)
    counted = select(func.count()).where(ShareConfirmation.generation == generation, ~lost)
    return session.scalar(counted) or 0


def epochs_lacking(session: Session, generation: int) -> list[RingRef]:
    """Ring epochs that this generation has no copy of."""
    copied = exists().where(
        RecoveryCopy.ring_id == RingEpoch.ring_id,
        RecoveryCopy.epoch == RingEpoch.epoch,
        RecoveryCopy.generation == generation,
    )
    found = select(RingEpoch.ring_id, RingEpoch.epoch).where(~copied).order_by(RingEpoch.ring_id, RingEpoch.epoch)
    return [RingRef(ring_id, epoch) for ring_id, epoch in session.execute(found)]


def _in_force(session: Session) -> Sequence[RecoveryKey]:
    keys = session.scalars(select(RecoveryKey).order_by(RecoveryKey.generation.desc())).all()
    whole = next((key.generation for key in keys if key.confirmed_at is not None), 0)
    return [key for place, key in enumerate(keys) if place == 0 or key.generation == whole]


def _generation(session: Session, key: RecoveryKey, *, actor: Actor) -> Generation:
    made_by = session.scalar(select(Person.handle).where(Person.id == key.made_by_id))
    used = select(func.max(AuditLine.at)).where(AuditLine.act == "recovery.readmitted", AuditLine.at > key.made_at)
    return Generation(
        generation=key.generation,
        threshold=key.threshold,
        made_by=made_by,
        made_at=key.made_at,
        confirmed_at=key.confirmed_at,
        used_at=session.scalar(used),
        shares=tuple(_shares(session, [key.generation], actor=actor)),
    )


def _shares(session: Session, generations: Sequence[int], *, actor: Actor) -> list[ShareRow]:
    share = RecoveryShare
    same = (ShareConfirmation.generation == share.generation) & (ShareConfirmation.number == share.number)
    lost = (ShareLoss.generation == share.generation) & (ShareLoss.number == share.number)
    rows = session.execute(
        select(share, Person.handle, Person.state, ShareConfirmation.at, ShareLoss.at)
        .join(Person, Person.id == share.holder_id)
        .outerjoin(ShareConfirmation, same)
        .outerjoin(ShareLoss, lost)
        .where(share.generation.in_(generations))
        .order_by(share.generation, share.number)
    )
    return [
        ShareRow(
            generation=row.generation,
            number=row.number,
            holder=handle,
            holder_state=state,
            country=row.country,
            confirmed_at=confirmed_at,
            lost_at=lost_at,
            waits=row.sealed is not None,
            mine=row.holder_id == actor.id,
        )
        for row, handle, state, confirmed_at, lost_at in rows
    ]


def _lacking(session: Session, generation: int, *, actor: Actor) -> tuple[LackingRing, ...]:
    by_ring: dict[UUID, list[RingRef]] = {}
    for ref in epochs_lacking(session, generation):
        by_ring.setdefault(ref.ring_id, []).append(ref)
    titles = _titles(session, by_ring, actor=actor)
    return tuple(
        LackingRing(titles[ring_id], len(refs), any(actor.keyring.holds(ref) for ref in refs))
        for ring_id, refs in by_ring.items()
    )


def _titles(session: Session, by_ring: Mapping[UUID, object], *, actor: Actor) -> dict[UUID, Message | str]:
    kinds = session.execute(select(Ring.id, Ring.kind).where(Ring.id.in_(by_ring)))
    titles: dict[UUID, Message | str] = {ring_id: RING_TITLES.get(kind, kind.value) for ring_id, kind in kinds}
    for place in (Locality, Point):
        named = session.execute(select(place.ring_id, place.names).where(place.ring_id.in_(by_ring)))
        titles |= {ring_id: in_language(names, actor.language) for ring_id, names in named}
    return titles
