"""The web session: one cookie of 32 random bytes; a sign-in's row holds keys only under half of that cookie.

Beside it a browser has a cookie that outlives sign-ins: it opens nothing, and tells a known device from a stranger's.
Who hands out has a PIN: after ten minutes the sign-in is locked, and nothing but the PIN page is served to it.
"""

import hmac
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from aid.extensions import db, now, reading
from aid.formats import is_without_cookies, say
from aid.models.people import PersonState, SignIn
from aid.queries.actors import SignInRow, actor_of_sign_in
from aid.services.sign_ins import LONGEST
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie

IDLE = timedelta(minutes=30)
LOCKS_AFTER = timedelta(minutes=10)
PIN_TRIES = 5
PIN = "pin"  # under this name the jar keeps it
COOKIE = "__Host-komek"
DEVICE_COOKIE = "__Host-komek-device"
A_YEAR = timedelta(days=365)
NOBODYS = ("/static/", "/health/")  # asked by nobody in particular: no session is looked up for them


class KomekSession(CallbackDict[str, Any], SessionMixin):
    """What is kept between two pages. For a stranger that is nothing but the token of their forms."""

    def __init__(
        self,
        cookie: SignInCookie,
        kept: dict[str, Any],
        row: SignInRow | None,
        *,
        fresh: bool,
        device: SignInCookie | None = None,
    ) -> None:
        super().__init__(kept, _mark_modified)
        self.cookie = cookie
        self.row = row
        self.new = fresh
        self.modified = False
        self["csrf_token"] = cookie.csrf()
        self.modified = False
        self.successor: SignInCookie | None = None  # set when this request signs in
        self.ended = False
        self.device = device
        self.locked = row is not None and (row.locked or _slept(row, kept))
        self.unlocked = False  # set when this request typed the PIN
        self.unattended = False  # set when a page looked again by itself, and nobody need sit before it

    @property
    def actor(self) -> Actor | None:
        """Who is signed in."""
        return self.row.actor if self.row else None

    @property
    def state(self) -> PersonState | None:
        """Whether that person may work."""
        return self.row.state if self.row else None


def _slept(row: SignInRow, kept: dict[str, Any]) -> bool:
    """Whether somebody with a PIN was away for so long that it is asked for."""
    return PIN in kept and now().instant - row.seen_at > LOCKS_AFTER


def _mark_modified(session: Any) -> None:
    session.modified = True


class SignInSessions(SessionInterface):
    """Opens the session of a request from its cookie, and writes back what changed."""

    def open_session(self, app: Flask, request: Request) -> KomekSession:
        """A cookie without a living row is a stranger's."""
        cookie = SignInCookie.from_text(request.cookies.get(COOKIE, ""))
        if request.path.startswith(NOBODYS):
            return KomekSession(cookie or SignInCookie.new(), {}, None, fresh=False)
        row = actor_of_sign_in(reading(), cookie=cookie, now=now(), idle=IDLE, longest=LONGEST) if cookie else None
        kept = cookie.open_jar(row.jar) if cookie and row and row.jar else {}
        device = SignInCookie.from_text(request.cookies.get(DEVICE_COOKIE, ""))
        return KomekSession(cookie or SignInCookie.new(), kept, row, fresh=cookie is None, device=device)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the jar of who is signed in; give a stranger a cookie for their forms."""
        assert isinstance(session, KomekSession)
        if session.ended:
            _end(session)
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
            return
        if session.row is not None:
            try:
                _touch(session)
            except OperationalError:  # on a broken disk what is there can still be read
                if request.method == "POST" and 300 <= response.status_code < 400:
                    raise
        if session.successor is not None:
            _give(response, session.successor)
            if session.device is not None:
                _give_device(response, session.device)
        elif session.new and session.accessed and not is_without_cookies():
            _give(response, session.cookie)


def _give(response: Response, cookie: SignInCookie) -> None:
    response.set_cookie(COOKIE, cookie.text(), path="/", secure=True, httponly=True, samesite="Lax")


def _give_device(response: Response, device: SignInCookie) -> None:
    age = int(A_YEAR.total_seconds())
    response.set_cookie(DEVICE_COOKIE, device.text(), max_age=age, path="/", secure=True, httponly=True, samesite="Lax")


def _touch(session: KomekSession) -> None:
    """Note that the person is still here, at most once a minute, and what changed in the jar."""
    moment = now().instant
    row = session.row
    assert row is not None
    if session.locked:  # who pokes at the lock does not keep the sign-in alive
        if not row.locked:
            _write(update(SignIn).where(SignIn.id == session.cookie.row_id).values(locked=True))
        return
    values: dict[str, Any] = {}
    if session.unlocked:
        values |= {"locked": False, "pin_tries": 0, "seen_at": moment}
    elif moment - row.seen_at > timedelta(minutes=1) and not session.unattended:
        values["seen_at"] = moment
    if session.modified:
        kept = {name: value for name, value in session.items() if name != "csrf_token"}
        if "_flashes" in kept:  # said now: the jar keeps no messages, only words
            kept["_flashes"] = [(category, say(message)) for category, message in kept["_flashes"]]
        values["jar"] = session.cookie.seal_jar(kept) if kept else None
    if values:
        _write(update(SignIn).where(SignIn.id == session.cookie.row_id).values(**values))


def _end(session: KomekSession) -> None:
    _write(delete(SignIn).where(SignIn.id == session.cookie.row_id))


def _write(statement: Update | Delete) -> int:
    """A sign-in row's own housekeeping: no act of the fund, so no audit line. How many rows it was."""
    db.session.rollback()
    with db.engine.execution_options(writes=True).begin() as connection:
        return connection.execute(statement).rowcount


def sign_in_to(session: SessionMixin, cookie: SignInCookie) -> None:
    """Answer this request with a new cookie: the old one was a stranger's."""
    assert isinstance(session, KomekSession)
    session.successor = cookie


def device_of_this(session: SessionMixin) -> SignInCookie:
    """The browser's long cookie; a new one is given to it when it signs in."""
    assert isinstance(session, KomekSession)
    session.device = session.device or SignInCookie.new()
    return session.device


def lock(session: SessionMixin) -> None:
    """Ask for the PIN from the next request on."""
    assert isinstance(session, KomekSession)
    session.locked = True


def unlock(session: SessionMixin, pin: str) -> bool:
    """Whether this is the PIN, and then the sign-in is open again. The last wrong try ends it.

    A try is taken before it is looked at, so that many at once are no more than five.
    """
    assert isinstance(session, KomekSession)
    row = update(SignIn).where(SignIn.id == session.cookie.row_id)
    if not _write(row.where(SignIn.pin_tries < PIN_TRIES).values(pin_tries=SignIn.pin_tries + 1)):
        session.ended = True
        return False
    if hmac.compare_digest(str(session.get(PIN, "")).encode(), pin.encode()) and pin:
        session.locked, session.unlocked = False, True
        return True
    session.ended = not _write(row.where(SignIn.pin_tries < PIN_TRIES).values(locked=True))
    return False


def unattended(session: SessionMixin) -> None:
    """A page asked this by itself: it does not keep the sign-in alive."""
    assert isinstance(session, KomekSession)
    session.unattended = True


def sign_out_of(session: SessionMixin) -> None:
    """End this sign-in with the answer to this request."""
    assert isinstance(session, KomekSession)
    session.ended = True
