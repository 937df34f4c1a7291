"""A first password is shown once: it waits in the jar of whoever made it until they say that it was handed over."""

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

FIRST = "first_password"  # where the jar keeps handle and password


def show_first_password(handle: str, password: str) -> ResponseReturnValue:
    """Go on to the page that shows it."""
    session[FIRST] = [handle, password]
    return redirect(url_for("work.first_password"))
