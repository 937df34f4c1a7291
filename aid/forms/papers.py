"""What is typed to set how the fund's papers look."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Regexp

from aid.domain.languages import OWN_NAMES, Language
from aid.domain.papers import FORMAT_TITLES, PaperStyle, PictureKind, VoucherFormat
from aid.domain.words import _
from aid.forms.base import KomekForm


class LookForm(KomekForm):
    """Titles and footers by language, two colours, a logo and a format."""

    title_kk = StringField(_("Title in %(language)s", language=OWN_NAMES[Language.KK]))
    title_ru = StringField(_("Title in %(language)s", language=OWN_NAMES[Language.RU]))
    title_en = StringField(_("Title in %(language)s", language=OWN_NAMES[Language.EN]))
    footer_kk = StringField(_("Footer in %(language)s", language=OWN_NAMES[Language.KK]))
    footer_ru = StringField(_("Footer in %(language)s", language=OWN_NAMES[Language.RU]))
    footer_en = StringField(_("Footer in %(language)s", language=OWN_NAMES[Language.EN]))
    ink = StringField(_("Colour of the title"))
    line = StringField(_("Colour of the line under it"))
    logo = FileField(_("Logo"))
    without_logo = BooleanField(_("Print no logo"))
    format = RadioField(
        _("On which paper?"),
        coerce=VoucherFormat,
        choices=[(format_.value, title) for format_, title in FORMAT_TITLES.items()],
        validators=[InputRequired(_("Choose a paper."))],
    )
    seen = HiddenField(default="0", validators=[Regexp(r"^\d{1,6}$")])

    def __init__(self, *, look: PaperStyle, seen: int) -> None:
        words = {f"{kind}_{language}": texts.get(language, "") for kind, texts in _words(look) for language in Language}
        rest = {"ink": look.ink, "line": look.line, "format": look.format, "seen": str(seen)}
        super().__init__(data=words | rest)
        self._look = look

    @property
    def titles(self) -> list[Field]:
        """The titles' fields."""
        return [self[f"title_{language}"] for language in Language]

    @property
    def footers(self) -> list[Field]:
        """The footers' fields."""
        return [self[f"footer_{language}"] for language in Language]

    @property
    def version(self) -> int:
        """The version that this is set over."""
        return int(self.seen.data or 0)

    def brought(self) -> bytes | None:
        """The picture that was chosen, if one was."""
        return self.logo.data.read() if self.logo.data and self.logo.data.filename else None

    def style(self, brought: tuple[bytes, PictureKind] | None) -> PaperStyle:
        """The look as it was typed, with this picture, the one there was, or none."""
        kept = None if self.without_logo.data else (self._look.logo, self._look.logo_kind)
        logo, kind = brought or kept or (None, None)
        return PaperStyle(
            titles={language.value: _line(self[f"title_{language}"].data) for language in Language},
            footers={language.value: _line(self[f"footer_{language}"].data) for language in Language},
            ink=_line(self.ink.data).lower(),
            line=_line(self.line.data).lower(),
            logo=logo,
            logo_kind=kind,
            format=self.format.data,
        )


def _words(look: PaperStyle) -> tuple[tuple[str, Any], ...]:
    return ("title", look.titles), ("footer", look.footers)


def _line(text: Any) -> str:
    return str(text or "").strip()
