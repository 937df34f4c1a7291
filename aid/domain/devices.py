"""What a browser says of itself, cut down to what its owner knows it by and nobody is found by."""

from collections.abc import Mapping
from types import MappingProxyType

from aid.domain.words import Message, _

KINDS: Mapping[str, Message] = MappingProxyType(
    {"phone": _("Phone"), "tablet": _("Tablet"), "computer": _("Computer"), "device": _("Unknown device")}
)
_BROWSERS = (  # in this order: most say that they are Chrome or Safari too
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/", "Opera")),
    ("Yandex", ("YaBrowser/",)),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
)


def device_of(user_agent: str) -> str:
    """'phone Firefox': the kind of device, and the browser where it is a usual one."""
    browser = next((name for name, marks in _BROWSERS if any(mark in user_agent for mark in marks)), "")
    return f"{_kind_of(user_agent)} {browser}".strip()


def _kind_of(user_agent: str) -> str:
    if "iPad" in user_agent or "Tablet" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    if "Mobile" in user_agent or "iPhone" in user_agent:
        return "phone"
    if any(mark in user_agent for mark in ("Windows", "Macintosh", "X11", "CrOS")):
        return "computer"
    return "device"
