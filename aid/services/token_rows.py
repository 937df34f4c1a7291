"""The rows by which families are found: of one family side by side at first, then each in its place in the index.

Who reads or deletes asks the fresh ones first, or both in one statement: what is put in its places meanwhile may then
be seen twice, but is never missed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, delete, func, select
from sqlalchemy.orm import Session

from aid.models.families import FreshTokens, IndexToken
from aid.vault.tokens import TOKEN_LENGTH

KINDS = (FreshTokens, IndexToken)
"""In the order in which they are read and deleted."""

EVERY = 64
"""After so many families, on average, the fresh ones are put in their places."""

MANY = 8
"""So many families at once go to their places at once."""

_TOKEN, _FRESH = IndexToken.__table__.c, FreshTokens.__table__.c
_INSERT_FRESH, _DELETE_FRESH = FreshTokens.__table__.insert(), FreshTokens.__table__.delete()  # type: ignore[attr-defined]
_INSERT_IN_PLACE = IndexToken.__table__.insert()  # type: ignore[attr-defined]
_FRESH_OF = select(_FRESH.tokens, _FRESH.family_id).where(_FRESH.locality_id == bindparam("locality", type_=Uuid()))
_WITH_ANY = _FRESH_OF.union_all(
    select(_TOKEN.token, _TOKEN.family_id).where(
        _TOKEN.locality_id == bindparam("locality", type_=Uuid()),
        _TOKEN.token.in_(bindparam("tokens", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class Findable:
    """A family, and the tokens by which it is found in a locality."""

    locality_id: UUID
    family_id: UUID
    epoch: int  # of the index key they were made with
    tokens: Collection[bytes]


def write(session: Session, families: Sequence[Findable]) -> None:
    """Make families findable. Their own rows must be there already, and no tokens of theirs."""
    found = [family for family in families if family.tokens]
    if len(found) >= MANY:
        _put_in_place(session, found)
        return
    for family in found:
        session.execute(_INSERT_FRESH, _columns(family) | {"tokens": b"".join(family.tokens)})
    if any(family.family_id.int % EVERY == 0 for family in found):  # an id ends in what was drawn at random
        settle(session)


def delete_of(session: Session, family_ids: Select[UUID] | Sequence[UUID]) -> None:
    """Let families be found no more."""
    for kind in KINDS:
        session.execute(delete(kind).where(kind.family_id.in_(family_ids)))


def settle(session: Session) -> None:
    """Put the fresh ones in their places, of whatever locality; but for those that somebody changes at this moment."""
    free = select(_FRESH.family_id).with_for_update(skip_locked=True)
    taken = session.execute(_DELETE_FRESH.where(_FRESH.family_id.in_(free)).returning(*_FRESH)).all()
    _put_in_place(
        session, [Findable(row.locality_id, row.family_id, row.epoch, list(_parted(row.tokens))) for row in taken]
    )


def with_one_of(session: Session, locality_id: UUID, tokens: Sequence[bytes]) -> Iterator[tuple[bytes, UUID]]:
    """Each token that some family of the locality has, with the family."""
    for start in range(0, len(tokens), 500):
        some = tokens[start : start + 500]
        for packed, family_id in session.execute(_WITH_ANY, {"locality": locality_id, "tokens": some}):
            yield from ((token, family_id) for token in some if _holds(packed, token))


def with_each_of(session: Session, locality_id: UUID, tokens: Collection[bytes], *, most: int) -> set[UUID]:
    """So many families of the locality, at most, that have all of the tokens."""
    wanted = frozenset(tokens)
    lately = session.execute(_FRESH_OF, {"locality": locality_id}).all()
    fresh = {family_id for packed, family_id in lately if all(_holds(packed, token) for token in wanted)}
    settled = (
        select(IndexToken.family_id)
        .where(IndexToken.locality_id == locality_id, IndexToken.token.in_(wanted))
        .group_by(IndexToken.family_id)
        .having(func.count() == len(wanted))
        .limit(most)
    )
    return set(islice(fresh | set(session.scalars(settled)), most))


def _put_in_place(session: Session, families: Sequence[Findable]) -> None:
    rows = [_columns(family) | {"token": token} for family in families for token in family.tokens]
    if rows:
        session.execute(_INSERT_IN_PLACE, sorted(rows, key=itemgetter("locality_id", "token")))


def _columns(family: Findable) -> dict[str, Any]:
    return {"locality_id": family.locality_id, "family_id": family.family_id, "epoch": family.epoch}


def _holds(packed: bytes, token: bytes) -> bool:
    """Whether it is one of these tokens, side by side, and not the end of one with the beginning of the next."""
    at = packed.find(token)
    while at > 0 and at % TOKEN_LENGTH:
        at = packed.find(token, at + 1)
    return at >= 0


def _parted(packed: bytes) -> Iterator[bytes]:
    return (packed[start : start + TOKEN_LENGTH] for start in range(0, len(packed), TOKEN_LENGTH))
