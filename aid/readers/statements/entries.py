"""A camt entry as a line of the bank, with what of it could not be read or does not add up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from xml.etree.ElementTree import Element

from aid.domain.money import Money
from aid.domain.payments import Direction, Payment
from aid.domain.statements import BankLine, LineStatus, Lost, Place, Problem, ProblemKind, StatementBegun
from aid.domain.words import Message, _
from aid.readers.statements.figures import Bounds, NotRead, iso_day, minor_of
from aid.readers.statements.outline import Names
from aid.readers.statements.payments import (
    WAYS,
    AmountsPlan,
    ChargesPlan,
    CodesPlan,
    Entry,
    PaymentPlan,
    reference,
)
from aid.readers.statements.shapes import LARGEST_KEPT, MOST_KEPT, NOWHERE, Shape, Shapes, Texts

STATUSES = {
    "BOOK": LineStatus.BOOKED,
    "": LineStatus.BOOKED,
    "PDNG": LineStatus.PENDING,
    "FUTR": LineStatus.PENDING,
}
_ORDERS = ("MsgId", "PmtInfId")
YES = frozenset({"true", "1"})


class EntryPlan:
    """Where the facts of an entry stand."""

    __slots__ = (
        "additional", "amount", "amounts", "batches", "booked", "charges", "codes", "names", "own_reference",
        "payment", "payments", "reference", "reversal", "status", "value", "way",
    )  # fmt: skip

    def __init__(self, kept: dict[object, PaymentPlan], shape: Shape) -> None:
        self.amount, self.way = shape.one(0, "Amt"), shape.one(0, "CdtDbtInd")
        self.reversal = shape.one(0, "RvslInd")
        self.status = shape.one(0, "Sts/Cd", "Sts/Prtry", "Sts")  # one element deeper since version 8
        self.booked = shape.one(0, "BookgDt/Dt", "BookgDt/DtTm", "BookgDt")
        self.value = shape.one(0, "ValDt/Dt", "ValDt/DtTm", "ValDt")
        self.reference, self.own_reference = shape.one(0, "AcctSvcrRef"), shape.one(0, "NtryRef")
        self.codes = CodesPlan(shape, 0)
        details = shape.every(0, "NtryDtls/TxDtls") + shape.every(0, "TxDtls")  # the latter in version 1
        self.payment = PaymentPlan(shape, details[0]) if len(details) == 1 else None
        self.payments = _plans(kept, shape, details) if len(details) > 1 else []
        batches = shape.every(0, "NtryDtls/Btch") + shape.every(0, "Btch")
        self.batches = [(shape.one(place, "NbOfTxs"), shape.one(place, "TtlAmt")) for place in batches]
        named = [place for batch in batches for name in ("MsgId", "PmtInfId") for place in shape.every(batch, name)]
        of = details[0] if len(details) == 1 else NOWHERE  # one alone may be a part of a batch that is booked as one
        self.names = named or [place for name in _ORDERS for place in shape.every(of, f"Refs/{name}")]
        self.additional = shape.every(0, "AddtlNtryInf")
        self.amounts = AmountsPlan(shape, 0) if shape.every(0, "AmtDtls") else None
        self.charges = ChargesPlan(shape, 0) if shape.every(0, "Chrgs") else None


class EntryReader:
    """Reads the entries of one statement; `problems` grow with them."""

    def __init__(self, begun: StatementBegun, shapes: Shapes[EntryPlan], bounds: Bounds) -> None:
        self.begun, self.bounds = begun, bounds
        self.problems: list[Problem] = []
        self._shapes = shapes
        self._place = Place()

    def read(self, element: Element, number: int) -> BankLine | None:
        """The entry as a line, or nothing where its amount, way or day can't be known."""
        self._place = Place(self.begun.number, number)
        plan, nodes, texts = self._shapes.of(element)
        try:
            minor, currency = self._amount(plan, nodes, texts)
            way = WAYS.get((texts[plan.way] or "").strip())
            if way is None:
                raise NotRead(ProblemKind.UNREADABLE, _("it does not say whether money came or went"))
            value_on = self._day(texts[plan.value])
            booked_on = self._day(texts[plan.booked]) or self._instead(value_on)
        except NotRead as trouble:
            self._tell(trouble, Lost.LINE)
            return None
        if minor < 0:
            minor, way = -minor, Direction.DEBIT if way is Direction.CREDIT else Direction.CREDIT
            self._odd(ProblemKind.ODD, _("its amount has a minus sign: it was read as money that went the other way"))
        is_reversal = (texts[plan.reversal] or "").strip() in YES
        own, printed = self.begun.account, texts[plan.amount] or ""
        entry = Entry(nodes, texts, printed, minor, currency, way, is_reversal, own, self.bounds, self._tell)
        payment, details, batch = self._paid(plan, entry)
        return BankLine(
            self._place,
            booked_on,
            value_on,
            minor,
            currency,
            way,
            is_reversal,
            STATUSES.get((texts[plan.status] or "").strip(), LineStatus.INFORMATION)
            if minor
            else LineStatus.INFORMATION,
            reference(texts[plan.reference]) or payment.bank_reference,
            (texts[plan.own_reference] or "").strip(),
            plan.codes.read(texts),
            payment,
            details,
            batch,
            tuple(filter(None, [reference(texts[at]) for at in plan.names])) if plan.names else (),
        )

    def _amount(self, plan: EntryPlan, nodes: list[Element], texts: Texts) -> tuple[int, str]:
        if plan.amount == NOWHERE:
            raise NotRead(ProblemKind.UNREADABLE, _("it has no amount"))
        currency = nodes[plan.amount].get("Ccy", "") or self.begun.currency
        return minor_of((texts[plan.amount] or "").strip(), currency, "."), currency

    def _day(self, text: str | None) -> date | None:
        """A day, with or without a time."""
        try:
            return iso_day(text) if text and text.strip() else None
        except NotRead as trouble:
            self._tell(trouble, Lost.FIELD)
            return None

    def _instead(self, value_on: date | None) -> date:
        """The day that stands for the day of booking where the bank gives none."""
        day = value_on or self.begun.until or self.begun.made_on
        if day is None:
            raise NotRead(ProblemKind.NO_DAY, _("it has no day, and neither has its statement"))
        if value_on is None:
            self._odd(ProblemKind.NO_DAY, _("it has no day: %(day)s was taken, the day of its statement", day=day))
        return day

    def _paid(self, plan: EntryPlan, entry: Entry) -> tuple[Payment, tuple[Payment, ...], int]:
        """What stands behind the entry: one payment, or several with what they have in common."""
        if plan.payment:
            payments = [plan.payment.read(entry)]
        else:
            payments = [payment.read(entry.within(start, end)) for payment, start, end in plan.payments]
        if payments:
            self._check(payments, entry)
        batch = self._batch(plan, payments, entry) if plan.batches else 0
        if len(payments) == 1 and not (plan.additional or plan.amounts or plan.charges):
            return payments[0], (), batch
        own = Payment(
            additional=entry.joined(plan.additional),
            foreign=plan.amounts.read(entry)[0] if plan.amounts else None,
            charges=plan.charges.read(entry) if plan.charges else (),
        )
        return (_merged(payments[0], own), (), batch) if len(payments) == 1 else (own, tuple(payments), batch)

    def _check(self, payments: list[Payment], entry: Entry) -> None:
        """Whether the payments add up to their entry, where all are told in its currency."""
        if len(payments) == 1 and (payments[0].minor is None or payments[0].minor == entry.minor):
            return
        money = entry.money
        found = signed = taken = 0
        for payment in payments:
            if payment.minor is None or payment.currency != money.currency:
                return
            found += payment.minor
            signed += payment.minor if payment.direction in {None, entry.way} else -payment.minor
            taken += sum(charge.money.minor for charge in payment.charges if charge.money.currency == money.currency)
        makes = {found, abs(signed)}
        if not makes & {money.minor, money.minor + taken, money.minor - taken}:
            made = Money(found, money.currency)
            what = _("its payments make %(found)s, and it says %(said)s", found=made, said=money)
            self._odd(ProblemKind.TOTAL, what, made - money)

    def _batch(self, plan: EntryPlan, payments: list[Payment], entry: Entry) -> int:
        """How many payments the bank says the entry holds."""
        counts = [text for count, _total in plan.batches if (text := entry.text(count)).isdecimal() and len(text) < 10]
        count = sum(map(int, counts))
        if count and len(payments) > 1 and count != len(payments):  # one alone may stand for all
            what = _("the bank counts %(said)s payments in it, here are %(found)s", said=count, found=len(payments))
            self._odd(ProblemKind.TOTAL, what)
        totals = [total for _count, at in plan.batches if (total := entry.money_at(at))]
        for currency in sorted({total.currency for total in totals}):
            said = Money(sum(total.minor for total in totals if total.currency == currency), currency)
            told = [each.minor for each in payments if each.currency == currency and each.minor is not None]
            found = sum(told) if told and len(told) == len(payments) else None
            if currency == entry.currency:
                found = entry.minor
            if found is not None and found != said.minor:
                made = Money(found, currency)
                what = _("its payments make %(found)s, and it says %(said)s", found=made, said=said)
                self._odd(ProblemKind.TOTAL, what, made - said)
        return count

    def _tell(self, trouble: NotRead, lost: Lost) -> None:
        self.problems.append(Problem(trouble.kind, self._place, trouble.what, lost))

    def _odd(self, kind: ProblemKind, what: Message, difference: Money | None = None) -> None:
        self.problems.append(Problem(kind, self._place, what, Lost.NOTHING, difference))


def shapes_of(names: Names) -> Shapes[EntryPlan]:
    """The shapes of one file's entries."""
    return Shapes(partial(EntryPlan, {}), names)


def _plans(kept: dict[object, PaymentPlan], shape: Shape, details: Sequence[int]) -> list[tuple[PaymentPlan, int, int]]:
    """Plans of a batch's payments, by their own shapes: a batch has many payments of few shapes."""
    plans = []
    for start in details:
        end = shape.end(start)
        part = (shape.tags[start:end], shape.counts[start:end])
        plan = kept.get(part)
        if plan is None:
            plan = PaymentPlan(Shape(*part, shape.all_names), 0)
            if len(kept) < MOST_KEPT and end - start <= LARGEST_KEPT:
                kept[part] = plan
        plans.append((plan, start, end))
    return plans


def _status(code: str | None) -> LineStatus:
    return STATUSES.get((code or "").strip(), LineStatus.INFORMATION)


def _merged(payment: Payment, own: Payment) -> Payment:
    """The one payment of an entry, with what the entry says of it."""
    said = own.additional if own.additional not in payment.additional else ""
    return replace(
        payment,
        additional=f"{payment.additional} {said}".strip(),
        foreign=payment.foreign or own.foreign,
        charges=payment.charges or own.charges,
    )
