"""The founding: the sitting as the browser that has it sees it, and afterwards the founding act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.fund import FundPlan, PersonPlan
from aid.domain.permissions import Permission, Role
from aid.domain.sitting import Typed, person_read, plan_of
from aid.domain.words import Message, _
from aid.models.founding import FoundingAct, Seat, Sitting
from aid.models.fund import Fund
from aid.models.recovery import RecoveryKey, RecoveryShare
from aid.queries.recovery import is_provisional, usable_shares
from aid.vault.actor import Actor
from aid.vault.acts import Act, read_act
from aid.vault.cookies import SignInCookie
from aid.vault.failures import Tampered
from aid.vault.signatures import fingerprint_of
from aid.vault.sitting import open_kept


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat that somebody took."""

    handle: str
    fingerprint: str  # of the key their votes are signed with, or else of the one that records are sealed to
    votes: bool


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """A sitting that goes on in this browser."""

    key: bytes = field(repr=False)
    kept: Mapping[str, Any] = field(repr=False)
    seats: Mapping[str, SeatRow]

    @property
    def typed(self) -> Mapping[str, Typed]:
        """What was typed so far, by page."""
        pages: Mapping[str, Typed] = self.kept.get("steps", {})
        return pages

    @property
    def others(self) -> tuple[PersonPlan, ...]:
        """The people of a fund file who don't sit here."""
        return tuple(person_read(plain) for plain in self.kept.get("others", []))

    @property
    def plan(self) -> FundPlan:
        """The fund's plan, as far as it is there."""
        return plan_of(self.typed, self.others)

    def is_seated(self, person: PersonPlan) -> bool:
        """Whether they took the seat that the plan has for them."""
        seat = self.seats.get(person.handle)
        return seat is not None and seat.votes == (Role.COMMITTEE_MEMBER in person.roles)

    def phone_of(self, handle: str) -> tuple[bytes, int | None] | None:
        """The seed that somebody's phone was shown, and the step of the code it answered with."""
        phone = self.kept.get("phones", {}).get(handle)
        return (phone["seed"], phone["step"]) if phone else None


@dataclass(frozen=True, slots=True)
class ActPage:
    """The founding act, as it is read and printed."""

    act: Act
    hash: str  # hex
    paper_title: Mapping[str, str]
    demo: bool
    made_at: datetime

    @property
    def rules(self) -> tuple[Message, ...]:
        """What the fund was founded on, in words."""
        return rules_in_words(self.act)

    @property
    def members(self) -> tuple[tuple[str, str, str | None], ...]:
        """The committee by handle: fingerprint of the voting key, and the alternate's handle."""
        seats = sorted(self.act.committee.members, key=lambda member: member.handle)
        return tuple((seat.handle, fingerprint_of(seat.public), seat.alternate) for seat in seats)

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """Whoever else came with keys, with the fingerprint of theirs."""
        return tuple((handle, grouped_hex(digest.hex()[:32])) for handle, digest in sorted(self.act.keys.items()))

    @property
    def signers(self) -> tuple[str, ...]:
        """Everybody who was there, and signs by hand."""
        return (*(handle for handle, _key, _alternate in self.members), *(handle for handle, _key in self.others))

    @property
    def grouped_hash(self) -> str:
        """The act's hash, to be compared aloud."""
        return grouped_hex(self.hash)


def rules_in_words(act: Act) -> tuple[Message, ...]:
    """The rules of the committee and of recovery, a sentence each."""
    committee = act.committee
    return (
        _(
            "The committee has %(members)s members. A decision needs at least %(quorum)s votes in favour, and more in "
            "favour than against.",
            members=len(committee.members),
            quorum=committee.quorum,
        ),
        _(
            "Nothing is printed or paid before %(hours)s hours have passed since a decision.",
            hours=committee.notice_hours,
        ),
        _(
            "Members, keys and rules change only when %(quorum)s members sign the change, and %(hours)s hours later.",
            quorum=committee.quorum,
            hours=committee.delay_hours,
        ),
        _(
            "Who is kept away is replaced by their alternate when all other members agree, at least three of them, "
            "%(hours)s hours after it was announced.",
            hours=committee.absence_hours,
        ),
        _(
            "The recovery key lies in %(shares)s papers. Any %(threshold)s of them open the fund again.",
            shares=act.shares,
            threshold=act.threshold,
        ),
    )


def grouped_hex(digits: str) -> str:
    """Hex digits in groups of four, to be read aloud."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def sitting_is_in(session: Session, *, cookie_id: bytes) -> bool:
    """Whether the sitting goes on in the browser with this cookie."""
    return session.scalar(select(Sitting.sole).where(Sitting.cookie_id == cookie_id)) is not None


def waiting_sitting(session: Session) -> tuple[bool, bool] | None:
    """Whether a sitting has a plan already, and whether it goes on in a browser; nothing when there is none."""
    row = session.execute(select(Sitting.plan, Sitting.cookie_id)).one_or_none()
    return (row.plan is not None, row.cookie_id is not None) if row else None


def open_sitting(session: Session, *, cookie: SignInCookie) -> OpenSitting | None:
    """The sitting that goes on under this cookie, or nothing."""
    jar, row = _jar_of(session, cookie)
    if row is None or "key" not in jar:
        return None
    kept = open_kept(row.plan, key=jar["key"], salt=row.code_salt) if row.plan else {}
    seats = {seat.handle: _seat(seat) for seat in session.scalars(select(Seat).order_by(Seat.taken_at))}
    return OpenSitting(jar["key"], kept, seats)


def first_passwords(session: Session, *, cookie: SignInCookie) -> Mapping[str, str]:
    """What those who were not there sign in with the first time, for the browser that founded the fund."""
    jar, _row = _jar_of(session, cookie)
    passwords: Mapping[str, str] = jar.get("passwords", {})
    return passwords


def _jar_of(session: Session, cookie: SignInCookie) -> tuple[dict[str, Any], Sitting | None]:
    row = session.scalars(select(Sitting).where(Sitting.cookie_id == cookie.row_id)).one_or_none()
    if row is None or row.jar is None:
        return {}, None
    try:
        return cookie.open_jar(row.jar), row
    except Tampered:  # the half that finds the row, with another half
        return {}, None


def _seat(seat: Seat) -> SeatRow:
    votes = seat.voting_public is not None
    return SeatRow(seat.handle, fingerprint_of(seat.voting_public or seat.hpke_public), votes)


@dataclass(frozen=True, slots=True)
class Provisional:
    """What is missing until the fund may write down real families."""

    on_paper: int
    enough: int  # none: no shares were made yet
    mine: bool  # a share of the reader's waits to be put on paper


def provisional(session: Session, *, actor: Actor) -> Provisional | None:
    """What is missing until enough recovery shares are on paper, or nothing when they are."""
    if not is_provisional(session):
        return None
    newest = select(RecoveryKey.generation, RecoveryKey.threshold).order_by(RecoveryKey.generation.desc()).limit(1)
    key = session.execute(newest).one_or_none()
    if key is None:
        return Provisional(0, 0, mine=False)
    waits = exists().where(RecoveryShare.holder_id == actor.id, RecoveryShare.sealed.is_not(None))
    on_paper = usable_shares(session, key.generation)
    return Provisional(on_paper, key.threshold, mine=bool(session.scalar(select(waits))))


def founding_act(session: Session, *, actor: Actor) -> ActPage | None:
    """The founding act, for who may see the committee."""
    actor.must(Permission.SEE_COMMITTEE)
    return act_of(session)


def act_of(session: Session) -> ActPage | None:
    """The founding act, or nothing before there is a fund."""
    row = session.execute(select(FoundingAct.content, FoundingAct.hash, FoundingAct.made_at)).one_or_none()
    if row is None:
        return None
    fund = session.execute(select(Fund.paper_titles, Fund.demo)).one()
    return ActPage(read_act(row.content), row.hash.hex(), fund.paper_titles, fund.demo, row.made_at)
