"""The audit trail as people read it: who did what, when, to what, and the hash that the chain ends with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
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
from aid.models.donations import Donation, Donor
from aid.models.exchanges import Exchange
from aid.models.families import Family
from aid.models.figures import FiguresRelease
from aid.models.fund import Fund, Point
from aid.models.giving import Campaign, GiveOffer
from aid.models.goods import Good, StockAct
from aid.models.imports import FamilyImport
from aid.models.ledger import BankAccount
from aid.models.meetings import Meeting
from aid.models.objections import Objection
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.remittances import Remittance
from aid.models.statements import BankLine
from aid.models.thanks import ThanksText
from aid.models.vouchers import PrintBatch, Voucher
from aid.vault.actor import Actor

PAGE = 50

ACTS: Mapping[str, Message] = MappingProxyType(
    {
        "fund.founded": _("Founded the fund"),
        "person.invited": _("Invited a person"),
        "person.enrolled": _("Took keys of their own"),
        "person.signed_in": _("Signed in"),
        "person.suspended": _("Suspended a person"),
        "person.reinstated": _("Let a suspended person work again"),
        "person.keys_reset": _("Let a person begin anew with a first password"),
        "person.work_changed": _("Changed somebody’s roles and places"),
        "person.admitted": _("Gave keys to a colleague"),
        "person.language_chosen": _("Chose a language"),
        "person.signed_in_by_paper": _("Signed in with a code from paper"),
        "person.password_changed": _("Changed the password"),
        "person.phone_changed": _("Took a new phone into use"),
        "person.codes_made": _("Printed new one-time codes"),
        "person.sign_ins_ended": _("Ended sign-ins elsewhere"),
        "recovery.shares_made": _("Made recovery shares"),
        "recovery.share_shown": _("Was shown a recovery share"),
        "recovery.share_confirmed": _("Has a recovery share on paper"),
        "recovery.share_lost": _("Reported a recovery share lost"),
        "recovery.resealed": _("Sealed rings to the recovery key"),
        "recovery.readmitted": _("Let a person in again by recovery shares"),
        "family.registered": _("Registered a family"),
        "family.imported": _("Imported a family"),
        "statement.begun": _("Began to bring in statements of the bank"),
        "statement.lines_brought": _("Brought in lines of a statement"),
        "give.asked": _("Asked for what the page for donors is to offer"),
        "give.agreed": _("Agreed to what the page for donors offers"),
        "give.refused": _("Refused what the page for donors was to offer"),
        "give.ended": _("Switched the page for donors off"),
        "campaign.opened": _("Opened a fund-raising campaign"),
        "campaign.ended": _("Ended a fund-raising campaign"),
        "reference.used": _("Booked a donation under the reference that its donor was given"),
        "line.ended": _("Explained a line of the bank"),
        "line.reopened": _("Undid how a line of the bank was explained"),
        "line.set_against": _("Set two lines of the bank against each other"),
        "rule.taught": _("Taught how lines of the bank are explained"),
        "rule.ended": _("Ended a rule for lines of the bank"),
        "statement.brought": _("Brought in statements of the bank"),
        "statement.learnt": _("Said how files of the bank are read, or of which account they are"),
        "statement.layout_forgotten": _("Let be forgotten how a table of the bank is read"),
        "statement.account_forgotten": _("Let be forgotten of which account files are"),
        "import.begun": _("Began to import a list of families"),
        "import.word_forgotten": _("Let what a word of a list meant be forgotten"),
        "import.undone": _("Undid an import: its families are erased"),
        "family.corrected": _("Corrected a family"),
        "family.confirmed": _("Confirmed a family"),
        "family.lived": _("Wrote down who came to a family or went"),
        "family.split": _("Made two families of one"),
        "family.united": _("Made one family of two"),
        "family.moved": _("Moved a family"),
        "family.returned": _("Let a family come back"),
        "cards.printed": _("Printed cards of families"),
        "family.withdrawn": _("Took a family out of the fund"),
        "family.erased": _("Erased a family"),
        "file.opened": _("Opened a family’s file"),
        "facts.opened": _("Opened the facts of families"),
        "slip.opened": _("Opened a family’s slip"),
        "line.opened": _("Opened what lines of an allocation rest on"),
        "looks.unusual": _("Opened unusually many families in a day"),
        "family.warned": _("Warned families of an account in wrong hands"),
        "records.resealed": _("Sealed records under new keys"),
        "ring.retired": _("Took away the old keys of a ring"),
        "fund.locked": _("Locked the whole fund"),
        "lockdown.key_turned": _("Turned a key at the locked page"),
        "recovery.opened": _("Opened the locked fund by recovery shares"),
        "fund.opened": _("Opened the locked fund with another person"),
        "mark.opened": _("Opened what an imported household is known by"),
        "donor.opened": _("Opened a donor’s record"),
        "bank_line.opened": _("Opened who stands behind lines of the bank"),
        "bank_details.opened": _("Opened the payments of a line of the bank"),
        "bank_sight.opened": _("Opened how statements show a line of the bank"),
        "line_rule.opened": _("Opened what rules for lines of the bank say"),
        "account_sign.opened": _("Opened what files say of accounts of the fund"),
        "line_share.opened": _("Opened how statements show sums and parts of lines of the bank"),
        "staff.opened": _("Opened the names of staff"),
        "donor.entered": _("Entered a donor"),
        "donor.corrected": _("Corrected a donor"),
        "donor.unnamed": _("Wrote down that a donor is never to be named"),
        "donor.nameable": _("Wrote down that a donor may be named again"),
        "donor.merged": _("Merged two entries of one donor"),
        "donor.parted": _("Undid that two donors were merged"),
        "donor.told_apart": _("Found that two donors who look alike are two"),
        "donor_before.opened": _("Opened what a donor was before a merge"),
        "donation.spared": _("Left a donation without thanks, as its donor wished"),
        "support.opened": _("Opened messages of support"),
        "support.taken": _("Took words of a donor for families to see"),
        "support.shown": _("Let families see a message of support"),
        "support.refused": _("Kept a message of support from families"),
        "support.taken_down": _("Took a message of support down"),
        "donation.recorded": _("Booked a donation"),
        "donation.corrected": _("Corrected a donation"),
        "donation.correction_asked": _("Asked to correct a donation downward"),
        "donation.correction_agreed": _("Agreed to the correction of a donation"),
        "donation.correction_refused": _("Refused the correction of a donation"),
        "bank.opened": _("Opened a bank account in the books"),
        "bank.closed": _("Took a bank account out of use"),
        "bank.fee_booked": _("Booked a bank’s fee"),
        "bank.interest_booked": _("Booked interest of a bank"),
        "money.asked": _("Asked a second person about money at a bank"),
        "money.agreed": _("Agreed to what was asked about money at a bank"),
        "money.refused": _("Refused what was asked about money at a bank"),
        "money.bound_set": _("Set what one person may book alone"),
        "remittance.sent": _("Sent money to another account of the fund"),
        "remittance.received": _("Confirmed that money arrived"),
        "remittance.charged": _("Decided that banks took what did not arrive"),
        "remittance.missing": _("Decided that money is still missing"),
        "exchange.booked": _("Exchanged currency"),
        "exchange.waits": _("Wrote down an exchange that a second person looks at"),
        "exchange.agreed": _("Agreed to an exchange that waited"),
        "exchange.refused": _("Refused an exchange"),
        "month.closed": _("Closed a month of the books"),
        "donation.thanked": _("Thanked for a donation"),
        "thanks.printed_again": _("Printed a letter of thanks again"),
        "thanks.mails_asked": _("Had messages of thanks sent"),
        "thanks.mail_sending": _("A message of thanks is leaving"),
        "thanks.mail_sent": _("A message of thanks was sent"),
        "thanks.mail_failed": _("A message of thanks was not sent"),
        "thanks.mail_unknown": _("Nobody knows whether a message of thanks was sent"),
        "thanks.mail_returned": _("A message of thanks was given back before it was sent"),
        "thanks.mail_accepted": _("Found that a message of thanks was sent"),
        "thanks.mail_reopened": _("Found that a message of thanks was not sent"),
        "thanks.taken_off": _("Took an acknowledgement off the public page"),
        "figures.chosen": _("Chose how figures for donors are published"),
        "figures.released": _("Released figures for donors"),
        "figures.withdrawn": _("Withdrew figures for donors"),
        "thanks_text.written": _("Wrote a text of thanks"),
        "programme.written": _("Wrote a programme"),
        "allocation.proposed": _("Proposed an allocation"),
        "allocation.reproposed": _("Computed an allocation anew"),
        "allocation.withdrawn": _("Withdrew an allocation"),
        "vote.cast": _("Voted on an allocation"),
        "meeting.called": _("Called a meeting of the committee"),
        "meeting.called_off": _("Called off a meeting"),
        "meeting.attendance_noted": _("Noted who sits at the table"),
        "meeting.closed": _("Made the minutes of a meeting"),
        "paper.minuted": _("Minuted what a member marked on paper"),
        "remark.made": _("Made a remark on an allocation"),
        "line.questioned": _("Questioned a line of an allocation"),
        "question.answered": _("Answered a question about a line"),
        "lines.held_out": _("Held lines out of an allocation"),
        "place.opened": _("Opened where a meeting is"),
        "remark.opened": _("Opened remarks on an allocation"),
        "question.opened": _("Opened questions about lines"),
        "answer.opened": _("Opened answers about lines"),
        "allocation.carried": _("Carried the allocation and set its money aside"),
        "allocation.rejected": _("Rejected the allocation"),
        "committee.change_proposed": _("Proposed a change of the committee"),
        "committee.change_answered": _("Signed an answer to a change of the committee"),
        "committee.changed": _("Certified a change of the committee"),
        "committee.seat_given": _("Gave a new member their role"),
        "committee.seat_ended": _("Ended the role of who left the committee"),
        "stop.pressed": _("Pressed the emergency stop"),
        "stop.answered": _("Signed a word on the emergency stop"),
        "stop.confirmed": _("Confirmed the emergency stop"),
        "stop.lifted": _("Lifted the emergency stop"),
        "objection.opened": _("Wrote down a family’s objection"),
        "objection.answered": _("Answered an objection"),
        "objection.reopened": _("Took an objection to the committee for a family"),
        "objection.handed_over": _("Gave an objection to the committee"),
        "objection.remarked": _("Made a remark on an objection"),
        "objection.rule_set": _("Set how soon objections are answered"),
        "protest.opened": _("Opened what families object to"),
        "counsel.opened": _("Opened what members say of an objection"),
        "reply.opened": _("Opened the answer to an objection"),
        "vouchers.printed": _("Printed vouchers"),
        "vouchers.reprinted": _("Printed vouchers again"),
        "vouchers.expired": _("Closed expired vouchers, and their money is available again"),
        "voucher.collected": _("Handed out a voucher’s aid"),
        "collection.refused": _("Refused a collection"),
        "good.written": _("Wrote a good into the catalogue"),
        "grants.rules_written": _("Wrote the rules for grants"),
        "supplier.opened": _("Opened who sells goods to the fund"),
        "purchase.paid": _("Paid an invoice"),
        "purchase.delivered": _("Took in a delivery"),
        "purchase.closed": _("Closed a purchase"),
        "cash.sent": _("Sent money to a point"),
        "cash.arrived": _("Counted money that arrived at a point"),
        "stock.counted": _("Counted the stock of a point"),
        "stock.carried": _("Carried goods between points"),
        "stock.packed": _("Packed kits"),
        "stock.loss_reported": _("Reported a loss of goods"),
        "stock.written_off": _("Agreed that goods are written off"),
        "stock.loss_refused": _("Refused to write goods off"),
        "backup.asked": _("Asked for a backup"),
        "backup.made": _("Made a backup"),
        "backup.copied": _("Copied a backup to the second place"),
        "backup.destroyed": _("Destroyed a backup whose time was over"),
        "backup.missing": _("Found a backup missing whose time was over"),
        "continuity.printed": _("Printed the continuity pack"),
    }
)
"""What each act is called. An act without a sentence is shown by its code."""


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
        **{id_: _("A list of families") for id_, _at in of(FamilyImport.id, FamilyImport.at)},
        **{id_: _("Bank line %(number)s", number=number) for id_, number in of(BankLine.id, BankLine.number)},
        **{id_: in_language(names, actor.language) for id_, names in of(Campaign.id, Campaign.names)},
        **{id_: _("The page for donors, version %(number)s", number=n) for id_, n in of(GiveOffer.id, GiveOffer.n)},
        **{id_: _("Figures, release %(number)s", number=n) for id_, n in of(FiguresRelease.id, FiguresRelease.number)},
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
