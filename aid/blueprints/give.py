"""The page for donors: anybody may ask for a reference, and is told where to pay. It needs no cookie and no script.

Nobody's address is kept, nor which reference they were given: what they write is sealed to the treasurers. There is no
way to ask for a reference that was given out, so there is nothing to guess at.
"""

import segno
from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._public import public_frame
from aid.blueprints._refusals import blamed_on
from aid.domain.epc import check_amount, epc_text, has_code
from aid.domain.giving import spaced
from aid.domain.money import Money
from aid.domain.references import GOOD_FOR, KEPT_FOR
from aid.extensions import csrf, reading
from aid.formats import language
from aid.forms.giving import GiveForm
from aid.perform import perform
from aid.queries.giving import Shown, ShownAccount, shown
from aid.security import ANYONE, allow
from aid.services.giving.references import Issued, NoneLeft, issue
from aid.vault.actor import Actor

bp = Blueprint("give", __name__, url_prefix="/give")
csrf.exempt(bp)  # nobody is known here by a cookie, so nobody's can be used: see docs/threat-model.md
bp.context_processor(public_frame)

LARGEST = 16 * 1024
"""Bytes of what somebody writes; nobody needs a quarter of it."""


@bp.get("/")
@allow(ANYONE)
def index() -> ResponseReturnValue:
    """What somebody may choose and write who wants to give."""
    return _asked(GiveForm(shown=_shown(), language=language(), formdata=None))


@bp.post("/")
@allow(ANYONE)
def reference() -> ResponseReturnValue:
    """A reference, and where to pay. The same form sent again is told the same."""
    if (request.content_length or 0) > LARGEST:
        abort(413)
    form = GiveForm(shown=_shown(), language=language())
    if form.validate():
        with blamed_on(form):
            money = form.money
            if money is not None and has_code(form.chosen.payee):
                check_amount(money)
            return _told(form.chosen, _issued(form), money)
    return _asked(form)


def _issued(form: GiveForm) -> Issued | None:
    """The reference that is theirs; nothing while none is given out."""
    try:
        return perform(form.idempotency_key, issue, actor=Actor.system(), bank_id=form.chosen.bank_id, wish=form.wish())
    except NoneLeft:
        return None


def _told(account: ShownAccount, issued: Issued | None, money: Money | None) -> ResponseReturnValue:
    """Where to pay, and with which reference."""
    return render_template(
        "give/reference.html",
        without_cookies="answered",  # in another language it would be asked anew
        in_language=language(),
        issued=issued,
        account=account,
        iban=spaced(account.payee.iban),
        money=money,
        qr=_picture(account, issued.code, money) if issued else "",
        backup_days=current_app.config["KOMEK"].backup_days,
    )


def _shown() -> Shown:
    """What is offered. While it is switched off, there is no such page."""
    found = shown(reading())
    if found is None:
        abort(404)
    return found


def _asked(form: GiveForm) -> ResponseReturnValue:
    return render_template(
        "give/index.html",
        without_cookies=True,
        form=form,
        in_language=language(),
        good_for=GOOD_FOR.days,
        kept_for=KEPT_FOR.days,
        backup_days=current_app.config["KOMEK"].backup_days,
    )


def _picture(account: ShownAccount, code: str, money: Money | None) -> str:
    """A QR code for bank apps, where there is one for this account."""
    if not has_code(account.payee):
        return ""
    text = epc_text(account.payee, text=code, amount=money)
    made = segno.make(text, error="m", boost_error=False, micro=False, mode="byte", encoding="utf-8")
    picture: str = made.png_data_uri(scale=5, border=4)
    return picture
