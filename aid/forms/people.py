"""What people type to sign in and to make their keys."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from aid.domain.passwords import LONGEST, why_not_this_password
from aid.domain.refusals import RuleBroken
from aid.forms.base import KomekForm


class SignInForm(KomekForm):
    """Who, the password, and what the phone shows."""

    handle = StringField(_l("Handle"), validators=[InputRequired(), Length(max=64)])
    password = PasswordField(_l("Password"), validators=[InputRequired(), Length(max=LONGEST)])
    code = StringField(_l("Code from your phone"), validators=[Length(max=20)])

    def order(self) -> dict[str, str]:
        """What `recognise` asks for."""
        handle = (self.handle.data or "").strip().casefold()
        return {"handle": handle, "password": self.password.data or "", "code": self.code.data or ""}


class EnrolForm(KomekForm):
    """A password of one's own, and proof that the phone shows the right codes."""

    password = PasswordField(_l("New password"), validators=[InputRequired()])
    again = PasswordField(
        _l("The same password again"), validators=[EqualTo("password", _l("The two passwords differ. Type both anew."))]
    )
    code = StringField(_l("Code from your phone"), validators=[InputRequired(), Length(max=20)])

    def order(self, *, handle: str) -> dict[str, Any]:
        """The password and the code. Raises RuleBroken."""
        password = self.password.data or ""
        if reason := why_not_this_password(password, handle=handle):
            raise RuleBroken(reason, field="password")
        return {"password": password, "code": self.code.data or ""}
