"""Proposing what is no round: a grant to a family, a purchase of goods, cash for points. And the rules for grants."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.amounts import in_words
from aid.domain.allocations import AllocationKind
from aid.domain.grants import GRANT_REASON_TITLES, describe_rules
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import language, say
from aid.forms._money import available_hints
from aid.forms.checked import CheckedForm, rearrange
from aid.forms.proposals import MOST_LINES, GrantForm, PurchaseForm, RulesForm, TransferForm
from aid.forms.proposed_before import typed_before
from aid.perform import look, perform
from aid.queries import banks, cash, goods, programmes
from aid.queries.stock import points_of
from aid.security import allow, current_actor
from aid.services.cash import check_transfer, propose_transfer
from aid.services.goods import words_for
from aid.services.grants import check_grant, propose_grant, write_rules
from aid.services.proposed_before import ProposedBefore, proposed_before
from aid.services.purchases import check_purchase, propose_purchase
from aid.services.putting import Proposed

bp = Blueprint("proposals", __name__, url_prefix="/allocations")


@bp.get("/kinds")
@allow(Permission.PROPOSE)
def kinds() -> ResponseReturnValue:
    """What can be proposed: a round, a grant, a purchase, cash for points."""
    return render_template("allocations/kinds.html")


@bp.route("/grant", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def grant() -> ResponseReturnValue:
    """Help for one family: written, checked, put to the committee."""
    purposes, rules = programmes.purposes(reading()), goods.grant_rules(reading(), actor=current_actor())
    if rules is None:
        return render_template("allocations/grant.html", rules=None, form=None)
    before = _before(AllocationKind.GRANT)
    given = typed_before(before.order) if before else {"family_code": request.args.get("family", "")}
    form = GrantForm(purposes=purposes, currency=rules.rules.currency, data=given)
    said, hints = describe_rules(rules.rules), _available(only=rules.rules.currency)
    return _steps(
        form,
        lambda: _put(form, propose_grant, form.order()),
        lambda: _check_grant(form),
    ) or render_template("allocations/grant.html", form=form, rules=said, hints=hints, before=before)


def _check_grant(form: GrantForm) -> ResponseReturnValue:
    order = form.order()
    seen = look(check_grant, actor=current_actor(), order=order)
    return render_template(
        "allocations/grant_check.html",
        form=form,
        order=order,
        seen=seen,
        reason=GRANT_REASON_TITLES[order.reason],
        spelled=in_words(order.amount, Language(language())),
    )


@bp.route("/purchase", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def purchase() -> ResponseReturnValue:
    """Goods from a supplier to points: written, checked, put to the committee."""
    known, before = goods.choices_of(reading(), actor=current_actor()), _before(AllocationKind.PURCHASE)
    form = PurchaseForm(
        purposes=programmes.purposes(reading()),
        currencies=cash.currencies(reading()),
        goods=known,
        points=_points(),
        data=typed_before(before.order, goods=dict(known)) if before else {},
    )
    page = "allocations/purchase.html"
    written = partial(render_template, page, form=form, goods=known, hints=_available(), before=before)
    if request.method == "POST" and rearrange(form.lines, request.form, most=MOST_LINES):
        form.fill()
        return written()
    return (
        _steps(
            form,
            lambda: _put(form, propose_purchase, form.order()),
            lambda: _check_purchase(form),
        )
        or written()
    )


def _check_purchase(form: PurchaseForm) -> ResponseReturnValue:
    order = form.order()
    check_purchase(reading(), order)
    words = words_for(reading(), [line.item.plain() for line in order.lines])
    points, currency = dict(form.points), order.currency
    lines = [
        (
            words.say(line.item, language()),
            points[str(line.point_id)],
            Money(line.each, currency),
            Money(line.each * line.item.quantity, currency),
        )
        for line in order.lines
    ]
    return render_template(
        "allocations/purchase_check.html",
        form=form,
        order=order,
        lines=lines,
        spelled=in_words(order.total, Language(language())),
    )


@bp.route("/transfer", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def transfer() -> ResponseReturnValue:
    """Cash for points: written, checked, put to the committee."""
    before, points = _before(AllocationKind.TRANSFER), _points(PointKind.TABLE)
    typed = {"data": typed_before(before.order, points=[point for point, _names in points])} if before else {}
    form = TransferForm(currencies=cash.currencies(reading()), points=points, **typed)
    return _steps(
        form,
        lambda: _put(form, propose_transfer, form.order()),
        lambda: _check_transfer(form),
    ) or render_template("allocations/transfer.html", form=form, before=before)


def _check_transfer(form: TransferForm) -> ResponseReturnValue:
    order = form.order()
    check_transfer(reading(), order)
    held = banks.held_in(reading(), actor=current_actor(), currency=order.currency)
    return render_template(
        "allocations/transfer_check.html",
        form=form,
        order=order,
        held=held,
        lines=[(form.points[str(point)], Money(minor, order.currency)) for point, minor in order.lines],
        spelled=in_words(order.total, Language(language())),
    )


@bp.route("/grant-rules", methods=["GET", "POST"])
@allow(Permission.WRITE_PROGRAMMES)
def rules() -> ResponseReturnValue:
    """How much a family may get in grants. A change is a new version."""
    now = goods.grant_rules(reading(), actor=current_actor())
    currency = cash.currencies(reading())[0]
    form = (
        RulesForm(currency=currency)
        if request.method == "POST" or now is None
        else RulesForm.of(now.rules, version=now.version)
    )
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, write_rules, actor=current_actor(), rules=form.rules(), seen=form.version)
            flash(say(_("The rules are saved. Read them aloud once: are they what you mean?")), "success")
            return redirect(url_for(".rules"))
    said = describe_rules(now.rules) if now else []
    return render_template("allocations/rules.html", form=form, now=now, said=said), 409 if form.errors else 200


# ---------------------------------------------------------------- what they share


def _steps(
    form: CheckedForm, do: Callable[[], ResponseReturnValue], check: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue | None:
    """Check what was typed, or do it; nothing when the form is to be shown."""
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return do() if form.step == "book" else check()
    return None


def _before(kind: AllocationKind) -> ProposedBefore | None:
    """The proposal that this one is to be like; only as the form is first shown: what was typed since counts."""
    like = request.args.get("like", type=UUID)
    if like is None or request.method == "POST":
        return None
    with told_above("warn"):
        return look(proposed_before, actor=current_actor(), allocation_id=like, kind=kind)
    return None


def _put(form: CheckedForm, service: Callable[..., Proposed], order: Any) -> ResponseReturnValue:
    proposed = perform(form.idempotency_key, service, actor=current_actor(), order=order)
    flash(say(_("Allocation no. %(number)s is put to the committee.", number=proposed.number)), "success")
    return redirect(url_for("allocations.show", allocation_id=proposed.allocation_id))


def _available(*, only: str = "") -> dict[str, str]:
    there = programmes.available(reading(), actor=current_actor())
    return available_hints(programmes.purposes(reading()), there, only)


def _points(*kinds: PointKind) -> list[Any]:
    """Points to choose from: of these kinds, or all. A shop gets goods, and no cash."""
    found = points_of(reading(), actor=current_actor())
    return [(point.id, point.names) for point in found if point.kind in (kinds or PointKind)]
