"""Reconciliation: whether vouchers add up, the vouchers behind each figure, and what went another way."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file, shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._may import may
from aid.blueprints._paging import day_of, place
from aid.documents.reconciliation import reconciliation_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.extensions import now, reading
from aid.formats import language
from aid.queries.exceptions import unexplained
from aid.queries.reconciliation import behind as lists
from aid.queries.reconciliation import overview as queries
from aid.queries.reconciliation.behind import Asked, What
from aid.readers.reconciliation import sums_csv, vouchers_csv
from aid.security import allow, current_actor

bp = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """All decisions and points: does it add up?"""
    found = queries.overview(reading(), actor=current_actor())
    waiting = unexplained(reading(), actor=current_actor())
    return render_template("reconciliation/index.html", found=found, of={}, open=waiting)


@bp.get("/decisions/<uuid:allocation_id>")
@allow(Permission.SEE_MONEY)
def decision(allocation_id: UUID) -> ResponseReturnValue:
    """One decision, by point."""
    found = queries.decision(reading(), actor=current_actor(), allocation_id=allocation_id)
    if found is None:
        abort(404)
    return render_template("reconciliation/decision.html", found=found, of={"decision": allocation_id})


@bp.get("/points/<uuid:point_id>")
@allow(Permission.SEE_MONEY)
def point(point_id: UUID) -> ResponseReturnValue:
    """One point, by decision."""
    found = queries.point(reading(), actor=current_actor(), point_id=point_id)
    if found is None:
        abort(404)
    return render_template("reconciliation/point.html", found=found, of={"point": point_id})


@bp.get("/days")
@allow(Permission.SEE_MONEY)
def days() -> ResponseReturnValue:
    """Day by day, at one point or at all, the latest first."""
    point_id, before = request.args.get("point", type=UUID), request.args.get("before", type=day_of)
    found = queries.day_list(reading(), actor=current_actor(), point_id=point_id, before=before)
    return render_template("reconciliation/days.html", found=found)


@bp.get("/days/<string:day>")
@allow(Permission.SEE_MONEY)
def day(day: str) -> ResponseReturnValue:
    """One day, by point."""
    try:
        which = day_of(day)
    except ValueError:
        abort(404)
    found = queries.day_page(reading(), actor=current_actor(), day=which)
    return render_template("reconciliation/day.html", found=found)


@bp.get("/vouchers")
@allow(Permission.SEE_MONEY)
def vouchers() -> ResponseReturnValue:
    """The vouchers behind a figure."""
    after = request.args.get("after", default=0, type=place)
    found = lists.behind(reading(), actor=current_actor(), asked=_asked(), after=after)
    if not _is_somewhere(found):
        abort(404)
    return render_template("reconciliation/vouchers.html", found=found, of=_args(found.asked))


@bp.get("/vouchers.csv")
@allow(Permission.SEE_MONEY)
def vouchers_file() -> ResponseReturnValue:
    """The same for a spreadsheet: all of them, by number, without families."""
    asked = _asked()
    rows = lists.every_voucher(reading(), actor=current_actor(), asked=asked)
    return kept_file(vouchers_csv(row.plain() for row in rows), f"vouchers-{asked.what}.csv")


@bp.get("/sums.csv")
@allow(Permission.SEE_MONEY)
def sums_file() -> ResponseReturnValue:
    """Each decision at each point, for a spreadsheet."""
    rows = queries.by_decision_and_point(reading(), actor=current_actor())
    return kept_file(sums_csv(rows), f"reconciliation-{now().today}.csv")


@bp.get("/sums.pdf")
@allow(Permission.SEE_MONEY)
def paper() -> ResponseReturnValue:
    """The whole fund's on paper, to be signed."""
    found = queries.overview(reading(), actor=current_actor())
    pdf = reconciliation_pdf(found, face=fund_of(), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, f"reconciliation-{now().today}.pdf")


def _asked() -> Asked:
    """Which vouchers the address means. A figure of a day needs one."""
    what, day_ = request.args.get("what", What.THERE, type=What), request.args.get("day", type=day_of)
    if what in lists.OF_A_DAY and day_ is None:
        abort(404)
    allocation_id, point_id = (request.args.get(name, type=UUID) for name in ("decision", "point"))
    return Asked(what, allocation_id, point_id, day_)


def _is_somewhere(found: lists.Behind) -> bool:
    """Whether the decision and the point that were asked for are there."""
    asked = found.asked
    return (not asked.point_id or found.point is not None) and (
        not asked.allocation_id or bool(found.allocation_number)
    )


def _args(asked: Asked) -> Mapping[str, object]:
    named = {"what": asked.what, "decision": asked.allocation_id, "point": asked.point_id}
    return {**named, "day": asked.day.isoformat() if asked.day else None}
