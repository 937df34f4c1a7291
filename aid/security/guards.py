"""Guards of routes: anyone, somebody signed in, or a holder of a permission."""

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user

from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed
from aid.domain.words import _
from aid.extensions import login, reading
from aid.models.people import PersonState
from aid.perform import look
from aid.queries.founding import sitting_is_in
from aid.queries.people import fund_face
from aid.security.sessions import KomekSession
from aid.services.drafts import SentForm, keep
from aid.vault.actor import Actor


class Guard(Enum):
    """Who may open an address, besides holders of a permission."""

    ANYONE = "anyone"
    ENROLLING = "enrolling"  # signed in, even with a first password only, and even while the PIN is asked for
    SIGNED_IN = "signed in"
    FOUNDING = "founding"  # the one browser in which the fund is founded just now


NEVER_KEPT = frozenset({"csrf_token", "password", "code", "present", "again", "old_code", "pin"})
"""Fields of a form sent too late that are not kept."""

ANYONE, ENROLLING, SIGNED_IN, FOUNDING = Guard.ANYONE, Guard.ENROLLING, Guard.SIGNED_IN, Guard.FOUNDING

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class SignedIn(UserMixin):  # type: ignore[misc]
    """The person behind this request, for Flask-Login."""

    def __init__(self, actor: Actor, state: PersonState, *, locked: bool) -> None:
        self.actor = actor
        self.state = state
        self.locked = locked  # until the PIN is typed

    def get_id(self) -> str:
        """The person's id."""
        return str(self.actor.person_id)


@login.request_loader  # type: ignore[untyped-decorator]
def _whose_request(_request: Any) -> SignedIn | None:
    """The person whose sign-in opened this session; looked up anew each time, so that a suspension holds at once."""
    if isinstance(session, KomekSession) and session.actor is not None and session.state is not None:
        return SignedIn(session.actor, session.state, locked=session.locked)
    return None


def current_actor() -> Actor:
    """Who acts in this request."""
    actor: Actor = current_user.actor
    return actor


def allow(guard: Guard | Permission) -> Callable[[View], View]:
    """Let this route be opened by anyone, by somebody signed in, or by holders of a permission."""

    def guarded(view: View) -> View:
        @wraps(view)
        def opened(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            refusal = _refusal(guard)
            return refusal if refusal is not None else view(*args, **kwargs)

        opened.allows = guard  # type: ignore[attr-defined]
        return opened  # type: ignore[return-value]

    return guarded


def _refusal(guard: Guard | Permission) -> ResponseReturnValue | None:
    """What to answer instead of the page, or nothing. Raises NotAllowed."""
    if guard is Guard.ANYONE:
        return None
    if guard is Guard.FOUNDING:
        return _outside_the_sitting()
    known: SignedIn = current_user._get_current_object()  # asked for once, and not at each of its attributes
    if not known.is_authenticated:
        return redirect(url_for("people.sign_in", next=_way_back(guard)))
    invited = known.state is PersonState.INVITED
    if invited and guard is not Guard.ENROLLING:
        return redirect(url_for("people.enrol"))
    if known.locked and guard is not Guard.ENROLLING:
        return redirect(url_for("account.unlock", next=_way_back(guard)))
    if isinstance(guard, Permission) and not known.actor.may(guard):
        raise NotAllowed(_("Your roles do not let you open this page. Ask a coordinator if you need it."))
    return None


def _outside_the_sitting() -> ResponseReturnValue | None:
    """The sitting's pages are for its browser: there is nothing else once the fund is founded."""
    if isinstance(session, KomekSession) and sitting_is_in(reading(), cookie_id=session.cookie.row_id):
        return None
    if fund_face(reading()) is not None:
        abort(404)
    return redirect(url_for("founding.index"))


def _way_back(guard: Guard | Permission) -> str | None:
    """Where to go on after signing in: to the page asked for, or to the form that was sent too late and is kept."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    if guard is Guard.ENROLLING or not isinstance(session, KomekSession):
        return None
    if request.blueprint == "collections":  # a voucher's digits are not kept: it is checked anew
        return url_for("collections.new")
    return _kept(session)


def way_back_from_old_form() -> str | None:
    """Where a form waits that somebody sent from a page of before they signed in anew; nothing where it holds nothing.

    It counts as theirs where it comes from one of our own pages: no other site's form is kept, to be sent by one press.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None
    guard = getattr(current_app.view_functions.get(request.endpoint or ""), "allows", Guard.ANYONE)
    typed = {name for name, value in request.form.items() if value} - NEVER_KEPT - {"key", "next"}
    is_kept = guard is Guard.SIGNED_IN or isinstance(guard, Permission)
    if (
        not (is_kept and typed and isinstance(session, KomekSession) and session.actor)
        or request.blueprint == "collections"
    ):
        return None
    return _kept(session)


def _kept(of: KomekSession) -> str | None:
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT)
    form = SentForm(request.full_path.rstrip("?"), fields)
    kept = look(keep, actor=Actor.system(), sign_in_id=of.cookie.row_id, form=form)
    return url_for("people.draft") if kept.person_id else None


def refuse_unguarded(app: Flask) -> None:
    """Stop the app from starting with a route that says nothing of who may open it."""
    static: Callable[..., ResponseReturnValue] = app.view_functions["static"]  # type: ignore[assignment]
    app.view_functions["static"] = allow(ANYONE)(static)
    bare = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "allows"))
    if bare:
        raise RuntimeError(f"These routes have no @allow: {', '.join(bare)}")
