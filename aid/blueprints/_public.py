"""What stands around pages that everybody may read: the ways between them, each where it is switched on."""

from typing import Any

from flask import request, url_for
from flask_login import current_user

from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.extensions import reading
from aid.models.people import PersonState
from aid.queries.public import pages_switched_on

WAYS: tuple[tuple[str, str, Message], ...] = (
    ("give", "give.index", _("Give")),
    ("thanks", "thanks.published", _("Gifts we give thanks for")),
    ("figures", "figures.index", _("Figures")),
    ("figures", "figures.gift", _("Your gift")),
)
"""Each page: what switches it on, its endpoint, and what it is called."""


def public_frame() -> dict[str, Any]:
    """The ways to the other public pages; nothing where this is the only one."""
    on = pages_switched_on(reading())
    asked = request.args.get("language", "")
    kept: dict[str, Any] = {"language": asked} if asked in set(Language) else {}  # there is no cookie to keep it in
    rows = [(url_for(end, **kept), label, request.endpoint == end) for what, end, label in WAYS if what in on]
    return {"public_ways": rows if len(rows) > 1 else [], "kept": kept}


def reads_inside() -> bool:
    """Whether the reader is of the fund and may see its money: what is not public is shown to them."""
    if not current_user.is_authenticated or current_user.locked or current_user.state is not PersonState.ACTIVE:
        return False
    return bool(current_user.actor.may(Permission.SEE_MONEY))
