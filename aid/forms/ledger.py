"""The period of a statement as it is typed in."""

from wtforms import DateField

from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.queries.ledger.statement import Period


class PeriodForm(KomekForm):
    """From one day to another. It is asked by its address, so that a statement can be opened again."""

    first = DateField(_("First day"))
    last = DateField(_("Last day"))

    @property
    def period(self) -> Period:
        """The days chosen."""
        return Period(self.first.data, self.last.data)
