"""One's own password, phone, one-time codes, sign-ins and PIN."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._phone import for_the_app
from aid.blueprints._refusals import blamed_on
from aid.blueprints._ways import local
from aid.domain.devices import KINDS
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.account import PasswordForm, PhoneForm, PinForm, PresentForm, UnlockForm, WhichForm
from aid.forms.base import KomekForm
from aid.models.people import Person
from aid.perform import perform
from aid.queries.account import own_security
from aid.security import ENROLLING, SIGNED_IN, allow, current_actor
from aid.security.guessing import own_guess, own_halves, slowed
from aid.security.sessions import IDLE, LOCKS_AFTER, PIN, PIN_TRIES, KomekSession, lock, sign_out_of
from aid.security.sessions import unlock as try_pin
from aid.services import own_keys
from aid.services.sign_ins import LONGEST, Code, WrongGuess, matching_step, right_code
from aid.vault.bundles import PrivateHalves
from aid.vault.one_time import codes_of

bp = Blueprint("account", __name__)

SEED = "next_phone"  # where the jar keeps the new phone's seed between its picture and its first code


@bp.get("/me/security")
@allow(SIGNED_IN)
def security() -> ResponseReturnValue:
    """Password, phone, codes on paper, and where one is signed in."""
    own = own_security(
        reading(), actor=current_actor(), now=now(), this=_this().cookie.row_id, idle=IDLE, longest=LONGEST
    )
    return render_template("account/security.html", own=own, kinds=KINDS, by_paper="paper" in request.args)


@bp.route("/me/password", methods=["GET", "POST"])
@allow(SIGNED_IN)
def password() -> ResponseReturnValue:
    """Another password: the old one is typed first."""
    form = PasswordForm()
    if form.validate_on_submit():
        actor = current_actor()
        with blamed_on(form):
            new = form.new(handle=actor.handle)
            halves = own_halves(actor, form.present.data)
            seal = own_keys.seal_anew(reading(), actor=actor, halves=halves, password=new)
            stays = _this().cookie.row_id
            perform(form.idempotency_key, own_keys.change_password, actor=actor, seal=seal, stays=stays)
            flash(say(_("Your new password holds. You were signed out everywhere else.")), "success")
            return redirect(url_for(".security"))
    return render_template("account/password.html", form=form)


@bp.route("/me/phone", methods=["GET", "POST"])
@allow(SIGNED_IN)
def phone() -> ResponseReturnValue:
    """Another phone: proved by password and a code of the old one, or one from paper."""
    seed: bytes = session.setdefault(SEED, own_keys.new_seed())
    form = PhoneForm()
    if form.validate_on_submit():
        with blamed_on(form):
            _change_phone(form, seed)
            session.pop(SEED)
            flash(say(_("Your new phone holds. The codes on paper were the old phone's: print new ones.")), "success")
            return redirect(url_for(".security"))
    return render_template("account/phone.html", form=form, **for_the_app(seed))


def _change_phone(form: PhoneForm, seed: bytes) -> None:
    """Look at the new phone's code first: it costs nothing to type again. Raises RuleBroken."""
    actor, moment = current_actor(), now()
    step = matching_step(seed, form.code.data, now=moment)
    if step is None:
        raise RuleBroken(_("This is not the code that the app shows now. Check the phone's clock."), field="code")
    halves = own_halves(actor, form.present.data)
    code = _code_of(halves, form.old_code.data)
    seal = own_keys.seal_anew(reading(), actor=actor, halves=halves, password=form.present.data, seed=seed)
    what: dict[str, Any] = {"seal": seal, "code": code, "first_step": step, "stays": _this().cookie.row_id}
    perform(form.idempotency_key, own_keys.change_phone, actor=actor, now=moment, **what)


def _code_of(halves: PrivateHalves, typed: str) -> Code:
    """The code of the phone or paper that one has until now. Raises RuleBroken."""
    assert halves.totp is not None, "who has keys of their own has a phone"
    person = reading().get_one(Person, current_actor().id)
    try:
        with slowed(own_guess(current_actor())):
            return right_code(person, halves.totp, typed, now=now())
    except WrongGuess:
        raise RuleBroken(_("This code is wrong, or it was used already."), field="old_code") from None


@bp.route("/me/codes", methods=["GET", "POST"])
@allow(SIGNED_IN)
def codes() -> ResponseReturnValue:
    """A new sheet of one-time codes, shown once, to be printed or written down."""
    form = PresentForm()
    if form.validate_on_submit():
        actor = current_actor()
        with blamed_on(form):
            halves = own_halves(actor, form.present.data)
            made = perform(form.idempotency_key, own_keys.make_sheet, actor=actor)
            assert halves.totp is not None, "who has keys of their own has a phone"
            sheet = _in_halves(codes_of(halves.totp, made.sheet))
            return render_template("account/codes.html", codes=sheet, fund_name="Komek")  # browsers print the title
    return render_template("account/make_codes.html", form=form)


def _in_halves(made: tuple[str, ...]) -> list[str]:
    """Ten digits are read aloud as five and five."""
    return [f"{code[:5]} {code[5:]}" for code in made]


@bp.post("/me/sign-ins/end")
@allow(SIGNED_IN)
def end() -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    form = WhichForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, own_keys.end_sign_in, actor=current_actor(), sign_in_id=form.sign_in_id)
    flash(say(_("That sign-in has ended.")), "success")
    return redirect(url_for(".security"))


@bp.post("/me/sign-ins/end-all")
@allow(SIGNED_IN)
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, own_keys.sign_out_everywhere, actor=current_actor())
    sign_out_of(session)
    return redirect(url_for("people.sign_in"))


@bp.route("/me/pin", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def choose_pin() -> ResponseReturnValue:
    """Six digits for this sign-in, before one hands out."""
    form = PinForm()
    if form.validate_on_submit():
        with blamed_on(form):
            session[PIN] = form.order()
            return redirect(local(request.args.get("next") or url_for("collections.new")))
    return render_template("account/pin.html", form=form, minutes=_minutes())


@bp.post("/lock-screen")
@allow(SIGNED_IN)
def lock_screen() -> ResponseReturnValue:
    """Ask for the PIN now: one turns away from the table."""
    if PIN not in session or not KomekForm().validate_on_submit():
        abort(400)
    lock(session)
    return redirect(url_for(".unlock", next=url_for("collections.new")))


@bp.route("/unlock", methods=["GET", "POST"])
@allow(ENROLLING)
def unlock() -> ResponseReturnValue:
    """The PIN page: nothing else is served until the six digits are typed; five wrong ones end the sign-in."""
    onward = local(request.args.get("next"))
    if not _this().locked:
        return redirect(onward)
    form = UnlockForm()
    if form.validate_on_submit():
        if try_pin(session, form.order()):
            return redirect(onward)
        if _this().ended:
            return redirect(url_for("people.sign_in", next=onward))
        form.blame(RuleBroken(_("These are not your six digits."), field="pin"))
    return render_template("account/unlock.html", form=form, **_tries())


def _tries() -> dict[str, Any]:
    return {"minutes": _minutes(), "tries": PIN_TRIES}


def _minutes() -> int:
    return int(LOCKS_AFTER.total_seconds()) // 60


def _this() -> KomekSession:
    """The sign-in of this request."""
    assert isinstance(session, KomekSession), "a session of another kind"
    return session
