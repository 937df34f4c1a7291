"""Proof that every permanent row is carried by the chain exactly once, and is as it was when it was made.

The chain claims rows in the order they were made, tables hold them in the order of their keys, and neither fits in
memory. So each claim (table, key, row hash) and each row, written as its claim would be, is put through BLAKE2b under a
key that only this run knows, and what comes out is added up, modulo 2²⁵⁶, in buckets. Equal sums mean the same rows:
nobody who wrote the database knew the key, so nobody could choose rows whose sums agree. Only buckets that differ are
looked into again, by name; which bucket a row is in is nobody's secret.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import compress
from typing import Any, TypeAlias, cast

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from aid.models.audit import AuditLine
from aid.models.base import Base, Permanent
from aid.services import audit
from aid.services.collector import resting_collector
from aid.services.verification.findings import Finding, named
from aid.services.verification.plain import plain_rows
from aid.services.verification.reading import Unreadable, columns_of, read
from aid.vault.cbor import NotCanonical, load, load_list

LARGEST_ACT = 1 << 27  # bytes of `made`: a round for a million families
BUCKETS = 1 << 14
BUCKETS_AT_ONCE = 128
MODULUS = 1 << 256

Claim: TypeAlias = bytes
"""A row's table, its key and its hash, in canonical CBOR: as the chain claims it, or as the table has it."""


@dataclass(slots=True)
class Sums:
    """What the claims add up to, by bucket."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    by_bucket: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def change(self, claims: Iterable["Claim | Finding"], sign: int) -> Iterator[Finding]:
        """Add claims, or take away rows; what can't be read of them is passed on."""
        secret, sums, length = self.secret, self.by_bucket, audit.HASH_LENGTH
        for claim in claims:
            if type(claim) is bytes:
                amount = int.from_bytes(blake2b(claim, key=secret, digest_size=32).digest())
                sums[hash(claim[:-length]) % BUCKETS] += sign * amount
            elif isinstance(claim, Finding):
                yield claim

    def differing(self) -> list[int]:
        """Buckets in which claims and rows are not the same."""
        return sorted(bucket for bucket, amount in self.by_bucket.items() if amount % MODULUS)


def bucket_of(claim: Claim) -> int:
    """Where a row belongs, whatever its hash."""
    return hash(claim[: -audit.HASH_LENGTH]) % BUCKETS


def prove_rows(session: Session) -> Iterator[Finding]:
    """Rows that are not those which the chain says were made."""
    sums = Sums()
    yield from sums.change(claims(session), 1)
    yield from sums.change(rows(session), -1)
    differing = sums.differing()
    for start in range(0, len(differing), BUCKETS_AT_ONCE):
        yield from _by_name(session, frozenset(differing[start : start + BUCKETS_AT_ONCE]))


def claims(session: Session) -> Iterator[Claim | Finding]:
    """What the chain says was made."""
    for line in columns_of(session, AuditLine, AuditLine.seq, AuditLine.made):
        if isinstance(line, Unreadable):
            continue  # the chain's own proof names it
        try:
            with resting_collector():
                made = load_list(line.made, largest=LARGEST_ACT)
                whole = all(_is_claim(item) for item, _written in made)
        except (NotCanonical, TypeError, ValueError):
            whole = False
        if whole:
            yield from (written for _item, written in made)
        else:
            yield Finding("audit_line", str(line.seq), "what it says was made can't be read")


def _is_claim(item: Any) -> bool:
    """Whether this is a table, the parts of a key, and a hash."""
    table, key, hash_ = item
    return type(table) is str and type(key) is list and type(hash_) is bytes and len(hash_) == 32


def rows(session: Session) -> Iterator[Claim | Finding]:
    """What stands in the tables."""
    for kind in _filled(session):
        written = audit.claim_of(cast(type[Permanent], kind)).written
        for row in read(session, kind, plain_rows(kind)):
            if isinstance(row, Unreadable):
                yield Finding(kind.__tablename__, row.key, "it was changed: it can't be read")
            else:
                yield written(row)


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


def _by_name(session: Session, wanted: frozenset[int]) -> Iterator[Finding]:
    made, there = defaultdict[bytes, list[bytes]](list), dict[bytes, bytes]()
    for claim, times in Counter(_of_buckets(claims(session), wanted)).items():
        made[claim[: -audit.HASH_LENGTH]] += [claim[-audit.HASH_LENGTH :]] * times
    for row in _of_buckets(rows(session), wanted):
        there[row[: -audit.HASH_LENGTH]] = row[-audit.HASH_LENGTH :]
    for whose in sorted(made.keys() | there.keys()):
        some_hash = there.get(whose) or made[whose][0]
        table, key, _hash = load(whose + some_hash)
        fault = _fault(made[whose], there.get(whose))
        if fault:
            yield Finding(table, named(cast(list[Any], key)), fault)


def _of_buckets(claims: Iterator[Claim | Finding], wanted: frozenset[int]) -> Iterator[Claim]:
    return (claim for claim in claims if not isinstance(claim, Finding) and bucket_of(claim) in wanted)


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
