"""PINs: six digits that open again what was open a moment ago, for who stands at the table."""

from aid.domain.words import Message, _

DIGITS = 6
_RISING = "01234567890123456789"


def why_not_this_pin(pin: str) -> Message | None:
    """Say why this can't be a PIN, or nothing."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdecimal()):
        return _("Type exactly six digits.")
    if len(set(pin)) <= 2 or pin in _RISING or pin in _RISING[::-1] or pin[:3] == pin[3:]:
        return _("These digits are easy to guess. Take others.")
    return None
