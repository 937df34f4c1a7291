"""Forms that are shown back to be checked before anything is done, and forms whose lists grow."""

from collections.abc import Mapping

from flask import request
from wtforms import FieldList

from aid.forms.base import KomekForm

ASKED_ANEW = frozenset({"key", "csrf_token", "step", "add", "remove"})


class CheckedForm(KomekForm):
    """A form in two steps: typed, and then checked with everything restated."""

    @property
    def step(self) -> str:
        """What was asked for: to check, to change, to do it."""
        return request.form.get("step", "check")

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, to ride along on the page that checks it."""
        return [(name, value) for name, value in request.form.items(multi=True) if name not in ASKED_ANEW]


def rearrange(rows: FieldList, pressed: Mapping[str, str], *, most: int) -> bool:
    """Add or take away a line, where that was asked for; nothing is checked then."""
    if pressed.get("add") == rows.name and len(rows.entries) < most:
        rows.append_entry()
    elif "remove" in pressed:
        rows.entries = [entry for entry in rows.entries if entry.name != pressed["remove"]]
    return "add" in pressed or "remove" in pressed


def whole_number(text: object) -> int | None:
    """A whole number as people type it, or None for anything else."""
    typed = "".join(str(text or "").split())
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else None
