"""Families that leave the fund: taken out by one person, erased by another."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.codes import grouped
from aid.domain.families import FamilyState
from aid.domain.permissions import Permission
from aid.domain.withdrawals import forgotten_by
from aid.domain.words import _
from aid.extensions import now, overwrite_deleted, reading
from aid.formats import say
from aid.forms.withdrawals import EraseForm, WithdrawForm
from aid.perform import perform
from aid.queries import families, withdrawals
from aid.queries.families import FamilyPage
from aid.security import allow, current_actor
from aid.services.erasure import erase as erase_family
from aid.services.withdrawals import withdraw as withdraw_family

bp = Blueprint("withdrawals", __name__, url_prefix="/families")


@bp.get("/leaving")
@allow(Permission.WITHDRAW_FAMILIES)
def index() -> ResponseReturnValue:
    """Whom to ask whether they still need the fund, who waits to be erased, and who was."""
    actor, may_erase = current_actor(), current_actor().may(Permission.ERASE_FAMILIES)
    return render_template(
        "withdrawals/index.html",
        quiet=withdrawals.quiet(reading(), actor=actor, today=now().today),
        waiting=withdrawals.waiting_to_be_erased(reading(), actor=actor) if may_erase else (),
        erased=withdrawals.erased(reading(), actor=actor) if may_erase else (),
        may_erase=may_erase,
    )


@bp.route("/<string(length=9):code>/withdraw", methods=["GET", "POST"])
@allow(Permission.WITHDRAW_FAMILIES)
def withdraw(code: str) -> ResponseReturnValue:
    """Take a family out of the fund, once it is seen what that cancels."""
    family, form = _family(code), WithdrawForm()
    if request.method == "GET":
        form.why.data = request.args.get("why")
    elif form.validate():
        with blamed_on(form):
            left = perform(
                form.idempotency_key,
                withdraw_family,
                actor=current_actor(),
                family_id=family.id,
                reason=form.reason,
            )
            flash(say(_("Family %(code)s left the fund. Somebody else erases it.", code=grouped(left.code))), "success")
            return redirect(url_for("families.show", code=code))
    vouchers = withdrawals.vouchers_of(reading(), actor=current_actor(), family_id=family.id)
    waiting = [voucher for voucher in vouchers if voucher.is_open]
    proposed = withdrawals.proposals_with(reading(), actor=current_actor(), family_id=family.id)
    shown = {"family": family, "form": form, "waiting": waiting, "proposed": proposed}
    return render_template("withdrawals/withdraw.html", **shown, gone=family.state is FamilyState.WITHDRAWN)


@bp.route("/<string(length=9):code>/erase", methods=["GET", "POST"])
@allow(Permission.ERASE_FAMILIES)
def erase(code: str) -> ResponseReturnValue:
    """Delete what was sealed of a family that somebody else took out, and take it from the disk."""
    family, form = _family(code), EraseForm()
    departure = withdrawals.departure(reading(), actor=current_actor(), family_id=family.id)
    keep_days = current_app.config["KOMEK"].backup_days
    if form.validate_on_submit():
        with blamed_on(form):
            gone = perform(
                form.idempotency_key,
                erase_family,
                actor=current_actor(),
                family_id=family.id,
                keep_days=keep_days,
            )
            overwrite_deleted()
            words = _(
                "Family %(code)s is erased. The last backup forgets it by %(day)s.",
                code=grouped(code),
                day=gone.forgotten_by,
            )
            flash(say(words), "success")
            return redirect(url_for(".index"))
    last_day = forgotten_by(now().today, keep_days=keep_days)
    return render_template("withdrawals/erase.html", family=family, form=form, departure=departure, last_day=last_day)


def _family(code: str) -> FamilyPage:
    return families.family(reading(), actor=current_actor(), code=code) or abort(404)
