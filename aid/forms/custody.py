"""What people press when a colleague is in danger: few words, few fields."""

from uuid import UUID

from wtforms import SelectMultipleField, StringField
from wtforms.validators import AnyOf

from aid.domain.custody import SuspensionReason
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.forms.base import KomekForm


class CutOffForm(KomekForm):
    """Each reason is a button, so that one touch does it."""

    reason = StringField(validators=[AnyOf([reason.value for reason in SuspensionReason])])

    def order(self) -> SuspensionReason:
        """Why they are cut off."""
        return SuspensionReason(self.reason.data)


class WarnedForm(KomekForm):
    """The families that were warned, each a tick."""

    family = SelectMultipleField(validate_choice=False)

    def order(self) -> tuple[UUID, ...]:
        """Their ids. Raises RuleBroken."""
        try:
            return tuple(UUID(typed) for typed in self.family.data or ())
        except ValueError:
            raise RuleBroken(_("There is no such family.")) from None


class ReinstateForm(KomekForm):
    """Back with the same keys, or with new ones: a button each."""

    keys = StringField(validators=[AnyOf(["same", "new"])])

    @property
    def anew(self) -> bool:
        """Whether they begin with a new first password."""
        return bool(self.keys.data == "new")
