"""What an authenticator app on a phone is given: a picture to scan, a link, or a key to type."""

from base64 import b32encode

import pyotp
import segno

from aid.blueprints._frame import the_fund
from aid.formats import named
from aid.security import current_actor


def for_the_app(seed: bytes, *, handle: str = "", issuer: str = "") -> dict[str, str]:
    """The words of a page on which a phone's app is given a new seed."""
    address = _address(seed, handle=handle or current_actor().handle, issuer=issuer or _issuer())
    return {"secret": _in_groups(seed), "address": address, "qr": _picture(address)}


def _address(seed: bytes, *, handle: str, issuer: str) -> str:
    """The seed for the authenticator app."""
    return pyotp.TOTP(_base32(seed)).provisioning_uri(name=handle, issuer_name=issuer)


def _issuer() -> str:
    """The name that the app lists it under: one that says nothing of a strike."""
    fund = the_fund()
    return named(dict(fund.paper_titles)) if fund else "Komek"


def _picture(address: str) -> str:
    """The same as a picture to scan."""
    picture: str = segno.make(address, error="m", micro=False).png_data_uri(scale=6, border=4)
    return picture


def _in_groups(seed: bytes) -> str:
    text = _base32(seed)
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _base32(seed: bytes) -> str:
    return b32encode(seed).decode("ascii")
