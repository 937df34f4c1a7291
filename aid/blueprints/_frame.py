"""What stands around every page: the fund's name, the way to one's own rooms, who is signed in."""

from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_login import current_user

from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import named
from aid.models.people import PersonState
from aid.queries.founding import Provisional, provisional
from aid.queries.people import FundFace, fund_face
from aid.security.sessions import LOCKS_AFTER, PIN
from aid.services.stops import why_stopped
from aid.vault.actor import Actor

WAYS: tuple[tuple[str, Message, Permission | None], ...] = (
    ("today.index", _("Today"), None),
    ("families.index", _("Families"), Permission.SEARCH_FAMILIES),
    ("families.waiting", _("Confirm families"), Permission.CONFIRM_FAMILIES),
    ("discussion.questions", _("Questions of the committee"), Permission.REGISTER_FAMILIES),
    ("objections.index", _("Objections"), Permission.SEE_OBJECTIONS),
    ("donations.index", _("Donations"), Permission.SEE_MONEY),
    ("donors.index", _("Donors"), Permission.SEE_DONORS),
    ("thanks.index", _("Thanks"), Permission.THANK_DONORS),
    ("support.index", _("Words of support"), Permission.SHOW_MESSAGES),
    ("giving.index", _("Page for donors"), Permission.CONFIRM_MONEY),
    ("programmes.index", _("Programmes"), Permission.SEE_PROGRAMMES),
    ("allocations.index", _("Allocations"), Permission.SEE_ALLOCATIONS),
    ("committee.index", _("Committee"), Permission.VOTE),
    ("meetings.index", _("Meetings"), Permission.SEE_ALLOCATIONS),
    ("membership.index", _("Committee members"), Permission.SEE_COMMITTEE),
    ("stop.index", _("Emergency stop"), Permission.STOP_FUND),
    ("vouchers.index", _("Vouchers"), Permission.SEE_VOUCHERS),
    ("days.index", _("Distribution days"), Permission.KEEP_POINT),
    ("handovers.index", _("Piles of papers"), Permission.KEEP_POINT),
    ("deliveries.index", _("Deliveries and cash"), Permission.SEE_STOCK),
    ("stock.index", _("Stock"), Permission.SEE_STOCK),
    ("day_counts.index", _("Opening and closing"), Permission.SEE_STOCK),
    ("collections.new", _("Hand out"), Permission.HAND_OUT),
    ("collections.index", _("Collections"), Permission.SEE_COLLECTIONS),
    ("point_lists.index", _("Days without network"), Permission.SEE_COLLECTIONS),
    ("surveys.index", _("Did aid arrive?"), Permission.SEE_SURVEYS),
    ("reconciliation.index", _("Do the vouchers add up?"), Permission.SEE_MONEY),
    ("ledger.index", _("Money"), Permission.SEE_MONEY),
    ("releases.index", _("Figures for donors"), Permission.RELEASE_FIGURES),
    ("people.index", _("People"), Permission.SEE_PEOPLE),
    ("recovery.index", _("Recovery shares"), Permission.SEE_CUSTODY),
    ("backups.index", _("Backups"), Permission.SEE_CUSTODY),
    ("audit.index", _("Audit trail"), Permission.SEE_AUDIT),
    ("custody.exposures", _("Exposed families"), Permission.SEE_EXPOSURE),
    ("custody.index", _("Arrest or raid"), Permission.REPORT_COLLEAGUE),
    ("people.own", _("My page"), None),
    ("help.index", _("Help"), None),
)
"""Each room: endpoint, what it is called, and the permission it takes."""


def init_app(app: Flask) -> None:
    """Give these words to every template."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if g.get("locked") or request.endpoint == "static":  # a locked fund does not say whose it is
        return {"fund_name": "", "demo": False, "handle": "", "nav": [], "locks_after": 0}
    face = the_fund()
    known = current_user.is_authenticated
    inside = known and current_user.state is PersonState.ACTIVE and not current_user.locked
    return {
        "fund_name": named(dict(face.names)) if face else "Komek",
        "demo": bool(face and face.demo),
        "handle": current_user.actor.handle if current_user.is_authenticated else "",
        "nav": _ways(current_user.actor) if inside else [],
        "provisional": _provisional(current_user.actor) if inside else None,
        "stopped": why_stopped(reading(), now=now()) if inside else None,
        "locks_after": int(LOCKS_AFTER.total_seconds()) if inside and PIN in session else 0,
    }


def _provisional(actor: Actor) -> Provisional | None:
    """What is missing to a whole fund. Once it is whole it stays so, and is not asked any more."""
    if not may_be_provisional():
        return None
    missing = provisional(reading(), actor=actor)
    if missing is None:
        current_app.extensions["fund_is_whole"] = True
    return missing


def may_be_provisional() -> bool:
    """Whether it has to be asked: a fund that was seen whole stays so."""
    return not current_app.extensions.get("fund_is_whole")


def the_fund() -> FundFace | None:
    """The fund's names. They are permanent, so they are asked for once."""
    if "fund_face" not in current_app.extensions:
        face = fund_face(reading())
        if face is None:
            return None
        current_app.extensions["fund_face"] = face
    found: FundFace = current_app.extensions["fund_face"]
    return found


def fund_of() -> FundFace:
    """The fund's names, where somebody works with it."""
    face = the_fund()
    assert face is not None, "who works with a fund has founded it"
    return face


def _ways(actor: Actor) -> list[tuple[str, Message, bool]]:
    return [
        (url_for(endpoint), label, request.endpoint == endpoint)
        for endpoint, label, needed in WAYS
        if needed is None or needed in actor.permissions
    ]
