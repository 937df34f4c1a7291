"""The audit trail as people read it: who did what, when, to what, and the hash that the chain ends with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.codes import grouped
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.models.allocations import Allocation
from aid.models.audit import AuditHead, AuditLine
from aid.models.backups import Backup
from aid.models.base import in_language
from aid.models.committee import MembershipChange
from aid.models.day_counts import DayCount
from aid.models.days import DayPlan
from aid.models.donations import Donation, Donor
from aid.models.exchanges import Exchange
from aid.models.families import Family
from aid.models.figures import FiguresRelease
from aid.models.fund import Fund, Point
from aid.models.giving import Campaign, GiveOffer
from aid.models.goods import Good, StockAct
from aid.models.handovers import Handover
from aid.models.imports import FamilyImport
from aid.models.late import PointList
from aid.models.ledger import BankAccount
from aid.models.meetings import Meeting
from aid.models.objections import Objection
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.remittances import Remittance
from aid.models.shops import ShopInvoice
from aid.models.statements import BankLine
from aid.models.support import SupportMessage
from aid.models.surveys import Survey
from aid.models.thanks import ThanksText
from aid.models.vouchers import PrintBatch, Voucher
from aid.queries.acts import ACTS
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the chain."""

    seq: int
    at: datetime
    who: Message | str
    act: Message | str
    subject: Message | str  # '' where there is none


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the trail, the newest line first, and where the chain ends."""

    lines: tuple[AuditRow, ...]
    next_before: int | None
    head_seq: int
    head_hash: tuple[str, ...]  # in groups of four, to be read aloud


def audit_page(session: Session, *, actor: Actor, before: int | None = None, size: int = PAGE) -> AuditPage:
    """The lines before a number, or the newest."""
    actor.must(Permission.SEE_AUDIT)
    lines = select(AuditLine.seq, AuditLine.at, AuditLine.act, AuditLine.subject_id, Person.handle)
    lines = lines.outerjoin(Person, Person.id == AuditLine.actor_id).order_by(AuditLine.seq.desc()).limit(size + 1)
    if before is not None:
        lines = lines.where(AuditLine.seq < before)
    found = session.execute(lines).all()
    shown = found[:size]
    subjects = subjects_of(session, ids=[line.subject_id for line in shown if line.subject_id], actor=actor)
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return AuditPage(
        lines=tuple(
            AuditRow(
                seq, at, handle or _("The system"), ACTS.get(act, act), subjects.get(subject, "") if subject else ""
            )
            for seq, at, act, subject, handle in shown
        ),
        next_before=shown[-1].seq if len(found) > size else None,
        head_seq=head.seq,
        head_hash=in_groups(head.hash),
    )


def in_groups(hash_: bytes) -> tuple[str, ...]:
    """A hash in groups of four signs."""
    digits = hash_.hex()
    return tuple(digits[start : start + 4] for start in range(0, len(digits), 4))


SUBJECTS: tuple[
    tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[Any], Callable[[Any], Message | str] | None], ...
] = (
    (Family.id, Family.code, lambda code: _("Family %(code)s", code=grouped(code))),
    (Allocation.id, Allocation.number, lambda number: _("Allocation %(number)s", number=number)),
    (Donation.id, Donation.number, lambda number: _("Donation %(number)s", number=number)),
    (ThanksText.id, ThanksText.own_name, str),
    (Remittance.id, Remittance.number, lambda number: _("Remittance %(number)s", number=number)),
    (Exchange.id, Exchange.number, lambda number: _("Exchange %(number)s", number=number)),
    (BankAccount.id, BankAccount.names, None),
    (PrintBatch.id, PrintBatch.number, lambda number: _("Print run %(number)s", number=number)),
    (Handover.id, Handover.number, lambda number: _("Handover %(number)s", number=number)),
    (PointList.id, PointList.number, lambda number: _("List %(number)s", number=number)),
    (DayCount.id, DayCount.day, lambda day: _("Count of %(day)s", day=day)),
    (DayPlan.id, DayPlan.day, lambda day: _("Plan of %(day)s", day=day)),
    (Survey.id, Survey.number, lambda number: _("Survey %(number)s", number=number)),
    (Voucher.id, Voucher.serial, lambda serial: _("Voucher %(number)s", number=serial)),
    (Programme.id, Programme.titles, None),
    (Fund.id, Fund.names, None),
    (MembershipChange.id, MembershipChange.version, lambda number: _("Committee, version %(number)s", number=number)),
    (Meeting.id, Meeting.number, lambda number: _("Meeting %(number)s", number=number)),
    (Objection.id, Objection.number, lambda number: _("Objection %(number)s", number=number)),
    (Good.id, Good.names, None),
    (Point.id, Point.names, None),
    (ShopInvoice.id, ShopInvoice.number, lambda n: _("Invoice of a shop, no. %(number)s", number=n)),
    (FamilyImport.id, FamilyImport.at, lambda _at: _("A list of families")),
    (BankLine.id, BankLine.number, lambda number: _("Bank line %(number)s", number=number)),
    (Campaign.id, Campaign.names, None),
    (GiveOffer.id, GiveOffer.n, lambda n: _("The page for donors, version %(number)s", number=n)),
    (FiguresRelease.id, FiguresRelease.number, lambda n: _("Figures, release %(number)s", number=n)),
    (SupportMessage.id, SupportMessage.number, lambda number: _("Message of support %(number)s", number=number)),
    (Donor.id, Donor.known_since, lambda _since: _("A donor")),
    (Backup.id, Backup.name, lambda name: _("Backup %(name)s", name=name)),
    (Person.id, Person.handle, str),
)
"""Each table whose rows are subjects: the key, what a row is known by, and how that is said; none: as it is named."""


def subjects_of(session: Session, *, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Message | str]:
    """What people call each subject: a code, a number, a handle, a title. Nothing sealed."""
    found: dict[UUID, Message | str] = {}
    for key, known_by, say in SUBJECTS:
        rows = session.execute(select(key, known_by).where(key.in_(ids)))
        found |= {id_: say(value) if say else in_language(value, actor.language) for id_, value in rows}
    acts = select(StockAct.id, Point.names).join(Point, Point.id == StockAct.point_id).where(StockAct.id.in_(ids))
    return found | {id_: in_language(names, actor.language) for id_, names in session.execute(acts)}
