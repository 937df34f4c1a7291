"""Proof that every permanent row is carried by the chain exactly once, and is as it was when it was made.

The chain claims rows in the order they were made, tables hold them in the order of their keys, and neither fits in
memory. So each claim (table, key, row hash) and each row is put through an HMAC under a key that only this run knows,
and what comes out is added up, modulo 2²⁵⁶, in buckets. Equal sums mean the same rows: nobody who wrote the database
knew the key, so nobody could choose rows whose sums agree. Only buckets that differ are looked into again, by name.
"""

import hashlib
import hmac
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from typing import Any, TypeAlias, cast

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from aid.models.audit import AuditLine
from aid.models.base import Base, Permanent
from aid.services import audit
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.cbor import NotCanonical, canonical, load

LARGEST_ACT = 1 << 27  # bytes of `made`: a round for a million families
BUCKETS = 1024  # a table
BUCKETS_AT_ONCE = 128
MODULUS = 1 << 256

Bucket: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A row's table, its key, and its hash: as the chain claims it, or as the table has it."""

    table: str
    key: bytes  # canonical CBOR
    hash: bytes


@dataclass(slots=True)
class Sums:
    """What the claims add up to, by bucket."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    by_bucket: defaultdict[Bucket, int] = field(default_factory=lambda: defaultdict(int))

    def bucket(self, claim: Claim) -> Bucket:
        """Where a row belongs, whatever its hash."""
        place = hmac.digest(self.secret, claim.key, hashlib.sha256)
        return claim.table, int.from_bytes(place[:4]) % BUCKETS

    def change(self, claim: Claim, sign: int) -> None:
        """Add a claim, or take away a row."""
        said = canonical([claim.table, claim.key, claim.hash])
        amount = int.from_bytes(hmac.digest(self.secret, said, hashlib.sha256))
        bucket = self.bucket(claim)
        self.by_bucket[bucket] = (self.by_bucket[bucket] + sign * amount) % MODULUS

    def differing(self) -> list[Bucket]:
        """Buckets in which claims and rows are not the same."""
        return sorted(bucket for bucket, amount in self.by_bucket.items() if amount)


def prove_rows(session: Session) -> Iterator[Finding]:
    """Rows that are not those which the chain says were made."""
    sums = Sums()
    for claim in claims(session):
        if isinstance(claim, Finding):
            yield claim
        else:
            sums.change(claim, 1)
    for row in rows(session):
        if isinstance(row, Finding):
            yield row
        else:
            sums.change(row, -1)
    differing = sums.differing()
    for start in range(0, len(differing), BUCKETS_AT_ONCE):
        yield from _by_name(session, sums, frozenset(differing[start : start + BUCKETS_AT_ONCE]))


def claims(session: Session) -> Iterator[Claim | Finding]:
    """What the chain says was made."""
    for line in rows_of(session, AuditLine):
        if isinstance(line, Unreadable):
            continue  # the chain's own proof names it
        try:
            made = load(line.made, largest=LARGEST_ACT)
            said = [Claim(table, canonical(key), hash_) for table, key, hash_ in made]
        except (NotCanonical, TypeError, ValueError):
            yield Finding("audit_line", str(line.seq), "what it says was made can't be read")
            continue
        yield from said


def rows(session: Session) -> Iterator[Claim | Finding]:
    """What stands in the tables."""
    for kind in _filled(session):
        table = kind.__tablename__
        for row in rows_of(session, kind):
            if isinstance(row, Unreadable):
                yield Finding(table, row.key, "it was changed: it can't be read")
            else:
                permanent = cast(Permanent, row)
                yield Claim(table, canonical(audit.key_of(permanent)), audit.row_hash(permanent))


def kinds() -> list[type[Base]]:
    """Every table of permanent rows but the chain itself."""
    every: list[type[Base]] = [mapper.class_ for mapper in Base.registry.mappers]
    permanent = [kind for kind in every if issubclass(kind, Permanent) and kind.__table__ is not AuditLine.__table__]
    return sorted(permanent, key=lambda kind: str(kind.__tablename__))


def _filled(session: Session) -> list[type[Base]]:
    """Those of them in which anything stands: there are many, and they are asked in one question."""
    return list(compress(kinds(), session.execute(_stands()).one()))


@cache
def _stands() -> Select[Any]:
    each: list[Any] = [exists().select_from(kind.__table__) for kind in kinds()]
    return select(*each)


def _by_name(session: Session, sums: Sums, wanted: frozenset[Bucket]) -> Iterator[Finding]:
    claimed = Counter(claim for claim in claims(session) if _is_in(claim, sums, wanted))
    there = {
        (row.table, row.key): row.hash for row in rows(session) if isinstance(row, Claim) and sums.bucket(row) in wanted
    }
    made: defaultdict[tuple[str, bytes], list[bytes]] = defaultdict(list)
    for claim, times in claimed.items():
        assert isinstance(claim, Claim)
        made[claim.table, claim.key] += [claim.hash] * times
    for table, key in sorted(made.keys() | there.keys()):
        fault = _fault(made[table, key], there.get((table, key)))
        if fault:
            yield Finding(table, named(cast(list[Any], load(key))), fault)


def _is_in(claim: Claim | Finding, sums: Sums, wanted: frozenset[Bucket]) -> bool:
    return isinstance(claim, Claim) and sums.bucket(claim) in wanted


def _fault(made: list[bytes], there: bytes | None) -> str | None:
    """What is wrong with one row, by the hashes it was made with and the one it has."""
    match made, there:
        case [], _:
            return "it was added: no audit line made it"
        case _, None:
            return "it is gone, or can't be read"
        case [only], _:
            return None if only == there else "it was changed since it was made"
        case _:
            return f"{len(made)} audit lines say they made it"
