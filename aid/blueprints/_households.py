"""The pages on which a family's open file is changed by what happened to it: shown first, and again where it failed."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from aid.domain.consent import CONSENT_WORDINGS, LATEST_WORDING
from aid.extensions import now, reading
from aid.forms.families.life import BackForm, CameForm, GoneForm, JoinForm, MoveForm, PartForm, typed_of_move
from aid.queries import families
from aid.queries.families import FamilyPage
from aid.security import current_actor
from aid.services.families import OpenedFile
from aid.services.families.joining import OpenedPair


def at_first(family: FamilyPage, opened: OpenedFile, *, why: str) -> ResponseReturnValue:
    """The page for which the file was opened, with nothing typed yet."""
    match why:
        case "life":
            return life(family, opened)
        case "split":
            return part(family, opened, PartForm(members=opened.family.members, **_blank(opened)))
        case "move":
            return move(family, opened, move_form(opened, typed_of_move(opened, today=now().today)))
        case _:
            return back(family, BackForm(formdata=None, data={"version": opened.version}))


def life(
    family: FamilyPage, opened: OpenedFile, came: CameForm | None = None, gone: GoneForm | None = None
) -> ResponseReturnValue:
    """Who came, and who went: two forms side by side, of which one was perhaps sent."""
    return render_template(
        "families/life.html",
        family=family,
        form=gone or came,  # the one that was sent: the page's title says that something in it is wrong
        came=came or CameForm(**_blank(opened)),
        gone=gone or GoneForm(members=opened.family.members, **_blank(opened)),
    )


def part(family: FamilyPage, opened: OpenedFile, form: PartForm) -> ResponseReturnValue:
    """Who goes into a family of their own."""
    return render_template("families/part.html", family=family, form=form, consent=_consent())


def join(family: FamilyPage, pair: OpenedPair, form: JoinForm, words: dict[str, Any]) -> ResponseReturnValue:
    """Two files beside each other, and who comes over."""
    return render_template("families/join_both.html", family=family, pair=pair, form=form, today=now().today, **words)


def move(family: FamilyPage, opened: OpenedFile, form: MoveForm) -> ResponseReturnValue:
    """Where it lives now."""
    return render_template("families/move.html", family=family, form=form, old_address=opened.family.address)


def move_form(opened: OpenedFile | None = None, typed: dict[str, Any] | None = None) -> MoveForm:
    """The form of a move, with all places to choose from."""
    actor = current_actor()
    given = {"formdata": None, "data": typed} if typed is not None else {}
    return MoveForm(
        localities=families.localities(reading(), actor=actor), points=families.points(reading(), actor=actor), **given
    )


def back(family: FamilyPage, form: BackForm) -> ResponseReturnValue:
    """It comes back, and agrees anew."""
    return render_template("families/back.html", family=family, form=form, consent=_consent())


def _blank(opened: OpenedFile) -> dict[str, Any]:
    return {"formdata": None, "data": {"on": now().today, "version": opened.version}}


def _consent() -> Any:
    return CONSENT_WORDINGS[LATEST_WORDING]
