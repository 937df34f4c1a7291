"""The table: choose the point, read a voucher's digits, hand out once, take back what was wrong; the point's day."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.documents.amounts import in_words
from aid.domain.collections import RefusalCode
from aid.domain.days.planning import hint_of
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.extensions import now, reading, time_zone
from aid.formats import language, say
from aid.forms.collections import CodeForm, CollectForm, PointForm, StrangerForm, UndoForm, WhereForm
from aid.perform import look, perform
from aid.queries import collections as queries
from aid.queries import refused as refusals
from aid.queries import strangers
from aid.queries.collections import PointRow
from aid.security import allow, current_actor, with_camera
from aid.security.sessions import PIN
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import AskedForStranger, Collected, ask_for_stranger, collect
from aid.services.collections.undoing import undo_collection
from aid.services.days.coming import invited_with

bp = Blueprint("collections", __name__, url_prefix="/collections")

POINT = "collections.point"
"""Under this name the session remembers where one hands out."""


@bp.get("/")
@allow(Permission.SEE_COLLECTIONS)
def index() -> ResponseReturnValue:
    """What was handed out today at one point."""
    points = queries.own_points(reading(), actor=current_actor())
    here = _chosen(points, request.args.get("point", "")) or _remembered(points) or (points[0] if points else None)
    if here is None:
        abort(404)
    today = now().today
    before = request.args.get("before", type=UUID)
    day = queries.point_day(reading(), actor=current_actor(), point_id=here.id, day=today, before=before)
    may_hand_out = current_actor().may(Permission.HAND_OUT)
    may_reprint = current_actor().may(Permission.PRINT_VOUCHERS)
    return render_template(
        "collections/index.html",
        day=day,
        today=today,
        here=here,
        points=points,
        may_hand_out=may_hand_out,
        may_reprint=may_reprint,
    )


@bp.get("/refused")
@allow(Permission.SEE_COLLECTIONS)
def refused() -> ResponseReturnValue:
    """What was refused at the tables since yesterday."""
    rows = refusals.lately(reading(), actor=current_actor(), now=now())
    return render_template("collections/refusals.html", rows=rows)


@bp.route("/point", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def choose_point() -> ResponseReturnValue:
    """Where one hands out, for who has several points."""
    form = PointForm().offer(queries.own_points(reading(), actor=current_actor()))
    if form.validate_on_submit():
        session[POINT] = str(form.order())
        return redirect(url_for(".new"))
    return render_template("collections/point.html", form=form)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def new() -> ResponseReturnValue:
    """Read a voucher's digits. Who comes here for the first time chooses six digits that lock the page."""
    if PIN not in session:
        return redirect(url_for("account.choose_pin"))
    points = queries.own_points(reading(), actor=current_actor())
    here = _remembered(points)
    if here is None:
        return redirect(url_for(".choose_point"))
    form = CodeForm()
    if form.validate_on_submit():
        with blamed_on(form):
            return _answer(CollectForm.for_voucher(point_id=here.id, code=form.order()))
    waiting = strangers.count_waiting(reading(), actor=current_actor(), now=now())
    page = render_template(
        "collections/new.html", form=form, here=here, has_several=len(points) > 1, strangers_waiting=waiting
    )
    return with_camera(page)


@bp.post("/hand-out")
@allow(Permission.HAND_OUT)
def hand_out() -> ResponseReturnValue:
    """Hand out to the person who was chosen."""
    form = CollectForm()
    if not form.idle.data and form.validate_on_submit():
        with blamed_on(form):
            match perform(form.idempotency_key, collect, actor=current_actor(), order=form.collection_order()):
                case Collected(collection_id):
                    return redirect(url_for(".done", collection_id=collection_id))
                case Refused() as why:
                    return _refused(why)
    return _answer(form) if form.is_ours else redirect(url_for(".new"))


@bp.post("/stranger")
@allow(Permission.HAND_OUT)
def stranger() -> ResponseReturnValue:
    """Somebody who is not on the list stands at the table: ask a second person."""
    form = StrangerForm()
    if form.validate_on_submit():
        with blamed_on(form):
            match perform(form.idempotency_key, ask_for_stranger, actor=current_actor(), order=form.stranger_order()):
                case AskedForStranger(asked_id):
                    return redirect(url_for("strangers.one", asked_id=asked_id))
                case Refused() as why:
                    return _refused(why)
    if not form.is_ours:
        return redirect(url_for(".new"))
    return _answer(CollectForm.for_voucher(point_id=form.point_id, code=form.order()), form)


@bp.route("/where", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def where() -> ResponseReturnValue:
    """At which point a paper is good that this table does not know, by the number on it."""
    form = WhereForm()
    if form.validate_on_submit():
        serial = form.order()
        point = queries.point_of(reading(), actor=current_actor(), serial=serial)
        return render_template("collections/where.html", form=form, point=point, number=printed_number(serial))
    return render_template("collections/where.html", form=form, point=None, number="")


@bp.get("/<uuid:collection_id>")
@allow(Permission.SEE_COLLECTIONS)
def done(collection_id: UUID) -> ResponseReturnValue:
    """It was handed out: how much, and for which family code; and the next voucher may be read."""
    return _done(collection_id, UndoForm())


@bp.post("/<uuid:collection_id>/undo")
@allow(Permission.SEE_COLLECTIONS)
def undo(collection_id: UUID) -> ResponseReturnValue:
    """It was wrong: take it back, with a reason, within minutes."""
    form = UndoForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(collection_id)
            undone = perform(form.idempotency_key, undo_collection, actor=current_actor(), order=order)
            number = printed_number(undone.serial)
            flash(say(_("Undone. Voucher %(number)s may be collected again.", number=number)), "success")
            return redirect(url_for(".done", collection_id=collection_id))
    return _done(collection_id, form)


def _done(collection_id: UUID, form: UndoForm) -> ResponseReturnValue:
    page = queries.handed(reading(), actor=current_actor(), now=now(), collection_id=collection_id)
    if page is None:
        abort(404)
    following = CodeForm.fresh() if current_actor().may(Permission.HAND_OUT) and PIN in session else None
    shown = render_template(
        "collections/done.html",
        page=page,
        handed=page.handed,
        spelled=_spelled(page.handed.amount),
        form=form,
        following=following,
    )
    return shown, 409 if form.errors else 200


def _answer(form: CollectForm, other: StrangerForm | None = None) -> ResponseReturnValue:
    """Green with who may collect, or red with the reason."""
    match look(check, actor=current_actor(), point_id=form.point_id, code=form.order()):
        case Checked() as good:
            other = other or StrangerForm.for_voucher(point_id=form.point_id, code=form.order())
            return render_template(
                "collections/check.html",
                form=form.offer(good),
                check=good,
                spelled=_spelled(good.amount),
                other=other,
                hint=_hint(form.point_id, good.serial),
            )
        case Refused() as why:
            return _refused(why)


def _hint(point_id: UUID, serial: int) -> Message | None:
    """What the table is told in passing, where the day is planned and this family was asked for another hour."""
    invited = invited_with(reading(), point_id=point_id, serial=serial, now=now())
    return hint_of(invited, here=now().instant.astimezone(time_zone()))


def _refused(why: Refused) -> ResponseReturnValue:
    shown = render_template(
        "collections/refused.html",
        reason=why.reason,
        is_unknown=why.code is RefusalCode.UNKNOWN,
        number=printed_number(why.serial) if why.serial else "",
        serial=why.serial,
        may_see=current_actor().may(Permission.SEE_VOUCHERS),
        where=WhereForm(formdata=None),
        following=CodeForm.fresh(),
    )
    return shown, 409


def _spelled(amount: Money) -> str:
    """The amount in words, where there is one."""
    return in_words(amount, Language(language())) if amount.minor else ""


def _remembered(points: tuple[PointRow, ...]) -> PointRow | None:
    """The only point, or the one that was chosen in this sign-in."""
    return points[0] if len(points) == 1 else _chosen(points, session.get(POINT, ""))


def _chosen(points: tuple[PointRow, ...], wanted: str) -> PointRow | None:
    return next((point for point in points if str(point.id) == wanted), None)
