"""The audit trail as people read it: who did what, when, to what, and the hash that the chain ends with."""

from collections.abc import Sequence
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


def subjects_of(session: Session, *, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Message | str]:
    """What people call each subject: a code, a number, a handle, a title. Nothing sealed."""
    of = _Finder(session, ids)
    return {
        **{id_: _("Family %(code)s", code=grouped(code)) for id_, code in of(Family.id, Family.code)},
        **{id_: _("Allocation %(number)s", number=number) for id_, number in of(Allocation.id, Allocation.number)},
        **{id_: _("Donation %(number)s", number=number) for id_, number in of(Donation.id, Donation.number)},
        **dict(of(ThanksText.id, ThanksText.own_name)),
        **{id_: _("Remittance %(number)s", number=number) for id_, number in of(Remittance.id, Remittance.number)},
        **{id_: _("Exchange %(number)s", number=number) for id_, number in of(Exchange.id, Exchange.number)},
        **{id_: in_language(names, actor.language) for id_, names in of(BankAccount.id, BankAccount.names)},
        **{id_: _("Print run %(number)s", number=number) for id_, number in of(PrintBatch.id, PrintBatch.number)},
        **{id_: _("Handover %(number)s", number=number) for id_, number in of(Handover.id, Handover.number)},
        **{id_: _("List %(number)s", number=number) for id_, number in of(PointList.id, PointList.number)},
        **{id_: _("Count of %(day)s", day=day) for id_, day in of(DayCount.id, DayCount.day)},
        **{id_: _("Plan of %(day)s", day=day) for id_, day in of(DayPlan.id, DayPlan.day)},
        **{id_: _("Survey %(number)s", number=number) for id_, number in of(Survey.id, Survey.number)},
        **{id_: _("Voucher %(number)s", number=serial) for id_, serial in of(Voucher.id, Voucher.serial)},
        **{id_: in_language(titles, actor.language) for id_, titles in of(Programme.id, Programme.titles)},
        **{id_: in_language(names, actor.language) for id_, names in of(Fund.id, Fund.names)},
        **{
            id_: _("Committee, version %(number)s", number=number)
            for id_, number in of(MembershipChange.id, MembershipChange.version)
        },
        **{id_: _("Meeting %(number)s", number=number) for id_, number in of(Meeting.id, Meeting.number)},
        **{id_: _("Objection %(number)s", number=number) for id_, number in of(Objection.id, Objection.number)},
        **{id_: in_language(names, actor.language) for id_, names in of(Good.id, Good.names)},
        **{id_: in_language(names, actor.language) for id_, names in _points_of_stock(session, ids)},
        **{id_: in_language(names, actor.language) for id_, names in of(Point.id, Point.names)},
        **{id_: _("Invoice of a shop, no. %(number)s", number=n) for id_, n in of(ShopInvoice.id, ShopInvoice.number)},
        **{id_: _("A list of families") for id_, _at in of(FamilyImport.id, FamilyImport.at)},
        **{id_: _("Bank line %(number)s", number=number) for id_, number in of(BankLine.id, BankLine.number)},
        **{id_: in_language(names, actor.language) for id_, names in of(Campaign.id, Campaign.names)},
        **{id_: _("The page for donors, version %(number)s", number=n) for id_, n in of(GiveOffer.id, GiveOffer.n)},
        **{id_: _("Figures, release %(number)s", number=n) for id_, n in of(FiguresRelease.id, FiguresRelease.number)},
        **{
            id_: _("Message of support %(number)s", number=number)
            for id_, number in of(SupportMessage.id, SupportMessage.number)
        },
        **{id_: _("A donor") for id_, _since in of(Donor.id, Donor.known_since)},
        **{id_: _("Backup %(name)s", name=name) for id_, name in of(Backup.id, Backup.name)},
        **dict(of(Person.id, Person.handle)),
    }


def _points_of_stock(session: Session, ids: Sequence[UUID]) -> list[tuple[UUID, dict[str, str]]]:
    """Where each of these was done with stock."""
    found = select(StockAct.id, Point.names).join(Point, Point.id == StockAct.point_id).where(StockAct.id.in_(ids))
    return [(id_, names) for id_, names in session.execute(found)]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Asks each table for those of the subjects that are its rows."""

    session: Session
    ids: Sequence[UUID]

    def __call__(self, key: InstrumentedAttribute[UUID], name: InstrumentedAttribute[Any]) -> list[tuple[UUID, Any]]:
        return [(row[0], row[1]) for row in self.session.execute(select(key, name).where(key.in_(self.ids)))]
