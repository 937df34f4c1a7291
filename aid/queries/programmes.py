"""Programmes as people read them: in sentences, with their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entitlement import ProgrammeRule, Terms, describe_rule
from aid.domain.entitlement.changes import Change, changes
from aid.domain.entitlement.sentences import NO_NAMES, Names, describe_terms
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.words import InLanguages, Message, _, n_
from aid.models.fund import Fund, Locality, Purpose
from aid.models.goods import Good
from aid.models.ledger import Available
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.vault.actor import Actor

IN_PARTS = _("Its goods may be collected one by one, its money in one piece.")


@dataclass(frozen=True, slots=True)
class Sentences:
    """A rule to be read aloud: in one sentence for whom and how much; from what budget, and until when."""

    rule: Message
    days: tuple[Message, ...]
    terms: tuple[Message, ...] = ()  # of a round: how much it may give, and what holds when that is short


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One programme in the list, as its newest version says it."""

    id: UUID
    version: int
    titles: Mapping[str, str]
    purpose: Mapping[str, str]
    sentences: Sentences


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a programme."""

    id: UUID
    version: int
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One version of a programme, and the versions before and after it."""

    id: UUID
    version: int
    titles: Mapping[str, str]
    purpose_id: UUID
    purpose: Mapping[str, str]
    rule: ProgrammeRule
    valid_days: int
    grace_days: int
    in_parts: bool
    sentences: Sentences
    versions: tuple[VersionRow, ...]  # the newest first
    changes: tuple[Change, ...]  # beside the version before; none for the first

    @property
    def newest(self) -> VersionRow:
        """The version that holds."""
        return self.versions[0]

    @property
    def version_before(self) -> int:
        """The version that this one changed."""
        return self.version - 1

    @property
    def next_version(self) -> int:
        """What a change would be numbered."""
        return self.newest.version + 1

    @property
    def is_newest(self) -> bool:
        """Whether this is the version that holds."""
        return self.newest.id == self.id


def sentences_of(programme: Programme, names: Names = NO_NAMES, *, basis: Mapping[str, Any] | None = None) -> Sentences:
    """What a programme's version says, in sentences. `names_of` has the names of places and goods.

    `basis` is that of a round which was computed by it.
    """
    days = (
        n_(
            "A voucher holds for %(num)s day after the notice.",
            "A voucher holds for %(num)s days after the notice.",
            programme.valid_days,
        ),
        n_(
            "If nobody collects it, its money goes back to the fund %(num)s day after that.",
            "If nobody collects it, its money goes back to the fund %(num)s days after that.",
            programme.grace_days,
        ),
        *([IN_PARTS] if programme.in_parts else []),
    )
    rule = ProgrammeRule.from_plain(programme.rule)
    terms = describe_terms(Terms.from_plain(basis), rule.currency) if basis else ()
    return Sentences(describe_rule(rule, names), days, terms)


def names_of(session: Session) -> Names:
    """What rules call localities and goods, in all languages."""
    localities = session.execute(select(Locality.code, Locality.names))
    places = {f"locality/{code}": InLanguages.of(names) for code, names in localities}
    return places | {f"good/{code}": InLanguages.of(good.names) for code, good in _goods(session).items()}


def programmes(session: Session, *, actor: Actor) -> tuple[ProgrammeRow, ...]:
    """All programmes in their newest versions, the latest written first."""
    actor.must(Permission.SEE_PROGRAMMES)
    newest = select(Programme.code, func.max(Programme.version).label("version")).group_by(Programme.code).subquery()
    rows = session.execute(
        select(Programme, Purpose.names)
        .join(newest, (newest.c.code == Programme.code) & (newest.c.version == Programme.version))
        .join(Purpose, Purpose.id == Programme.purpose_id)
        .order_by(Programme.written_at.desc())
    )
    names = names_of(session)
    return tuple(
        ProgrammeRow(programme.id, programme.version, programme.titles, purpose, sentences_of(programme, names))
        for programme, purpose in rows
    )


def programme(session: Session, *, actor: Actor, programme_id: UUID) -> ProgrammePage | None:
    """One version of a programme, or None where there is none."""
    actor.must(Permission.SEE_PROGRAMMES)
    found = session.execute(
        select(Programme, Purpose.names)
        .join(Purpose, Purpose.id == Programme.purpose_id)
        .where(Programme.id == programme_id)
    ).one_or_none()
    if found is None:
        return None
    row, purpose = found
    names = names_of(session)
    return ProgrammePage(
        id=row.id,
        version=row.version,
        titles=row.titles,
        purpose_id=row.purpose_id,
        purpose=purpose,
        rule=ProgrammeRule.from_plain(row.rule),
        valid_days=row.valid_days,
        grace_days=row.grace_days,
        in_parts=row.in_parts,
        sentences=sentences_of(row, names),
        versions=_versions(session, row.code),
        changes=_changes(session, row, names),
    )


def _changes(session: Session, now: Programme, names: Names) -> tuple[Change, ...]:
    """What this version says otherwise than the one before it."""
    earlier = (Programme.code == now.code) & (Programme.version == now.version - 1)
    before = session.scalars(select(Programme).where(earlier)).one_or_none()
    if before is None:
        return ()
    was, is_ = sentences_of(before, names), sentences_of(now, names)
    told = list(changes(ProgrammeRule.from_plain(before.rule), ProgrammeRule.from_plain(now.rule), names))
    if was.days != is_.days:
        told.append(Change(_("Days to collect"), was.days, is_.days))
    if before.titles != now.titles:
        titles = [(_("“%(name)s”", name=InLanguages.of(each.titles)),) for each in (before, now)]
        told.append(Change(_("Title of the programme"), *titles))
    if before.purpose_id != now.purpose_id:
        named = [(_("“%(name)s”", name=_purpose(session, each)),) for each in (before, now)]
        told.append(Change(_("Whose money it gives"), *named))
    return tuple(told)


def _purpose(session: Session, programme: Programme) -> InLanguages:
    return InLanguages.of(session.get_one(Purpose, programme.purpose_id).names)


def _versions(session: Session, code: str) -> tuple[VersionRow, ...]:
    rows = session.execute(
        select(Programme.id, Programme.version, Programme.written_at, Person.handle)
        .join(Person, Person.id == Programme.written_by_id)
        .where(Programme.code == code)
        .order_by(Programme.version.desc())
    )
    return tuple(VersionRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a programme's form offers to choose from."""

    purposes: tuple[tuple[UUID, Mapping[str, str]], ...]
    currency: str
    localities: tuple[tuple[str, Mapping[str, str]], ...]
    goods: tuple[tuple[str, Mapping[str, str]], ...]


def offered(session: Session) -> Offered:
    """What the fund has: money for purposes, places, goods that are in use."""
    localities = session.execute(select(Locality.code, Locality.names).order_by(Locality.code))
    goods = [(code, good.names) for code, good in sorted(_goods(session).items()) if good.in_use]
    return Offered(
        purposes(session),
        currency_of(session),
        tuple((code, names) for code, names in localities),
        tuple(goods),
    )


def purposes(session: Session) -> tuple[tuple[UUID, Mapping[str, str]], ...]:
    """What the fund's money is earmarked for."""
    return tuple((id_, names) for id_, names in session.execute(select(Purpose.id, Purpose.names).order_by(Purpose.id)))


def available(session: Session, *, actor: Actor) -> Mapping[UUID, tuple[Money, ...]]:
    """What each purpose has that is not yet promised, in every currency that it has something in."""
    actor.must(Permission.SEE_MONEY)
    found: dict[UUID, tuple[Money, ...]] = {}
    rows = select(Available).where(Available.amount_minor > 0).order_by(Available.purpose_id, Available.currency)
    for row in session.scalars(rows):
        found[row.purpose_id] = (*found.get(row.purpose_id, ()), Money(row.amount_minor, row.currency))
    return found


def currency_of(session: Session) -> str:
    """The fund's own currency."""
    return session.execute(select(Fund.currency)).scalar_one()


def _goods(session: Session) -> dict[str, Good]:
    """The newest version of each good."""
    return {good.code: good for good in session.scalars(select(Good).order_by(Good.version))}


def available_for(session: Session, *, actor: Actor, page: ProgrammePage) -> Money:
    """What is there to give of the programme's purpose."""
    actor.must(Permission.SEE_PROGRAMMES)
    wanted = (Available.purpose_id == page.purpose_id) & (Available.currency == page.rule.currency)
    minor = session.scalar(select(Available.amount_minor).where(wanted))
    return Money(minor or 0, page.rule.currency)
