"""Stock of goods at points: what is there, the catalogue, counts, what is carried, packed and written off."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import DIFFERENCE_TITLES
from aid.domain.words import Message, _
from aid.extensions import reading
from aid.formats import language, say
from aid.forms.base import KomekForm
from aid.forms.checked import rearrange
from aid.forms.goods import MOST_LINES, CarryForm, CountForm, GoodForm, LossForm, OneGoodForm
from aid.models.fund import Point
from aid.perform import perform
from aid.queries import goods, stock
from aid.queries.waiting_losses import waiting_losses
from aid.security import allow, current_actor
from aid.services.goods import GoodWords, catalogue, words_for, write_good
from aid.services.stock.counting import count
from aid.services.stock.keeping import answer_write_off, ask_to_write_off, carry, pack

bp = Blueprint("stock", __name__, url_prefix="/stock")
FEWER = _("The count is booked. What is fewer leaves the books when a second person agrees.")


@bp.get("/")
@allow(Permission.SEE_STOCK)
def index() -> ResponseReturnValue:
    """What each point has."""
    actor = current_actor()
    found = stock.stocks(reading(), actor=actor)
    waiting = stock.losses(reading(), actor=actor) if actor.may(Permission.KEEP_POINT) else ()
    return render_template("stock/index.html", points=found, losses=waiting, actor=actor)


@bp.get("/points/<uuid:point_id>")
@allow(Permission.SEE_STOCK)
def point(point_id: UUID) -> ResponseReturnValue:
    """One point: what is there, and how it came and went."""
    actor, here = current_actor(), _point(point_id, Permission.SEE_STOCK)
    before = request.args.get("before", type=UUID)
    moves = stock.moves(reading(), actor=actor, point_id=here.id, before=before)
    [found] = stock.stocks(reading(), actor=actor, point_id=here.id)
    more = moves[-1].id if len(moves) == stock.PAGE else None
    return render_template("stock/point.html", point=found, moves=moves, more=more, before=before, actor=actor)


# ---------------------------------------------------------------- the catalogue


@bp.get("/goods")
@allow(Permission.SEE_STOCK)
def catalogue_() -> ResponseReturnValue:
    """All goods."""
    return render_template(
        "stock/goods.html", goods=goods.goods(reading(), actor=current_actor()), actor=current_actor()
    )


@bp.route("/goods/new", methods=["GET", "POST"])
@allow(Permission.MANAGE_STOCK)
def new_good() -> ResponseReturnValue:
    """Write a good into the catalogue."""
    return _good_form(GoodForm(goods=_inside()), changes=None)


@bp.route("/goods/<code>/change", methods=["GET", "POST"])
@allow(Permission.MANAGE_STOCK)
def change_good(code: str) -> ResponseReturnValue:
    """Write the next version of a good."""
    row = next((row for row in goods.goods(reading(), actor=current_actor()) if row.code == code), None)
    if row is None:
        abort(404)
    form = GoodForm(goods=_inside()) if request.method == "POST" else GoodForm.of(row, goods=_inside())
    form.code.data = row.code
    return _good_form(form, changes=row.code)


def _good_form(form: GoodForm, *, changes: str | None) -> ResponseReturnValue:
    if request.method == "POST" and rearrange(form.items, request.form, most=MOST_LINES):
        form.fill()
    elif form.validate_on_submit():
        with blamed_on(form):
            order = form.order()
            perform(form.idempotency_key, write_good, actor=current_actor(), order=order, changes=form.changes)
            flash(say(_("The good is in the catalogue.")), "success")
            return redirect(url_for(".catalogue_"))
    return render_template("stock/good.html", form=form, changes=changes), 409 if form.errors else 200


def _inside() -> list[tuple[str, str]]:
    """What a kit may hold."""
    return goods.choices_of(reading(), actor=current_actor(), kits=False)


# ---------------------------------------------------------------- at a point


@bp.route("/points/<uuid:point_id>/count", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def count_(point_id: UUID) -> ResponseReturnValue:
    """Count a point's stock: typed, checked against the books, booked."""
    here = _point(point_id, Permission.KEEP_POINT)
    known = goods.choices_of(reading(), actor=current_actor())
    waiting = waiting_losses(reading(), actor=current_actor(), point_id=here.id)
    codes = [(code, name) for code, name in known if code not in waiting]
    there = stock.booked(reading(), actor=current_actor(), point_id=here.id, goods=[code for code, _name in codes])
    shown = [{"good": code, "booked": str(number)} for (code, _name), number in zip(codes, there, strict=True)]
    form = CountForm(data={"lines": shown})
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            order = form.order(here.id)
            if form.step == "book":
                counted = perform(form.idempotency_key, count, actor=current_actor(), order=order)
                return _done(FEWER if counted.loss_id else _("The count is booked."), here.id)
            if order.lines:
                said = [
                    (line, before, line.quantity - before, dict(codes).get(line.good, line.good))
                    for line, before in zip(order.lines, order.booked or (), strict=True)
                ]
                whys = DIFFERENCE_TITLES
                return render_template("stock/count_check.html", form=form, point=here, lines=said, whys=whys)
            raise RuleBroken(_("Write at least one good that you counted."), "lines")
    lines = {entry.form.good.data: entry.form for entry in form.lines.entries}
    rows = [(name, lines.get(code), waiting.get(code)) for code, name in known]
    page = render_template("stock/count.html", form=form, point=here, rows=rows)
    return page, 409 if form.errors else 200


@bp.route("/points/<uuid:point_id>/carry", methods=["GET", "POST"])
@allow(Permission.MANAGE_STOCK)
def carry_(point_id: UUID) -> ResponseReturnValue:
    """Carry goods from one point to another."""
    here = _point(point_id, Permission.MANAGE_STOCK)
    others = [
        (other.id, other.names) for other in stock.points_of(reading(), actor=current_actor()) if other.id != here.id
    ]
    form = CarryForm(points=others, goods=goods.choices_of(reading(), actor=current_actor()))
    if request.method == "POST" and rearrange(form.items, request.form, most=MOST_LINES):
        form.fill()
    elif form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            order = form.order(here.id)
            if form.step == "book":
                perform(form.idempotency_key, carry, actor=current_actor(), order=order)
                return _done(_("The goods are booked at the other point."), here.id)
            said = words_for(reading(), [item.plain() for item in order.items])
            lines = [said.say(item, language()) for item in order.items]
            return render_template("stock/carry_check.html", form=form, point=here, lines=lines)
    return render_template("stock/carry.html", form=form, point=here), 409 if form.errors else 200


@bp.route("/points/<uuid:point_id>/pack", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def pack_(point_id: UUID) -> ResponseReturnValue:
    """Pack kits from their contents."""
    here = _point(point_id, Permission.KEEP_POINT)
    kits = goods.choices_of(reading(), actor=current_actor(), kits=True)
    form = OneGoodForm(goods=kits)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, pack, actor=current_actor(), point_id=here.id, kits=form.item())
            return _done(_("The kits are packed."), here.id)
    words = GoodWords(catalogue(reading()))
    held = [words.say_all([f"1 {code}"], language())[0] for code, _name in kits]
    return render_template("stock/pack.html", form=form, point=here, kits=held), 409 if form.errors else 200


@bp.route("/points/<uuid:point_id>/lose", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def lose(point_id: UUID) -> ResponseReturnValue:
    """Report goods that are lost: a second person agrees before they are written off."""
    here = _point(point_id, Permission.KEEP_POINT)
    [there] = stock.stocks(reading(), actor=current_actor(), point_id=here.id)
    form = LossForm(goods=[(row.good, f"{row.name} – {row.quantity}") for row in there.rows if row.quantity > 0])
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, ask_to_write_off, actor=current_actor(), order=form.order(here.id))
            return _done(_("The loss is reported. It is written off when a second person agrees."), here.id)
    return render_template("stock/lose.html", form=form, point=here), 409 if form.errors else 200


@bp.get("/losses")
@allow(Permission.KEEP_POINT)
def losses() -> ResponseReturnValue:
    """Losses that wait for a second person."""
    found = stock.losses(reading(), actor=current_actor())
    return render_template("stock/losses.html", losses=found, actor=current_actor())


@bp.post("/losses/<uuid:act_id>/<any(agree, refuse):answer>")
@allow(Permission.KEEP_POINT)
def answer(act_id: UUID, answer: str) -> ResponseReturnValue:
    """Agree that goods are written off, or not."""
    form, agreed = KomekForm(), answer == "agree"
    if form.validate_on_submit():
        with told_above():
            perform(form.idempotency_key, answer_write_off, actor=current_actor(), act_id=act_id, agreed=agreed)
            flash(say(_("The goods are written off.") if agreed else _("The goods stay in the books.")), "success")
    return redirect(url_for(".losses"))


def _point(point_id: UUID, permission: Permission) -> Point:
    points = stock.points_of(reading(), actor=current_actor(), permission=permission)
    here = next((point for point in points if point.id == point_id), None)
    if here is None:
        abort(404)
    return here


def _done(message: Message, point_id: UUID) -> ResponseReturnValue:
    flash(say(message), "success")
    return redirect(url_for(".point", point_id=point_id))
