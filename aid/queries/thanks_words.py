"""What donors are thanked for, and the fund's own texts to do it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.donations import DonorDetails
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.thanks import ThanksText
from aid.models.donations import Donation, Donor, Thanks, stands_for
from aid.models.fund import Fund, Purpose
from aid.models.people import Person
from aid.models.thanks import ThanksText as ThanksTextRow
from aid.models.thanks import ThanksWords
from aid.queries.donations import standing
from aid.queries.donors import details_of
from aid.queries.figures.choice import choice
from aid.services.thanks.acknowledging import corrections_of
from aid.vault.actor import Actor

_GIVER = aliased(Donor)
"""Whoever stands for who gave."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version of one of the fund's own texts."""

    id: UUID
    n: int
    written_at: datetime
    by: str
    text: ThanksText


@dataclass(frozen=True, slots=True)
class Giver:
    """The fund that thanks."""

    id: UUID
    names: Mapping[str, str]
    demo: bool
    tells: bool = False  # everybody may read its figures, and use a gift's code there


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """One donation as its thanks speak of it."""

    donation_id: UUID
    number: int
    amount: Money
    purpose: Mapping[str, str]
    received_on: date
    corrections: int
    language: str
    text_id: UUID | None
    text: ThanksText | None = field(repr=False)  # none: the text that Komek brings
    donor: DonorDetails | None = field(repr=False)
    thanked_at: datetime | None

    @property
    def name(self) -> str | None:
        """The name as a letter may bear it."""
        return self.donor.paper_name if self.donor else None

    @property
    def address(self) -> tuple[str, ...]:
        """Name and postal address as a letter may bear them: none of a donor who is never to be named."""
        donor = self.donor
        if donor is None or donor.never_named or not donor.address:
            return ()
        return tuple(line for line in (donor.name, *donor.address) if line)


def the_giver(session: Session) -> Giver:
    """The fund's names as letters bear them."""
    return Giver(*session.execute(select(Fund.id, Fund.names, Fund.demo)).one(), tells=choice(session).is_public)


def gifts(session: Session, *, actor: Actor, donation_ids: Sequence[UUID]) -> tuple[GiftFacts, ...]:
    """What is to be said of these donations, in the order of their numbers: now, or as they were thanked for."""
    actor.must(Permission.THANK_DONORS)
    found = session.execute(
        select(Donation, Purpose.names, _GIVER.language, Thanks)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .join(Donor, Donor.id == Donation.donor_id)
        .join(_GIVER, _GIVER.id == stands_for())
        .outerjoin(Thanks, Thanks.donation_id == Donation.id)
        .where(Donation.id.in_(donation_ids))
        .order_by(Donation.number)
    ).all()
    donors = details_of(session, actor=actor, donor_ids=[row.Donation.donor_id for row in found])
    stands = standing(session, [row.Donation for row in found])
    corrected = corrections_of(session, donation_ids)
    own = {version.text.language: version for version in texts(session, actor=actor)}
    used = _used(session, [row.Thanks.id for row in found if row.Thanks])

    def one(row: Donation, purpose: Mapping[str, str], language: str, thanks: Thanks | None) -> GiftFacts:
        now = stands[row.id]
        text = used.get(thanks.id) if thanks else own.get(language)
        return GiftFacts(
            donation_id=row.id,
            number=row.number,
            amount=now.amount,
            purpose=now.purpose or purpose,
            received_on=row.received_on,
            corrections=corrected.get(row.id, 0),
            language=thanks.language if thanks else language,
            text_id=text.id if text else None,
            text=text.text if text else None,
            donor=donors.get(row.donor_id),
            thanked_at=thanks.thanked_at if thanks else None,
        )

    return tuple(one(*row) for row in found)


def texts(session: Session, *, actor: Actor) -> tuple[TextVersion, ...]:
    """The latest version of each of the fund's own texts, by language."""
    actor.must(Permission.THANK_DONORS)
    newest = select(ThanksTextRow.language, func.max(ThanksTextRow.n).label("n")).group_by(ThanksTextRow.language)
    last = newest.subquery()
    wanted = _versions().join(last, (last.c.language == ThanksTextRow.language) & (last.c.n == ThanksTextRow.n))
    return tuple(_version(*row) for row in session.execute(wanted.order_by(ThanksTextRow.language)))


def versions_of(session: Session, *, actor: Actor, language: str) -> tuple[TextVersion, ...]:
    """All versions of a text, the latest first."""
    actor.must(Permission.THANK_DONORS)
    wanted = _versions().where(ThanksTextRow.language == language).order_by(ThanksTextRow.n.desc())
    return tuple(_version(*row) for row in session.execute(wanted))


def languages_added(session: Session) -> dict[str, str]:
    """Languages that the fund wrote a text in, each with what it calls itself."""
    rows = session.execute(select(ThanksTextRow.language, ThanksTextRow.own_name).order_by(ThanksTextRow.n))
    return {language: own_name for language, own_name in rows}  # noqa: C416


def _used(session: Session, thanks_ids: Sequence[UUID]) -> dict[UUID, TextVersion]:
    """The fund's own texts that somebody was thanked in."""
    wanted = (
        _versions()
        .add_columns(ThanksWords.thanks_id)
        .join(ThanksWords, ThanksWords.text_id == ThanksTextRow.id)
        .where(ThanksWords.thanks_id.in_(thanks_ids))
    )
    return {thanks_id: _version(row, handle) for row, handle, thanks_id in session.execute(wanted)}


def _versions() -> Select[ThanksTextRow, str]:
    return select(ThanksTextRow, Person.handle).join(Person, Person.id == ThanksTextRow.written_by_id)


def _version(row: ThanksTextRow, handle: str) -> TextVersion:
    text = ThanksText(
        language=row.language,
        own_name=row.own_name,
        subject=row.subject,
        greeting=row.greeting,
        unnamed=row.unnamed,
        body=row.body,
        closing=row.closing,
    )
    return TextVersion(row.id, row.n, row.written_at, handle, text)
