"""Pages for what went wrong: what, which, and what to do now."""

import logging
import traceback
from dataclasses import dataclass

from flask import Flask, current_app, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import Message, _
from aid.extensions import disk_is_full
from aid.security.guards import way_back_from_old_form
from aid.vault.bundles import Busy
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as its page says it."""

    status: int
    title: Message
    remedy: Message


PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

ONCE_OURS = ("The CSRF tokens do not match.", "The CSRF token has expired.")
"""What Flask-WTF says of a token that this server signed: for a sign-in of before, or a page that was long open."""

TROUBLES = {
    400: (_("This can't be read"), _("Something in the request is damaged. Go back and try again.")),
    403: (_("This is not for your roles"), _("Ask a coordinator if you need it.")),
    404: (_("There is nothing here"), _("It may have moved, or it may not be yours to see. Start again from Today.")),
    405: (_("That is not how this page works"), _("Go back and use the page's own buttons.")),
    409: (_("This was not done"), _("Go back, look at what is there now, and try again.")),
    413: (_("This is too large"), _("A file may have 16 MB at most. Split it and send the parts.")),
    429: (_("Too many tries"), _("Wait a minute, then try again.")),
    500: (
        _("Something broke"),
        _(
            "Nothing was lost or done twice. Go back and send it again; "
            "if it breaks again, tell the administrator the time."
        ),
    ),
    503: (_("Busy for a moment"), _("Wait a few seconds and send it again.")),
    507: (
        _("The disk is full"),
        _(
            "Nothing was lost, and nothing was done. Tell the administrator now: "
            "when there is room again, go back and send it once more."
        ),
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(NoKey, _no_key)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _http)
    app.logger.addFilter(_without_words)


def page(status: int, *, title: Message | None = None, remedy: Message | None = None) -> ResponseReturnValue:
    """The page of an error."""
    usual_title, usual_remedy = TROUBLES.get(status, TROUBLES[400])
    trouble = Trouble(status, title or usual_title, remedy or usual_remedy)
    try:
        return render_template("errors/error.html", trouble=trouble), status
    except (SQLAlchemyError, AssertionError):  # a page's frame, and whose sign-in it is, are read from the database
        return f"{trouble.title}\n\n{trouble.remedy}\n", status, PLAIN


def _without_words(record: logging.LogRecord) -> bool:
    """Log where it broke and by what kind of error, never its text: that may quote what a person typed."""
    if record.exc_info and (error := record.exc_info[1]):
        record.error, record.exc_text = error, _places_of(error)
        record.exc_info = None
    return True


def _places_of(error: BaseException) -> str:
    """The places an error went through, the error it came out of first."""
    before = error.__cause__ or error.__context__
    told = "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__
    return f"{_places_of(before)}\n\n{told}" if before else told


def _rule_broken(refusal: RuleBroken) -> ResponseReturnValue:
    return page(409, remedy=refusal.message)


def _not_allowed(refusal: NotAllowed) -> ResponseReturnValue:
    return page(403, remedy=refusal.message)


def _form_expired(error: CSRFError) -> ResponseReturnValue:
    """A form of ours that is too old is kept for who sent it; what never was one of ours is not."""
    if error.description in ONCE_OURS and (waits := way_back_from_old_form()):
        return redirect(waits)
    return page(400, title=_("This form has expired"), remedy=_("Open the page again, and send the form from there."))


def _busy(_error: Busy) -> ResponseReturnValue:
    return page(503)


def _no_key(_error: NoKey) -> ResponseReturnValue:
    """Who was just invited, or comes back with new keys, has roles before they have keys."""
    title = _("You have no keys for this yet")
    return page(
        409, title=title, remedy=_("Ask a colleague who has them to give them to you: you stand on their list.")
    )


def _database(failure: DBAPIError) -> ResponseReturnValue:
    """A full disk is said by its name: there is something to do. Everything else has broken, and is logged."""
    if not disk_is_full(failure):
        raise failure
    current_app.logger.error("The disk is full", exc_info=failure)
    return page(507)


def _strange_host(_error: SecurityError) -> ResponseReturnValue:
    """A name we do not go by: there are no addresses of ours to put on a page."""
    return "This is not a name of this server.\n", 400, PLAIN


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    return page(error.code or 500)
