"""Households of a list on their way into the register: what is known of them there, and why some are held back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import grouped
from aid.domain.duplicates import FamilyTerms, Term, family_terms
from aid.domain.families import Family, check_family, plain
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.base import Permanent
from aid.models.families import Family as FamilyRow
from aid.models.families import ImportMark
from aid.models.fund import Locality, Point
from aid.models.imports import ImportedFamily
from aid.models.records import RecordKind
from aid.services import audit, family_index, records, sightings
from aid.services.families import Entry, Home, codes_of, enter, home_of, lock_localities
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


@dataclass(frozen=True, slots=True)
class Household:
    """One household of a list: its id there, if it has one, the codes of its places, and the family itself."""

    external_id: str | None
    locality: str
    point: str
    family: Family

    def content(self) -> str:
        """What makes it the same household when the list is saved anew or put in another order.

        Consent and check word are not part of it: where the list has none they are made up at each reading. Nor is
        what a file remembers: no list brings that.
        """
        made_here = ("consent", "check_word", "history")
        kept = {name: value for name, value in plain(self.family).items() if name not in made_here}
        return "content " + hashlib.sha256(canonical([self.external_id, kept])).hexdigest()

    def identity(self) -> str | None:
        """Its id in the list, as a term."""
        return f"id {self.external_id}" if self.external_id else None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A household on the desk, with all by which it may be known."""

    place: int
    household: Household
    content: str
    identity: str | None
    terms: FamilyTerms

    @property
    def marks(self) -> tuple[str, ...]:
        """The terms of its marks."""
        return (self.content, self.identity) if self.identity else (self.content,)


def case_of(place: int, household: Household) -> Case:
    """A household with the terms by which it may be known."""
    return Case(place, household, household.content(), household.identity(), family_terms(household.family))


@dataclass(slots=True, eq=False)
class Desk:
    """One chunk at work: what is known of the register, and what was entered so far."""

    session: Session
    actor: Actor
    now: Instant
    codes: list[str]
    homes: dict[tuple[str, str], Home | Message] = field(default_factory=dict)
    marks: dict[tuple[UUID, bytes], str] = field(default_factory=dict)  # the code of the family that a mark stands for
    alike: dict[tuple[UUID, Term], str] = field(default_factory=dict)  # the code of a family that has the term
    entered: list[tuple[Home, Case, Entry]] = field(default_factory=list)
    held: list[tuple[int, Message]] = field(default_factory=list)
    held_like: dict[int, str] = field(default_factory=dict)  # the code of the family that a held one is like
    held_twice: set[int] = field(default_factory=set)  # those that were imported before, with other contents
    despite: frozenset[str] = frozenset()  # codes of families that these households are known not to be
    known: int = 0

    def prepare(self, cases: Sequence[Case]) -> None:
        """Look up in one go, for each locality, what the register has of these households."""
        by_locality: dict[UUID, tuple[Home, list[Case]]] = {}
        for case in cases:
            home = self._home(case.household)
            if isinstance(home, Home):
                by_locality.setdefault(home.locality_id, (home, []))[1].append(case)
        lock_localities(self.session, sorted(by_locality))
        for home, theirs in by_locality.values():
            self._look_up_marks(home, theirs)
            self._look_up_alike(home, theirs)

    def take(self, case: Case) -> None:
        """Enter a household, or find that it is known, or hold it back."""
        home = self._home(case.household)
        if isinstance(home, Message):
            self.held.append((case.place, home))
        elif self._code_of_mark(home, case.content):
            self.known += 1
        elif refusal := self._why_held(home, case):
            self.held.append((case.place, refusal))
        else:
            self._enter(home, case)

    def write(self, *, import_id: UUID | None = None) -> None:
        """Write marks, index and audit lines of all that was entered, and by which import of a page it came."""
        self.session.flush()
        marks = [
            {
                "locality_id": home.locality_id,
                "fingerprint": home.index.fingerprint(term),
                "family_id": entry.family.id,
                "epoch": home.index.epoch,
            }
            for home, case, entry in self.entered
            for term in case.marks
        ]
        if marks:
            self.session.execute(insert(ImportMark), marks)
        families = [(home.index, entry.family.id, case.terms.every) for home, case, entry in self.entered]
        family_index.add(self.session, families)
        for _home, _case, entry in self.entered:
            made: list[Permanent] = [entry.family, entry.version]
            if import_id is not None:
                made.append(ImportedFamily(family_id=entry.family.id, import_id=import_id))
                self.session.add(made[-1])
            audit.say(self.session, "family.imported", subject=entry.family.id, made=made)
        self._saw()

    def _saw(self) -> None:
        """That somebody of this phone or name is there was learnt, as by a search."""
        if self.actor.person_id is None or not self.held_like:
            return
        seen = self.session.scalars(select(FamilyRow.id).where(FamilyRow.code.in_(set(self.held_like.values())))).all()
        sightings.saw(
            self.session,
            person_id=self.actor.person_id,
            families=seen,
            what=RecordKind.FILE,
            why="register",
            now=self.now,
        )

    def _why_held(self, home: Home, case: Case) -> Message | None:
        try:
            check_family(case.household.family, self.now.today)
        except RuleBroken as refusal:
            return refusal.message
        if case.identity and (code := self._code_of_mark(home, case.identity)):
            self.held_like[case.place] = code
            self.held_twice.add(case.place)
            return _(
                "Its id was imported before, as family %(code)s, with other contents. Correct that family by hand.",
                code=grouped(code),
            )
        codes = (self.alike.get((home.locality_id, term)) for term in case.terms.certain)
        if code := next((code for code in codes if code and code not in self.despite), None):
            self.held_like[case.place] = code
            return _(
                "It looks like family %(code)s: same phone, or same name and birth date. If it is another, "
                "register it by hand.",
                code=grouped(code),
            )
        return None

    def _enter(self, home: Home, case: Case) -> None:
        family = case.household.family
        entry = enter(self.session, actor=self.actor, now=self.now, home=home, code=self.codes.pop(), family=family)
        _keep_marks(self.session, actor=self.actor, home=home, family_id=entry.family.id, marks=case.marks)
        self.entered.append((home, case, entry))
        self.marks |= {(home.locality_id, home.index.fingerprint(term)): entry.family.code for term in case.marks}
        self.alike |= {(home.locality_id, term): entry.family.code for term in case.terms.certain}

    def _code_of_mark(self, home: Home, term: str) -> str | None:
        codes = (self.marks.get((home.locality_id, mark)) for mark in home.index.fingerprints(term))
        return next(filter(None, codes), None)

    def _look_up_marks(self, home: Home, cases: Sequence[Case]) -> None:
        wanted = [mark for case in cases for term in case.marks for mark in home.index.fingerprints(term)]
        for start in range(0, len(wanted), 500):
            known = (
                select(ImportMark.fingerprint, FamilyRow.code)
                .join(FamilyRow, FamilyRow.id == ImportMark.family_id)
                .where(
                    ImportMark.locality_id == home.locality_id,
                    ImportMark.fingerprint.in_(wanted[start : start + 500]),
                )
            )
            self.marks |= {(home.locality_id, mark): code for mark, code in self.session.execute(known)}

    def _look_up_alike(self, home: Home, cases: Sequence[Case]) -> None:
        terms = frozenset[Term]().union(*(case.terms.certain for case in cases))
        found = family_index.with_any(self.session, home.index, terms)
        codes = codes_of(self.session, list(set(found.values())))
        self.alike |= {(home.locality_id, term): codes[family_id] for term, family_id in found.items()}

    def _home(self, household: Household) -> Home | Message:
        """Where it lives and collects, or why it can't be entered there."""
        key = household.locality, household.point
        if key not in self.homes:
            try:
                self.homes[key] = self._find_home(*key)
            except RuleBroken as refusal:
                self.homes[key] = refusal.message
        return self.homes[key]

    def _find_home(self, locality_code: str, point_code: str) -> Home:
        locality = self.session.scalar(select(Locality.id).where(Locality.code == locality_code))
        if locality is None:
            raise RuleBroken(_("There is no locality %(code)s: name one of the fund's.", code=locality_code))
        point = self.session.scalar(select(Point.id).where(Point.code == point_code))
        if point is None:
            raise RuleBroken(_("There is no point %(code)s: name one of the fund's.", code=point_code))
        if not self.actor.may(Permission.IMPORT_FAMILIES, locality=locality):
            raise RuleBroken(_("The locality %(code)s is not yours: ask a coordinator.", code=locality_code))
        return home_of(self.session, actor=self.actor, locality_id=locality, point_id=point)


def _keep_marks(session: Session, *, actor: Actor, home: Home, family_id: UUID, marks: tuple[str, ...]) -> None:
    """Seal by what the household is known again: when the locality gets new keys, its marks are made anew from it."""
    records.put(
        session,
        {"terms": list(marks)},
        kind=RecordKind.MARK,
        row_id=family_id,
        family_id=family_id,
        rings=[home.locality],
        keyring=actor.keyring,
    )
