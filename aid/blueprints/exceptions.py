"""What went another way than planned: each with its story, by kind, decision, point and day."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import day_of, moment
from aid.domain.exceptions import ExceptionKind
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import named, say
from aid.forms.exceptions import ExceptionsForm
from aid.queries import exceptions as queries
from aid.queries.exceptions import Filter
from aid.security import allow, current_actor

bp = Blueprint("exceptions", __name__, url_prefix="/reconciliation/exceptions")


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """The newest first, a page at a time."""
    of = _filter()
    found = queries.exceptions(reading(), actor=current_actor(), of=of)
    waiting = queries.unexplained(reading(), actor=current_actor(), of=replace(of, before=None))
    shown = {"found": found, "of": _args(of), "form": _form(of), "waiting": waiting, "is_chosen": of != Filter()}
    return render_template("exceptions/index.html", **shown)


def _filter() -> Filter:
    """What the address asks for; what it can't mean is not asked."""
    args = request.args
    return Filter(
        kind=args.get("kind", type=ExceptionKind),
        allocation_id=args.get("decision", type=UUID),
        point_id=args.get("point", type=UUID),
        day=args.get("day", type=day_of),
        only_open=args.get("open") in ("y", "yes"),
        before=args.get("before", type=moment),
    )


def _args(of: Filter) -> dict[str, object]:
    day = of.day.isoformat() if of.day else None
    chosen = {"kind": of.kind, "decision": of.allocation_id, "point": of.point_id, "day": day}
    return {**chosen, "open": "yes" if of.only_open else None}


def _form(of: Filter) -> ExceptionsForm:
    form, there = ExceptionsForm(formdata=None), queries.choices(reading(), actor=current_actor())
    form.offer(
        decisions=[
            (id_, f"{say(_('No. %(number)s', number=number))} · {named(titles)}")
            for id_, number, titles in there.decisions
        ],
        points=[(id_, named(names)) for id_, names in there.points],
    )
    form.fill(
        kind=of.kind or "",
        decision=str(of.allocation_id or ""),
        point=str(of.point_id or ""),
        day=of.day,
        only_open=of.only_open,
    )
    return form
