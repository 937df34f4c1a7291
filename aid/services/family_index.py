"""How families are found: short keyed tokens of their names, phones and addresses, under their locality's index key."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import FAMILY_DIGITS, parse_family_code
from aid.domain.duplicates import Term, TermKind, search_terms, terms_of
from aid.domain.families import Family, FamilyState
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Erasure
from aid.models.families import Family as FamilyRow
from aid.models.fund import Locality
from aid.models.records import RecordKind
from aid.services import records, sightings, token_rows
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring
from aid.vault.tokens import TokenKind, TokenMaker

MOST_SHOWN = 20
MOST_TRIED = 200
"""So many candidates are looked at: short tokens are shared by strangers, but not by so many."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalityIndex:
    """A locality's index as who has its keys reads and writes it: one a key it ever had, the newest first."""

    locality_id: UUID
    makers: tuple[TokenMaker, ...]
    epoch: int  # of the newest

    def newest(self, terms: Iterable[Term]) -> frozenset[bytes]:
        """The tokens to write."""
        return _tokens(self.makers[0], terms)

    def fingerprint(self, content: str) -> bytes:
        """By which an imported household is known again."""
        return self.makers[0].fingerprint(TokenKind.IMPORT, content)

    def fingerprints(self, content: str) -> list[bytes]:
        """The same under every key the locality ever had."""
        return [maker.fingerprint(TokenKind.IMPORT, content) for maker in self.makers]


def index_of(keyring: Keyring, *, locality_id: UUID, ring_id: UUID) -> LocalityIndex:
    """A locality's index. Raises RuleBroken for who was not given its keys."""
    if not keyring.has(ring_id):
        raise RuleBroken(_("You have no key to this locality yet. Ask a coordinator to admit you to it."))
    every = keyring.every(ring_id)
    return LocalityIndex(locality_id, tuple(TokenMaker(keys.index_key) for keys in every), every[0].ref.epoch)


def add(session: Session, families: Iterable[tuple[LocalityIndex, UUID, frozenset[Term]]]) -> None:
    """Make families findable by their terms. Their rows must be there already."""
    token_rows.write(
        session,
        [
            token_rows.Findable(index.locality_id, family_id, index.epoch, index.newest(terms))
            for index, family_id, terms in families
        ],
    )


def replace(session: Session, index: LocalityIndex, family_id: UUID, family: Family) -> None:
    """Make a corrected family findable by what is right, and no more by what was wrong."""
    token_rows.delete_of(session, [family_id])
    add(session, [(index, family_id, terms_of(family))])


def with_any(session: Session, index: LocalityIndex, terms: Collection[Term]) -> dict[Term, UUID]:
    """For each of the terms that some family of the locality has, one such family."""
    if not terms:
        return {}
    by_token = {
        token: (kind, term)
        for maker in index.makers
        for kind, term in terms
        for token in maker.tokens(_KINDS[kind], [term])
    }
    found = token_rows.with_one_of(session, index.locality_id, list(by_token))
    return {by_token[token]: family_id for token, family_id in found}


def with_all(session: Session, index: LocalityIndex, terms: Collection[Term]) -> set[UUID]:
    """The families of the locality that have all of the terms, or tokens like theirs."""
    found: set[UUID] = set()
    for maker in index.makers:
        found |= token_rows.with_each_of(session, index.locality_id, _tokens(maker, terms), most=MOST_TRIED)
    return found


def _tokens(maker: TokenMaker, terms: Iterable[Term]) -> frozenset[bytes]:
    by_kind: dict[TokenKind, list[str]] = defaultdict(list)
    for kind, term in terms:
        by_kind[_KINDS[kind]].append(term)
    return frozenset().union(*(maker.tokens(kind, some) for kind, some in by_kind.items()))


_KINDS = {kind: TokenKind(kind.value) for kind in TermKind}


@dataclass(frozen=True, slots=True)
class FoundFamily:
    """A family as a search shows it. The name and the phone's end came out of its file."""

    code: str
    state: FamilyState
    head: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `more` when there was too much to show."""

    families: tuple[FoundFamily, ...]
    more: bool


def find_families(session: Session, *, actor: Actor, now: Instant, text: str) -> Found:
    """Find families by code, phone or name in the actor's localities. Whoever is shown, was seen: for `look`."""
    actor.must(Permission.SEARCH_FAMILIES)
    by_code = _by_code(session, actor, text)
    terms = search_terms(text)
    if not by_code and not terms:
        raise RuleBroken(_("Type a name, a whole phone number or a family code."), "sought")
    candidates = by_code or [family for index in _indexes(session, actor) for family in with_all(session, index, terms)]
    found = _opened(session, actor, candidates, frozenset() if by_code else terms)
    shown = found[:MOST_SHOWN]
    if actor.person_id:
        seen = [row.id for row, _family in shown]
        sightings.saw(session, person_id=actor.person_id, families=seen, what=RecordKind.FILE, why="search", now=now)
    families = tuple(
        FoundFamily(row.code, row.state, head_of(family, now), masked(family.phone)) for row, family in shown
    )
    return Found(families or _erased(session, by_code), more=len(found) > MOST_SHOWN)


def _erased(session: Session, by_code: list[UUID]) -> tuple[FoundFamily, ...]:
    """Whom nobody can open any more is still found by the code, which is all that is left."""
    gone = select(FamilyRow.code, FamilyRow.state).join(Erasure, Erasure.family_id == FamilyRow.id)
    rows = session.execute(gone.where(FamilyRow.id.in_(by_code)))
    return tuple(FoundFamily(code, state, "", None) for code, state in rows)


def _by_code(session: Session, actor: Actor, text: str) -> list[UUID]:
    """The family whose code this is, if it is one of the actor's."""
    if sum(sign.isdigit() for sign in text) != FAMILY_DIGITS:
        return []
    try:
        code = parse_family_code(text)
    except RuleBroken:  # then it may be a phone number
        return []
    theirs = select(FamilyRow.id).where(FamilyRow.code == code, FamilyRow.locality_id.in_(actor.localities))
    return list(session.scalars(theirs))


def _indexes(session: Session, actor: Actor) -> list[LocalityIndex]:
    rows = session.execute(select(Locality.id, Locality.ring_id).where(Locality.id.in_(actor.localities)))
    return [
        index_of(actor.keyring, locality_id=locality_id, ring_id=ring_id)
        for locality_id, ring_id in rows
        if actor.keyring.has(ring_id)
    ]


def _opened(
    session: Session, actor: Actor, candidates: list[UUID], terms: frozenset[Term]
) -> list[tuple[FamilyRow, Family]]:
    """The candidates that truly have the terms; whoever shares no more than a token is left unseen."""
    files = records.take_out_all(session, kind=RecordKind.FILE, row_ids=candidates, keyring=actor.keyring)
    families = {family_id: Family.from_plain(file) for family_id, file in files.items()}
    true = [family_id for family_id, family in families.items() if terms <= terms_of(family)]
    rows = session.scalars(select(FamilyRow).where(FamilyRow.id.in_(true)).order_by(FamilyRow.id.desc()))
    return [(row, families[row.id]) for row in rows]


def head_of(family: Family, now: Instant) -> str:
    """The name by which a family is spoken of: its first adult's, else its first collector's."""
    adults = (member.name for member in family.members if member.name and not member.is_child(now.today))
    return next(adults, family.collectors[0])


def masked(phone: str | None) -> str | None:
    """The last four digits of a phone number: enough to tell two families of one name apart."""
    return f"•••• {phone[-4:]}" if phone else None
