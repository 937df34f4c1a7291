"""What comes to light afterwards: shops' invoices that differ, and families who say that something is wrong."""

from collections.abc import Iterator
from typing import Any

from aid.domain.exceptions import ExceptionKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.shops import DIFFERENCE_TITLES
from aid.domain.surveys.calls import FINDING_TITLES, RECEIVED_TITLES, Said
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.shops import ShopInvoice, ShopInvoiceDifference
from aid.models.surveys import SurveyAnswer, SurveyCall, SurveyStory
from aid.models.vouchers import Voucher
from aid.queries.exceptions.asking import Asked, Story, told_by
from aid.queries.survey_stories import is_exception, is_newest


def shops(asked: Asked) -> Iterator[Story]:
    """What a shop asked for and is not paid, or was collected there and is not asked for."""
    rows = (
        told_by(ShopInvoice, ShopInvoiceDifference, Point.names, by=ShopInvoice.written_by_id)
        .join(ShopInvoiceDifference, ShopInvoiceDifference.invoice_id == ShopInvoice.id)
        .join(Point, Point.id == ShopInvoice.point_id)
        .outerjoin(Voucher, Voucher.serial == ShopInvoiceDifference.serial)
        .where(~ShopInvoice.withdrawn)
    )
    told = asked.told(rows, at=ShopInvoice.written_at, point=ShopInvoice.point_id, allocation=Voucher.allocation_id)
    for row in told:
        invoice, difference = row.ShopInvoice, row.ShopInvoiceDifference
        said = _("Invoice %(number)s: %(reason)s", number=invoice.number, reason=DIFFERENCE_TITLES[difference.reason])
        if difference.serial is not None:
            said = _(
                "Invoice %(number)s, voucher %(voucher)s: %(reason)s",
                number=invoice.number,
                voucher=printed_number(difference.serial),
                reason=DIFFERENCE_TITLES[difference.reason],
            )
        fate = _sums(difference.claimed_minor, difference.ours_minor, invoice.currency)
        link = asked.link(Permission.SEE_MONEY, "shops.invoice", invoice_id=invoice.id)
        of = {"what": said, "by": row.handle, "fate": fate, "point": row.names}
        yield Story(kind=ExceptionKind.SHOP, at=invoice.written_at, **of, **link)


def surveys(asked: Asked) -> Iterator[Story]:
    """Families who say they got less, or paid for it; for who may see surveys. Which family stands with its call."""
    if not asked.actor.may(Permission.SEE_SURVEYS):
        return
    rows = (
        told_by(SurveyAnswer, SurveyStory, Point.names, by=SurveyAnswer.by_id)
        .join(SurveyCall, SurveyCall.id == SurveyAnswer.call_id)
        .join(Collection, Collection.id == SurveyCall.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Point, Point.id == Collection.point_id)
        .outerjoin(SurveyStory, SurveyStory.answer_id == SurveyAnswer.id)
        .where(is_newest(), is_exception())
    )
    if asked.of.only_open:
        rows = rows.where(SurveyStory.answer_id.is_(None))
    told = asked.told(rows, at=SurveyAnswer.at, point=Collection.point_id, allocation=Voucher.allocation_id)
    for row in told:
        answer = row.SurveyAnswer
        said = _("Asked afterwards what it got, a family says: %(got)s", got=RECEIVED_TITLES[answer.received])
        if answer.paid is Said.YES:
            said = _("Asked afterwards, a family says that it paid somebody for its aid")
        story = row.SurveyStory
        fate = FINDING_TITLES[story.found] if story else _("Nobody has found out yet.")
        of = {"what": said, "by": row.handle, "fate": fate, "point": row.names, "is_open": story is None}
        link = asked.link(Permission.CALL_FAMILIES, "survey_calls.stories")
        yield Story(kind=ExceptionKind.SURVEY, at=answer.at, **of, **link)


def _sums(claimed: int | None, ours: int | None, currency: str) -> Message:
    asked: Any = Money(claimed or 0, currency)
    return _("The shop asks for %(asked)s; by the books it is %(ours)s.", asked=asked, ours=Money(ours or 0, currency))
