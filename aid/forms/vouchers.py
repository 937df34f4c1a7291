"""What is typed to print a paper again: which voucher, and why."""

from uuid import UUID

from wtforms import Field, RadioField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from aid.domain.papers import FORMAT_TITLES, VoucherFormat
from aid.domain.vouchers import REPRINT_REASON_TITLES, TYPED_REASONS, ReprintReason
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.services.vouchers.printing import ReprintOrder

LONGEST_SERIAL = 9  # digits


class PrintForm(KomekForm):
    """What a pile is printed on."""

    format = RadioField(
        _("On which paper?"),
        coerce=VoucherFormat,
        choices=[(format_.value, title) for format_, title in FORMAT_TITLES.items()],
        validators=[InputRequired(_("Choose a paper."))],
    )


class ReprintForm(KomekForm):
    """Why a paper, or a whole batch, is printed again."""

    reason = RadioField(
        _("Why is it printed again?"),
        coerce=ReprintReason,
        choices=[(reason.value, REPRINT_REASON_TITLES[reason]) for reason in TYPED_REASONS],
        validators=[InputRequired(_("Choose a reason."))],
    )

    format = RadioField(
        _("On which paper?"),
        coerce=str,
        choices=[("", _("The same as before")), *((format_.value, title) for format_, title in FORMAT_TITLES.items())],
        default="",
        validators=[Optional()],
    )

    def chosen(self) -> VoucherFormat | None:
        """What it is printed on; nothing where it stays the same."""
        return VoucherFormat(self.format.data) if self.format.data else None

    def order_for(self, batch_id: UUID, format_: VoucherFormat) -> ReprintOrder:
        """The batch to print again."""
        return ReprintOrder(reason=self.reason.data, batch_id=batch_id, format=format_)


class ReprintOneForm(ReprintForm):
    """Which voucher is printed again, and why."""

    serial = StringField(_("Number on the stub"))

    def validate_serial(self, field: Field) -> None:
        """A number as it stands on the paper: 000012, or 000012 / 2 on a paper that was printed again."""
        digits = _without_paper(field.data)
        if not digits.isdecimal() or len(digits) > LONGEST_SERIAL:
            raise ValidationError(_("Type the number that stands on the stub, such as 000012."))

    @property
    def number(self) -> int:
        """The number that was typed."""
        return int(_without_paper(self.serial.data))

    def order(self, format_: VoucherFormat) -> ReprintOrder:
        """The voucher to print again."""
        return ReprintOrder(reason=self.reason.data, serial=self.number, format=format_)


def _without_paper(number: str | None) -> str:
    return (number or "").partition("/")[0].strip()
