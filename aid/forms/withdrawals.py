"""Why a family leaves the fund, and the word that it is to be erased."""

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from aid.domain.families import WithdrawalReason
from aid.domain.withdrawals import WITHDRAWAL_TITLES
from aid.domain.words import _
from aid.forms.base import KomekForm

NOT_BY_HAND = frozenset({WithdrawalReason.SAMPLE, WithdrawalReason.UNDONE, WithdrawalReason.UNITED})
CHOSEN = tuple(reason for reason in WithdrawalReason if reason not in NOT_BY_HAND)


class WithdrawForm(KomekForm):
    """Why the family leaves."""

    why = RadioField(
        _("Why does it leave?"),
        choices=[(reason.value, WITHDRAWAL_TITLES[reason]) for reason in CHOSEN],
        validators=[InputRequired(_("Say why the family leaves."))],
    )

    @property
    def reason(self) -> WithdrawalReason:
        """The reason chosen."""
        return WithdrawalReason(self.why.data)


class EraseForm(KomekForm):
    """That whoever erases knows what it means."""

    sure = BooleanField(
        _("I know that nobody can bring it back"),
        validators=[InputRequired(_("Tick that you know it: nobody can bring it back."))],
    )
