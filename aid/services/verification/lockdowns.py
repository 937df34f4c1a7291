"""Proof that a locked fund was opened by the keys of two people in the time they have, or by recovery shares."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.custody import TWO_KEYS_WITHIN, ResetReason
from aid.models.custody import KeyReset, Lockdown, LockdownKey
from aid.services.verification.findings import Finding


def prove_lockdowns(session: Session) -> Iterator[Finding]:
    """Lockdowns that are lifted though nobody turned two keys, or not lifted though two people did."""
    lockdowns = select(Lockdown.id, Lockdown.at, Lockdown.lifted_at).order_by(Lockdown.at)
    by_shares = select(KeyReset.id).where(KeyReset.reason == ResetReason.RECOVERED, KeyReset.by_id.is_(None))
    for lockdown_id, at, lifted_at in session.execute(lockdowns).all():
        keys = select(LockdownKey.person_id, LockdownKey.at).where(LockdownKey.lockdown_id == lockdown_id)
        turned = [(person_id, when) for person_id, when in session.execute(keys)]
        if lifted_at is None or _opens(turned, at=at, lifted_at=lifted_at):
            continue
        if not session.scalar(select(by_shares.where(KeyReset.at == lifted_at).exists())):
            yield Finding("lockdown", str(lockdown_id), "it was lifted without the keys of two people")


def _opens(turned: list[tuple[UUID, datetime]], *, at: datetime, lifted_at: datetime) -> bool:
    """Whether two people turned their keys, the second of them as it was lifted."""
    return any(
        one != other and at <= first <= second == lifted_at and second - first < TWO_KEYS_WITHIN
        for (one, first), (other, second) in combinations(sorted(turned, key=lambda key: key[1]), 2)
    )
