"""Choosing whom to thank and how, saying what became of a message, and the fund's own texts."""

from typing import Any
from uuid import UUID

from flask import abort, request
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from aid.domain.thanks import ThanksText
from aid.domain.words import _
from aid.forms.base import KomekForm

BECAME = [
    ("arrived", _("It arrived: the donation is thanked")),
    ("lost", _("It did not arrive: the donation waits for thanks again")),
]


class ChosenForm(KomekForm):
    """Donations that were ticked, and how they are to be thanked for."""

    @property
    def donation_ids(self) -> tuple[UUID, ...]:
        """Each once, in the order they were sent in."""
        try:
            return tuple(dict.fromkeys(UUID(text) for text in request.form.getlist("donation")))
        except ValueError:
            abort(400)

    @property
    def by_mail(self) -> bool:
        """Whether messages were asked for, and not letters."""
        return request.form.get("way") == "email"


class BecameForm(KomekForm):
    """What a treasurer found out about a message."""

    became = RadioField(_("What became of it"), choices=BECAME, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(_("How you know"), validators=[InputRequired(_("Write how you know."))])

    @property
    def arrived(self) -> bool:
        """Whether it did."""
        return bool(self.became.data == "arrived")


class PublicLineForm(KomekForm):
    """A line of the donor's own, to stand beside their gift."""

    line = StringField(_("The donor’s own line"))

    @property
    def words(self) -> str | None:
        """The line; nothing for a friend."""
        return str(self.line.data or "").strip() or None


class TakeOffForm(KomekForm):
    """Why something is taken off the public page."""

    reason = StringField(_("Why it is taken off"), validators=[InputRequired(_("Write the reason."))])


class ThanksTextForm(KomekForm):
    """A text of thanks: shown as it will look, and then kept as a new version."""

    language = StringField(_("Language, by two or three letters"), validators=[InputRequired(_("Write the language."))])
    own_name = StringField(_("What the language calls itself"), validators=[InputRequired(_("Write something here."))])
    subject = StringField(_("Subject of the message"), validators=[InputRequired(_("Write something here."))])
    greeting = StringField(_("Greeting by name"), validators=[InputRequired(_("Write something here."))])
    unnamed = StringField(_("Greeting without a name"), validators=[InputRequired(_("Write something here."))])
    body = TextAreaField(_("Text"), validators=[InputRequired(_("Write something here."))])
    closing = TextAreaField(_("Close and signature"), validators=[InputRequired(_("Write something here."))])
    seen = HiddenField(default="0", validators=[Regexp(r"^\d{1,6}$")])

    def __init__(
        self, *, text: ThanksText | None = None, seen: int = 0, fixed: str | None = None, **given: Any
    ) -> None:
        names = ("language", "own_name", "subject", "greeting", "unnamed", "body", "closing")
        known = {name: getattr(text, name) for name in names} if text else {}
        super().__init__(data={**known, "seen": str(seen)}, **given)
        self._fixed = fixed
        if fixed:
            self.language.data = fixed
            self.language.validators = ()

    @property
    def wants_to_keep(self) -> bool:
        """Whether it is to be kept, and not only shown."""
        return request.form.get("step") == "keep"

    @property
    def version(self) -> int:
        """The version it was written over."""
        return int(self.seen.data or 0)

    def text(self) -> ThanksText:
        """The text as a value."""
        return ThanksText(
            language=self._fixed or str(self.language.data or "").strip(),
            own_name=_line(self.own_name.data),
            subject=_line(self.subject.data),
            greeting=_line(self.greeting.data),
            unnamed=_line(self.unnamed.data),
            body=_lines(self.body.data),
            closing=_lines(self.closing.data),
        )


def _line(text: Any) -> str:
    return str(text or "").strip()


def _lines(text: Any) -> str:
    return "\n".join(str(text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
