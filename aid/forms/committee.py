"""A vote as it is given: the answer, a reason to step out, and the password that opens the signing key."""

from uuid import UUID

from wtforms import HiddenField, IntegerField, PasswordField, RadioField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from aid.domain.passwords import LONGEST
from aid.domain.quorum import RECUSAL_TITLES, Choice, RecusalReason
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.services.committee import VoteOrder

CHOICES = {
    Choice.YES: _("Yes, give this aid"),
    Choice.NO: _("No, do not give it"),
    Choice.RECUSAL: _("I step out of this decision"),
}


class VoteForm(KomekForm):
    """A member's answer to what they saw: the form carries its version and content root."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    content_root = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    choice = RadioField(
        _("Your vote"),
        choices=[(choice.value, title) for choice, title in CHOICES.items()],
        validators=[InputRequired(_("Choose one of the three answers."))],
    )
    reason = RadioField(
        _("Why you step out"),
        choices=[(reason.value, title) for reason, title in RECUSAL_TITLES.items()],
        validators=[Optional()],
    )
    password = PasswordField(
        _("Your password"),
        validators=[InputRequired(_("Your password signs the vote. Type it.")), Length(max=LONGEST)],
    )

    def order(self, allocation_id: UUID) -> VoteOrder:
        """The vote as a value."""
        choice = Choice(self.choice.data)
        return VoteOrder(
            allocation_id=allocation_id,
            version=self.version.data,
            content_root=bytes.fromhex(self.content_root.data),
            choice=choice,
            reason=RecusalReason(self.reason.data) if choice is Choice.RECUSAL and self.reason.data else None,
        )
