"""Proof that recovery is what its papers say: shares confirmed and lost, and from when on they were enough.

A generation stands as its confirmations and losses put it; what the server still keeps of a share is one that waits for
its holder; and the rings are sealed to keys that are in force. That a copy opens is proved by `recover` only.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import exists, select, union_all
from sqlalchemy.orm import Session

from aid.models.audit import AuditLine
from aid.models.recovery import RecoveryCopy, RecoveryKey, RecoveryShare, ShareConfirmation, ShareLoss
from aid.services.verification.findings import Finding, named
from aid.vault.cbor import load

CONFIRMED, LOST = "recovery.share_confirmed", "recovery.share_lost"


def prove_recovery(session: Session) -> Iterator[Finding]:
    """Recovery keys, shares and copies that stand where nothing put them."""
    keys = session.scalars(select(RecoveryKey).order_by(RecoveryKey.generation)).all()
    for key in keys:
        yield from _key(session, key)
    yield from _shares(session, _last_whole(keys), _last(keys))
    yield from _copies(session, keys)


def _key(session: Session, key: RecoveryKey) -> Iterator[Finding]:
    if key.confirmed_at != _enough_at(session, key):
        text = "it counts as confirmed from another moment on than its shares say"
        yield Finding("recovery_key", str(key.generation), text)
    numbers = session.scalars(select(RecoveryShare.number).where(RecoveryShare.generation == key.generation)).all()
    if sorted(numbers) != list(range(1, key.shares + 1)):
        yield Finding("recovery_key", str(key.generation), f"it has {len(numbers)} shares, and says {key.shares}")


def _enough_at(session: Session, key: RecoveryKey) -> datetime | None:
    """When so many shares were on paper and not lost, in the order in which the chain was told of them."""
    for number, count in _counted(session, key.generation):
        if count >= key.threshold:
            return session.get_one(ShareConfirmation, (key.generation, number)).at
    return None


def _counted(session: Session, generation: int) -> Iterator[tuple[int, int]]:
    """A share that was confirmed, and how many could be counted on with it."""
    told = select(AuditLine.act, AuditLine.made).where(AuditLine.act.in_((CONFIRMED, LOST))).order_by(AuditLine.seq)
    on_paper, gone = set[int](), set[int]()
    for act, made in session.execute(told):
        [[_table, [of, number], _hash]] = load(made)
        if of == generation and act == LOST:
            gone.add(number)
        elif of == generation:
            on_paper.add(number)
            yield number, len(on_paper - gone)


def _shares(session: Session, last_whole: int, last: int) -> Iterator[Finding]:
    """A share is kept until it is on paper, lost, or made anew; not longer, and not shorter."""
    share = RecoveryShare
    said = union_all(
        select(ShareConfirmation.generation, ShareConfirmation.number), select(ShareLoss.generation, ShareLoss.number)
    ).subquery()
    settled = exists().where(said.c.generation == share.generation, said.c.number == share.number)
    kept = select(share.generation, share.number).where(share.sealed.is_not(None))
    waits = (share.generation == last) | (share.generation == last_whole)
    for key in session.execute(kept.where(settled | ~waits)):
        yield Finding("recovery_share", named(key), "the server still keeps it, though nobody waits for it")
    gone = select(share.generation, share.number).where(share.sealed.is_(None), waits, ~settled)
    for key in session.execute(gone):
        yield Finding("recovery_share", named(key), "it is gone before its holder had it on paper")


def _copies(session: Session, keys: Sequence[RecoveryKey]) -> Iterator[Finding]:
    """A ring that any recovery key opened is opened by the one in force, or by one before it until it is."""
    whole = _last_whole(keys)
    unfinished = [key.generation for key in keys if key.confirmed_at is None and key.generation != _last(keys)]
    stale = select(RecoveryCopy.ring_id, RecoveryCopy.epoch, RecoveryCopy.generation).where(
        RecoveryCopy.generation.in_(unfinished)
    )
    for key in session.execute(stale):
        yield Finding("recovery_copy", named(key), "it is sealed to shares that were never enough")
    newer = select(RecoveryCopy.ring_id, RecoveryCopy.epoch).where(RecoveryCopy.generation == whole)
    opened = {tuple(key) for key in session.execute(newer)}
    older = select(RecoveryCopy.ring_id, RecoveryCopy.epoch, RecoveryCopy.generation)
    for ring_id, epoch, generation in session.execute(older.where(RecoveryCopy.generation < whole)):
        if (ring_id, epoch) in opened:
            text = "it is sealed to old shares, though the new ones open it"
            yield Finding("recovery_copy", named((ring_id, epoch, generation)), text)


def _last_whole(keys: Sequence[RecoveryKey]) -> int:
    return max((key.generation for key in keys if key.confirmed_at is not None), default=0)


def _last(keys: Sequence[RecoveryKey]) -> int:
    return max((key.generation for key in keys), default=0)
