"""What is typed to print a paper again: which voucher, and why."""

from dataclasses import replace
from uuid import UUID

from wtforms import Field, RadioField, StringField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.papers import FORMAT_TITLES, PaperStyle, VoucherFormat
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

    def style(self, look: PaperStyle) -> PaperStyle:
        """The fund's look on this paper."""
        return replace(look, format=self.format.data)


class ReprintForm(KomekForm):
    """Why a paper, or a whole batch, is printed again."""

    reason = RadioField(
        _("Why is it printed again?"),
        coerce=ReprintReason,
        choices=[(reason.value, REPRINT_REASON_TITLES[reason]) for reason in TYPED_REASONS],
        validators=[InputRequired(_("Choose a reason."))],
    )

    def order_for(self, batch_id: UUID) -> ReprintOrder:
        """The batch to print again."""
        return ReprintOrder(reason=self.reason.data, batch_id=batch_id)


class ReprintOneForm(ReprintForm):
    """Which voucher is printed again, and why."""

    serial = StringField(_("Number on the stub"))

    def validate_serial(self, field: Field) -> None:
        """A number as it stands on the paper: 000012, or 000012 / 2 on a paper that was printed again."""
        digits = _without_paper(field.data)
        if not digits.isdecimal() or len(digits) > LONGEST_SERIAL:
            raise ValidationError(_("Type the number that stands on the stub, such as 000012."))

    def order(self) -> ReprintOrder:
        """The voucher to print again."""
        return ReprintOrder(reason=self.reason.data, serial=int(_without_paper(self.serial.data)))


def _without_paper(number: str | None) -> str:
    return (number or "").partition("/")[0].strip()
