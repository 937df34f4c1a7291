"""What people type about their own password, phone, codes and PIN."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from aid.domain.passwords import LONGEST, why_not_this_password
from aid.domain.pins import why_not_this_pin
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.forms.base import KomekForm


class PresentForm(KomekForm):
    """The password of who is signed in: a phone left on a table is not enough."""

    present = PasswordField(_l("Your password"), validators=[InputRequired(), Length(max=LONGEST)])


class PasswordForm(PresentForm):
    """The old password, and the new one twice."""

    present = PasswordField(_l("The password you have now"), validators=[InputRequired(), Length(max=LONGEST)])
    password = PasswordField(_l("New password"), validators=[InputRequired()])
    again = PasswordField(
        _l("The new password again"), validators=[EqualTo("password", _l("The two passwords differ. Type both anew."))]
    )

    def new(self, *, handle: str) -> str:
        """The new password. Raises RuleBroken."""
        password = self.password.data or ""
        if reason := why_not_this_password(password, handle=handle):
            raise RuleBroken(reason, field="password")
        if password == self.present.data:
            raise RuleBroken(_("This is the password you have. Choose another one."), field="password")
        return password


class PhoneForm(PresentForm):
    """The password, proof of the old phone or its paper, and the first code of the new phone."""

    old_code = StringField(_l("Code from the old phone, or from paper"), validators=[InputRequired(), Length(max=20)])
    code = StringField(_l("Code from the new phone"), validators=[InputRequired(), Length(max=20)])


class WhichForm(KomekForm):
    """One of one's own sign-ins."""

    which = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])

    @property
    def sign_in_id(self) -> bytes:
        """The row's id."""
        return bytes.fromhex(str(self.which.data))


class PinForm(KomekForm):
    """Six digits of one's own, twice."""

    pin = PasswordField(_l("Six digits"), validators=[InputRequired(), Length(max=20)])
    again = PasswordField(
        _l("The same six digits again"), validators=[EqualTo("pin", _l("The two differ. Type both anew."))]
    )

    def order(self) -> str:
        """The PIN. Raises RuleBroken."""
        pin = "".join((self.pin.data or "").split())
        if reason := why_not_this_pin(pin):
            raise RuleBroken(reason, field="pin")
        return pin


class UnlockForm(KomekForm):
    """The six digits."""

    pin = PasswordField(_l("Your six digits"), validators=[InputRequired(), Length(max=20)])

    def order(self) -> str:
        """What was typed, without spaces."""
        return "".join((self.pin.data or "").split())
