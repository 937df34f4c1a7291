"""What follows a decision, as it is typed in: an invoice that is paid, a delivery note, cash sent and counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import DateField, FieldList, Form, FormField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from aid.domain.money import parse_money
from aid.domain.purchases import CASH_FAULT_TITLES, FAULT_TITLES, CashFault, Fault, why_not_delivered
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms.checked import CheckedForm, whole_number
from aid.queries.banks import BankRow
from aid.queries.cash import CashRow
from aid.queries.spending import OrderedRow
from aid.services.cash import ArrivalOrder, SendOrder
from aid.services.stock.deliveries import Came, DeliveryOrder, InvoiceOrder

FAULTS = [("", "–"), *((fault.value, title) for fault, title in FAULT_TITLES.items())]
CASH_FAULTS = [("", "–"), *((fault.value, title) for fault, title in CASH_FAULT_TITLES.items())]


class FromBankForm(CheckedForm):
    """From which bank account, on which day of the bank's."""

    bank = RadioField(_("From the account"), validators=[InputRequired(_("Choose the account."))])
    value_on = DateField(_("The bank’s day"), validators=[InputRequired(_("Choose the day."))])

    def __init__(self, *, banks: Sequence[BankRow], currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency
        usable = [bank for bank in banks if bank.currency == currency]
        self.bank.choices = [(str(bank.id), named(dict(bank.names))) for bank in usable]
        if len(usable) == 1 and self.bank.data is None:
            self.bank.data = str(usable[0].id)

    @property
    def bank_name(self) -> str:
        """The account that was chosen, in the reader's language."""
        return str(dict(self.bank.choices)[self.bank.data])

    def sending(self, line_id: UUID) -> SendOrder:
        """Money for a point, as a value."""
        return SendOrder(line_id=line_id, bank_id=UUID(self.bank.data), value_on=self.value_on.data)


class InvoiceForm(FromBankForm):
    """A supplier's invoice."""

    number = StringField(
        _("The invoice’s number"), validators=[InputRequired(_("Write the invoice’s number as it stands on it."))]
    )
    dated = DateField(_("Its date"), validators=[InputRequired(_("Choose the day."))])
    amount = StringField(_("Amount"), validators=[InputRequired(_("Write the amount."))])

    def order(self, allocation_id: UUID) -> InvoiceOrder:
        """The invoice as a value. Raises RuleBroken beside the amount that can't be read."""
        try:
            amount = parse_money(self.amount.data, self.currency)
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, "amount") from None
        return InvoiceOrder(
            allocation_id=allocation_id,
            number=(self.number.data or "").strip(),
            dated=self.dated.data,
            amount=amount,
            bank_id=UUID(self.bank.data),
            value_on=self.value_on.data,
        )


class CameForm(Form):  # type: ignore[misc]
    """One line of a delivery."""

    line = HiddenField()
    delivered = StringField(_("How many came"))
    fault = SelectField(_("If it differs: why"), choices=FAULTS, default="")


class DeliveryForm(CheckedForm):
    """What really came to a point."""

    lines = FieldList(FormField(CameForm), label=_("Goods"))

    def __init__(self, *, ordered: Sequence[OrderedRow], **given: Any) -> None:
        came = [{"line": str(row.line_id)} for row in ordered]
        super().__init__(**{"data": {"lines": came}, **given})
        self.ordered = {str(row.line_id): row for row in ordered}

    def order(self, allocation_id: UUID, point_id: UUID) -> DeliveryOrder:
        """The delivery note as a value. Raises RuleBroken beside what can't be, in its line."""
        filled = (entry.form for entry in self.lines.entries if (entry.form.delivered.data or "").strip())
        lines = tuple(self._came(line) for line in filled)
        return DeliveryOrder(allocation_id=allocation_id, point_id=point_id, lines=lines)

    def _came(self, line: CameForm) -> Came:
        delivered, row = whole_number(line.delivered.data), self.ordered.get(line.line.data)
        if delivered is None:
            raise RuleBroken(_("Write how many, as a whole number."), line.delivered.name)
        if row is None:
            raise RuleBroken(_("This was not ordered for this point."), "lines")
        fault = Fault(line.fault.data) if line.fault.data else None
        if reason := why_not_delivered(delivered, ordered=row.ordered, earlier=row.delivered, fault=fault):
            raise RuleBroken(reason, line.fault.name)
        return Came(row.line_id, delivered, fault)


class ArrivalForm(CheckedForm):
    """What was counted of money that came to a point."""

    amount = StringField(_("What you counted"), validators=[InputRequired(_("Write what you counted."))])
    fault = SelectField(_("If something is missing: why"), choices=CASH_FAULTS, default="")

    def __init__(self, *, row: CashRow, **given: Any) -> None:
        super().__init__(**given)
        self.row = row
        self.currency = row.amount.currency

    def order(self) -> ArrivalOrder:
        """The count as a value. Raises RuleBroken beside the amount that can't be read."""
        typed = (self.amount.data or "").strip()
        try:
            minor = 0 if typed == "0" else parse_money(typed, self.currency).minor
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, "amount") from None
        fault = CashFault(self.fault.data) if self.fault.data else None
        return ArrivalOrder(line_id=self.row.line_id, minor=minor, fault=fault)
