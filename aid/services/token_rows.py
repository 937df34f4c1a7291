"""The rows by which families are found: of one family side by side at first, then each in its place in the index.

Who reads or deletes asks the fresh ones first, or both in one statement: what is put in its places meanwhile may then
be seen twice, but is never missed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    CompoundSelect,
    LargeBinary,
    Select,
    Uuid,
    bindparam,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from aid.models.families import FreshTokens, IndexToken
from aid.vault.tokens import TOKEN_LENGTH

KINDS = (FreshTokens, IndexToken)
"""In the order in which they are read and deleted."""

EVERY = 16
"""After so many families, on average, the fresh ones are put in their places: each of them is looked through."""

MANY = 8
"""So many families at once go to their places at once."""

AT_ONCE = 50
"""So many tokens are asked for in one statement."""

_TOKEN, _FRESH = IndexToken.__table__.c, FreshTokens.__table__.c
_INSERT_FRESH, _DELETE_FRESH = FreshTokens.__table__.insert(), FreshTokens.__table__.delete()  # type: ignore[attr-defined]
_INSERT_IN_PLACE = IndexToken.__table__.insert()  # type: ignore[attr-defined]


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
    for start in range(0, len(tokens), AT_ONCE):
        some = tokens[start : start + AT_ONCE]
        for packed, family_id in session.execute(_with_one(len(some)), _named(locality_id, some)):
            yield from ((token, family_id) for token in some if _holds(packed, token))


def with_each_of(session: Session, locality_id: UUID, tokens: Collection[bytes], *, most: int) -> set[UUID]:
    """So many families of the locality, at most, that have all of the tokens."""
    wanted = sorted(set(tokens))
    named = _named(locality_id, wanted)
    lately = session.execute(_lately_with_each(len(wanted)), named)
    found = {family_id for packed, family_id in lately if all(_holds(packed, token) for token in wanted)}
    found |= set(session.scalars(_with_each(len(wanted)), named | {"most": most}))
    return set(islice(found, most))


class Contains(FunctionElement[bool]):
    """Whether bytes are somewhere in other bytes."""

    type = Boolean()
    inherit_cache = True


@compiles(Contains, "sqlite")
def _in_sqlite(element: Contains, compiler: SQLCompiler, **how: Any) -> str:
    packed, token = (compiler.process(clause, **how) for clause in element.clauses)
    return f"instr({packed}, {token}) > 0"


@compiles(Contains, "postgresql")
def _in_postgresql(element: Contains, compiler: SQLCompiler, **how: Any) -> str:
    packed, token = (compiler.process(clause, **how) for clause in element.clauses)
    return f"position({token} in {packed}) > 0"


_HERE = bindparam("locality", type_=Uuid())


def _named(locality_id: UUID, tokens: Sequence[bytes]) -> dict[str, Any]:
    return {"locality": locality_id} | {f"token_{place}": token for place, token in enumerate(tokens)}


def _tokens(count: int) -> list[BindParameter[bytes]]:
    return [bindparam(f"token_{place}", type_=LargeBinary()) for place in range(count)]


@cache
def _with_one(count: int) -> CompoundSelect[bytes, UUID]:
    """(tokens, family) of the fresh that seem to have one of so many, and (token, family) of those in their places."""
    tokens = _tokens(count)
    fresh = select(_FRESH.tokens, _FRESH.family_id)
    fresh = fresh.where(_FRESH.locality_id == _HERE, or_(*(Contains(_FRESH.tokens, token) for token in tokens)))
    in_place = select(_TOKEN.token, _TOKEN.family_id).where(_TOKEN.locality_id == _HERE, _TOKEN.token.in_(tokens))
    return fresh.union_all(in_place)


@cache
def _lately_with_each(count: int) -> Select[bytes, UUID]:
    """(tokens, family) of the fresh that seem to have all of so many."""
    each = (Contains(_FRESH.tokens, token) for token in _tokens(count))
    return select(_FRESH.tokens, _FRESH.family_id).where(_FRESH.locality_id == _HERE, *each)


@cache
def _with_each(count: int) -> Select[UUID]:
    """The families that have so many tokens, all in their places."""
    here = select(_TOKEN.family_id).where(_TOKEN.locality_id == _HERE, _TOKEN.token.in_(_tokens(count)))
    return here.group_by(_TOKEN.family_id).having(func.count() == count).limit(bindparam("most"))


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
