"""Signing in and out, making one's keys, and who works with the fund."""

import secrets

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import NotFound

from aid.blueprints._first_password import FIRST
from aid.blueprints._phone import for_the_app
from aid.blueprints._ways import local
from aid.domain.devices import device_of
from aid.domain.languages import Language
from aid.domain.permissions import ROLE_TITLES, Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import LANGUAGE_COOKIE, fresh_key
from aid.forms.base import KomekForm
from aid.forms.people import EnrolForm, SignInForm
from aid.models.people import PersonState
from aid.perform import perform
from aid.queries.people import everyone, keys_fingerprint, myself, voting_fingerprint
from aid.security import (
    ANYONE,
    ENROLLING,
    SIGNED_IN,
    allow,
    current_actor,
    device_of_this,
    sign_in_to,
    sign_out_of,
)
from aid.security.guessing import forget_wrong, sign_in_guess, slowed
from aid.services import sign_ins
from aid.services.drafts import kept_form, throw_away
from aid.services.people import enrol as take_keys
from aid.services.people import prepare_keys
from aid.services.people import speak as choose_language
from aid.services.sign_ins import Browser, Code, OneTimeCode, Recognised
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie

bp = Blueprint("people", __name__)

A_YEAR = 366 * 24 * 3600
SEED = "totp"  # where the jar keeps the phone's seed between showing its picture and seeing its first code

STATE_TITLES = {
    PersonState.INVITED: _("Invited"),
    PersonState.ACTIVE: _("Active"),
    PersonState.SUSPENDED: _("Suspended"),
}
STATE_TONES = {PersonState.INVITED: "waits", PersonState.ACTIVE: "good", PersonState.SUSPENDED: "bad"}
WORDS = {"role_titles": ROLE_TITLES, "state_titles": STATE_TITLES, "state_tones": STATE_TONES}


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(ANYONE)
def sign_in() -> ResponseReturnValue:
    """Handle, password and code; one text for whatever is wrong."""
    if current_user.is_authenticated:
        return redirect(local(request.args.get("next")))
    form = SignInForm()
    if form.validate_on_submit():
        order = form.order()
        guess_id = sign_in_guess(order["handle"])
        try:
            with slowed(guess_id):
                known = sign_ins.recognise(reading(), now=now(), **order)
                _begin(form.idempotency_key, known.actor, public=known.public, private=known.private, step=known.step)
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            forget_wrong(guess_id)
            return _onward(known)
    kept = request.args.get("next") == url_for(".draft")
    return render_template("people/sign_in.html", form=form, kept=kept)


def _onward(known: Recognised) -> ResponseReturnValue:
    """Where somebody wanted to go; who used a code from paper is told how many are left."""
    if isinstance(known.step, OneTimeCode):
        return redirect(url_for("account.security", paper=1))
    return redirect(local(request.args.get("next")))


def _begin(key: str, actor: Actor, *, public: bytes, private: bytes, step: Code | None) -> None:
    """Write the sign-in down, and answer with its cookie."""
    cookie = SignInCookie.new()
    sealed = cookie.seal_private(private)
    browser = Browser(device_of_this(session).row_id, device_of(request.headers.get("User-Agent", "")))
    perform(
        key,
        sign_ins.begin,
        actor=actor,
        public=public,
        step=step,
        row_id=cookie.row_id,
        private=sealed,
        browser=browser,
    )
    sign_in_to(session, cookie)


@bp.post("/sign-out")
@allow(ENROLLING)
def sign_out() -> ResponseReturnValue:
    """End this sign-in; its cookie opens nothing any more."""
    sign_out_of(session)
    return redirect(url_for(".sign_in"))


@bp.get("/draft")
@allow(SIGNED_IN)
def draft() -> ResponseReturnValue:
    """A form that was sent after the sign-in had ended: nothing was done with it yet."""
    return render_template("people/draft.html", sent=kept_form(reading(), actor=current_actor()))


@bp.post("/draft/throw-away")
@allow(SIGNED_IN)
def throw_draft_away() -> ResponseReturnValue:
    """Forget that form."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, throw_away, actor=current_actor())
    return redirect(url_for("today.index"))


@bp.route("/enrol", methods=["GET", "POST"])
@allow(ENROLLING)
def enrol() -> ResponseReturnValue:
    """After the first password: a password of one's own, and codes on one's phone."""
    if current_user.state is not PersonState.INVITED:
        return redirect(url_for("today.index"))
    seed: bytes = session.setdefault(SEED, secrets.token_bytes(20))
    form = EnrolForm()
    if form.validate_on_submit():
        try:
            _make_keys(form, seed)
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            return redirect(url_for("today.index"))
    return render_template("people/enrol.html", form=form, **for_the_app(seed))


def _make_keys(form: EnrolForm, seed: bytes) -> None:
    """Make the keys and seal them (slow), then take them, and sign in anew with them. Raises RuleBroken."""
    actor = current_actor()
    order = form.order(handle=actor.handle)
    step = sign_ins.matching_step(seed, order["code"], now=now())
    if step is None:
        raise RuleBroken(_("This is not the code that the app shows now. Check the phone's clock."), field="code")
    assert actor.id is not None
    votes = actor.may(Permission.VOTE)
    keys, halves = prepare_keys(person_id=actor.id, password=order["password"], totp=seed, votes=votes)
    perform(form.idempotency_key, take_keys, actor=actor, keys=keys)
    _begin(fresh_key(), actor, public=keys.public, private=halves.hpke, step=step)


@bp.post("/language/<language>")
@allow(ANYONE)
def speak(language: str) -> ResponseReturnValue:
    """Show pages in another language, on this device and wherever this person signs in."""
    if language not in set(Language):
        raise NotFound
    if current_user.is_authenticated:
        perform(fresh_key(), choose_language, actor=current_actor(), language=Language(language))
    answer = make_response(redirect(local(request.form.get("next"))))
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, httponly=True, samesite="Lax", secure=True)
    return answer


@bp.get("/people")
@allow(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everyone, with their names for those in the staff ring."""
    actor = current_actor()
    people = everyone(reading(), actor=actor)
    return render_template("people/index.html", people=people, may=actor.may, to_hand_over=FIRST in session, **WORDS)


@bp.get("/me")
@allow(SIGNED_IN)
def own() -> ResponseReturnValue:
    """My roles and where I work."""
    actor = current_actor()
    return render_template(
        "people/own.html",
        person=myself(reading(), actor=actor),
        keys=keys_fingerprint(reading(), actor=actor),
        fingerprint=voting_fingerprint(reading(), actor=actor),
        **WORDS,
    )
