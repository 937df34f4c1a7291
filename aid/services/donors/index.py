"""The donors' index: by which accounts and names a donor is known again, under the donors' ring's index key.

A donor is found by name and e-mail address, and by account and name of each line that ended as their gift; a branch by
its union too. Of whoever was merged into a donor the same holds, and stands with the one that was kept.
What ended wrongly and was undone is forgotten with the next gift of the line, or at once where the keys are at hand.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.line_rules import bare_account, bare_name
from aid.models.donations import Donation, Donor, stands_for
from aid.models.records import RecordKind
from aid.models.statements import DonorToken, LineEnd, LineReopened
from aid.services import records
from aid.services.lines.words import words_of
from aid.services.statements.keys import donors_ring
from aid.services.statements.sealed import Told
from aid.vault.keyring import Keyring
from aid.vault.tokens import TokenKind, TokenMaker

AT_ONCE = 400

Term: TypeAlias = tuple[KnownBy, str]
"""An account or a name, as it is compared."""

UNIONS: Term = (KnownBy.UNION, "*")
"""By what all unions are found."""


@dataclass(frozen=True, slots=True, eq=False)
class DonorIndex:
    """The index as who has its keys reads and writes it: one maker a key it ever had, the newest first."""

    ring_id: UUID
    makers: tuple[TokenMaker, ...]
    epoch: int  # of the newest

    def newest(self, term: Term) -> bytes:
        """The token to write."""
        return _token(self.makers[0], term)

    def every(self, term: Term) -> list[bytes]:
        """The same under every key the ring had."""
        return [_token(maker, term) for maker in self.makers]

    def rule_marks(self, term: Term) -> list[bytes]:
        """By what a rule of such lines is known to be the same, under each key, the newest first."""
        return [maker.fingerprint(TokenKind.GIVER, "\x1f".join(term)) for maker in self.makers]


def index_of(session: Session, keyring: Keyring) -> DonorIndex | None:
    """The index, or nothing for who has no keys to it."""
    ring_id = donors_ring(session)
    if not keyring.has(ring_id):
        return None
    every = keyring.every(ring_id)
    return DonorIndex(ring_id, tuple(TokenMaker(keys.index_key) for keys in every), every[0].ref.epoch)


def terms_of(*, name: str | None = "", account: str = "") -> frozenset[Term]:
    """By what somebody of this name and account is known."""
    terms = ((KnownBy.NAME, bare_name(name or "")), (KnownBy.ACCOUNT, bare_account(account)))
    return frozenset((kind, said) for kind, said in terms if said)


def terms_of_donor(details: DonorDetails) -> frozenset[Term]:
    """By what a donor is known, from what they said of themselves. A branch is found by its union; unions as such."""
    found = set(terms_of(name=details.name))
    if details.email:
        found.add((KnownBy.EMAIL, details.email.casefold()))
    if details.kind is DonorKind.UNION:
        found.add(UNIONS)
    if details.union_id:
        found.add(branches_of(details.union_id))
    return frozenset(found)


def branches_of(union_id: UUID) -> Term:
    """By what the branches of a union are found."""
    return (KnownBy.UNION, str(union_id))


def terms_of_line(told: Told, payment: int | None = None) -> frozenset[Term]:
    """By what whoever stands at the other end of a line is known. A batch is of many, each of its payments of one."""
    if payment is None and told.details:
        return frozenset()
    if payment is not None and not 1 <= payment <= len(told.payments):
        return frozenset()
    other = told.payments[(payment or 1) - 1].other
    return frozenset() if other is None else terms_of(name=other.name, account=other.account)


def learn(session: Session, index: DonorIndex, donor_id: UUID, terms: Iterable[Term]) -> None:
    """Let a donor be found by these too. A donor of whom nothing is known has a token that nobody looks for."""
    known = set(session.scalars(select(DonorToken.token).where(DonorToken.donor_id == donor_id)))
    wanted = frozenset(terms) or (frozenset() if known else frozenset({_nobody(donor_id)}))
    rows = [_row(index, donor_id, term) for term in sorted(wanted) if not known.intersection(index.every(term))]
    _write(session, rows)


def find(session: Session, index: DonorIndex, terms: Collection[Term]) -> dict[Term, list[UUID]]:
    """Whoever is known by each of these, in the order in which they first gave."""
    by_token = {token: term for term in terms for token in index.every(term)}
    found: defaultdict[Term, set[UUID]] = defaultdict(set)
    tokens = sorted(by_token)
    for start in range(0, len(tokens), AT_ONCE):
        having = select(DonorToken.token, DonorToken.known_by, DonorToken.donor_id)
        for token, known_by, donor_id in session.execute(
            having.where(DonorToken.token.in_(tokens[start : start + AT_ONCE]))
        ):
            term = by_token[token]
            if term[0] is known_by:
                found[term].add(donor_id)
    return {term: sorted(donors) for term, donors in found.items()}


def make_anew(session: Session, keyring: Keyring, index: DonorIndex, donor_ids: Collection[UUID]) -> None:
    """Make donors' tokens from what is sealed of them and of their lines, under the newest key."""
    standing = _standing(session, donor_ids)
    ids = sorted(standing)
    details = records.take_out_all(session, kind=RecordKind.DONOR, row_ids=ids, keyring=keyring)
    lines: defaultdict[UUID, list[tuple[UUID, int | None]]] = defaultdict(list)
    for donor_id, line_id, payment in session.execute(_gifts_of(ids)):
        lines[donor_id].append((line_id, payment))
    every = sorted({line_id for theirs in lines.values() for line_id, _payment in theirs})
    words = words_of(session, keyring=keyring, line_ids=every)
    session.execute(delete(DonorToken).where(DonorToken.donor_id.in_(ids)))
    found: defaultdict[UUID, set[Term]] = defaultdict(set)
    for donor_id in ids:
        theirs = found[standing[donor_id]]
        theirs |= terms_of_donor(DonorDetails.from_plain(details[donor_id])) if donor_id in details else set()
        for line_id, payment in lines[donor_id]:
            theirs |= terms_of_line(words[line_id], payment) if line_id in words else set()
    known = ((id_, term) for id_, terms in found.items() for term in sorted(terms or {_nobody(id_)}))
    _write(session, [_row(index, id_, term) for id_, term in known])


def hand_over(session: Session, *, to: UUID, of: UUID) -> None:
    """Let a donor be found by all that another was found by, who is not found any more."""
    theirs = select(DonorToken.known_by, DonorToken.token, DonorToken.epoch).where(DonorToken.donor_id == of)
    rows = [
        {"donor_id": to, "known_by": known_by, "token": token, "epoch": epoch}
        for known_by, token, epoch in session.execute(theirs)
    ]
    session.execute(delete(DonorToken).where(DonorToken.donor_id == of).execution_options(synchronize_session=False))
    _write(session, rows)


def catch_up(session: Session, keyring: Keyring, *, most: int = AT_ONCE) -> int:
    """Let donors be found who were entered before there was an index, so many at a time; how many that were."""
    index = index_of(session, keyring)
    if index is None:
        return 0
    ids = session.scalars(missing().limit(most)).all()
    if ids:
        make_anew(session, keyring, index, ids)
    return len(ids)


def missing(after: UUID | None = None) -> Select[UUID]:
    """Donors who are found by nothing, in the order in which they were entered, from the one after this on."""
    known = exists().where(DonorToken.donor_id == Donor.id)
    nobodys = select(Donor.id).where(~known, Donor.merged_into_id.is_(None)).order_by(Donor.id)
    return nobodys if after is None else nobodys.where(Donor.id > after)


def old_donors(epoch: int) -> Select[UUID]:
    """Donors who are found under an older key than this one."""
    return select(DonorToken.donor_id).where(DonorToken.epoch < epoch)


def _standing(session: Session, donor_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whoever stands for these, and all that were merged into them, each with who stands for them."""
    roots = select(stands_for()).where(Donor.id.in_(donor_ids))
    every = select(Donor.id, stands_for()).where(stands_for().in_(roots))
    return {donor_id: root for donor_id, root in session.execute(every)}  # noqa: C416


def _gifts_of(donor_ids: list[UUID]) -> Select[UUID, UUID, int | None]:
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    ended = select(Donation.donor_id, LineEnd.line_id, LineEnd.payment)
    ended = ended.join(Donation, Donation.id == LineEnd.cause_id)
    return ended.where(Donation.donor_id.in_(donor_ids), ~undone).distinct()


def _row(index: DonorIndex, donor_id: UUID, term: Term) -> dict[str, object]:
    return {"donor_id": donor_id, "known_by": term[0], "token": index.newest(term), "epoch": index.epoch}


def _write(session: Session, rows: list[dict[str, object]]) -> None:
    """What somebody else learns of the same donor at this moment is the same row."""
    if not rows:
        return
    session.flush()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(DonorToken).on_conflict_do_nothing(), rows)


def _nobody(donor_id: UUID) -> Term:
    return (KnownBy.NAME, f"\x1f{donor_id}")


def _token(maker: TokenMaker, term: Term) -> bytes:
    return maker.mark(TokenKind.GIVER, "\x1f".join(term).encode())
