"""Where to go on to after a form."""

from flask import url_for


def local(address: str | None) -> str:
    """Where to go on to: a path of ours, never another server's."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return url_for("today.index")
