"""Everybody takes their seat: codes on their own phone first, then a password of their own."""

import secrets

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._frame import the_fund
from aid.blueprints._phone import for_the_app
from aid.blueprints._sitting import keep, the_sitting
from aid.domain.fund import PersonPlan
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.refusals import RuleBroken
from aid.domain.sitting import must_sit
from aid.domain.words import _
from aid.extensions import now
from aid.formats import language
from aid.forms.base import KomekForm
from aid.forms.founding import PhoneForm, SeatForm
from aid.perform import perform
from aid.queries.founding import OpenSitting
from aid.security import FOUNDING, allow
from aid.services import sittings
from aid.services.people import TakenSeat, prepare_keys
from aid.services.sign_ins import matching_step
from aid.vault.actor import Actor

bp = Blueprint("seats", __name__, url_prefix="/founding/seats")

WORDS = {"role_titles": ROLE_TITLES}


@bp.get("/")
@allow(FOUNDING)
def index() -> ResponseReturnValue:
    """Who has taken their seat, and whose turn it is."""
    if the_fund() is not None:
        return redirect(url_for("act.done"))
    here = the_sitting()
    seats = [(person, here.seats.get(person.handle) if here.is_seated(person) else None) for person in _wanted(here)]
    turn = next((person.handle for person, seat in seats if seat is None), "")
    return render_template("founding/seats.html", seats=seats, turn=turn, **WORDS)


@bp.route("/<handle>", methods=["GET", "POST"])
@allow(FOUNDING)
def take(handle: str) -> ResponseReturnValue:
    """One person makes their keys: nobody else looks at the screen."""
    here, person = _whose(handle)
    if here.is_seated(person):
        seat = here.seats[handle]
        return render_template("founding/taken.html", person=person, seat=seat, form=KomekForm(), **WORDS)
    phone = here.phone_of(handle)
    if phone is None:
        phone = (secrets.token_bytes(20), None)
        _keep_phone(here, handle, *phone)
    seed, step = phone
    return _phone_page(here, person, seed) if step is None else _password_page(here, person, seed, step)


@bp.post("/<handle>/anew")
@allow(FOUNDING)
def anew(handle: str) -> ResponseReturnValue:
    """Begin this seat anew: another phone, another password, or another person."""
    here, _person = _whose(handle)
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, sittings.rise, actor=Actor.system(), sitting_key=here.key, handle=handle)
    return redirect(url_for(".take", handle=handle))


def _phone_page(here: OpenSitting, person: PersonPlan, seed: bytes) -> ResponseReturnValue:
    form = PhoneForm()
    if form.validate_on_submit():
        step = matching_step(seed, form.code.data, now=now())
        if step is not None:
            _keep_phone(here, person.handle, seed, step)
            return redirect(url_for(".take", handle=person.handle))
        form.blame(RuleBroken(_("This is not the code that the app shows now. Check the phone's clock."), field="code"))
    issuer = here.plan.paper_title.said(Language(language())) or "Komek"
    page = render_template(
        "founding/phone.html",
        form=form,
        person=person,
        **for_the_app(seed, handle=person.handle, issuer=issuer),
        **WORDS,
    )
    return page, 409 if form.errors else 200


def _password_page(here: OpenSitting, person: PersonPlan, seed: bytes, step: int) -> ResponseReturnValue:
    form = SeatForm()
    if form.validate_on_submit():
        try:
            _sit(form, here, person, seed=seed, step=step)
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            return redirect(url_for(".take", handle=person.handle))
    return render_template("founding/seat.html", form=form, person=person, **WORDS), 409 if form.errors else 200


def _sit(form: SeatForm, here: OpenSitting, person: PersonPlan, *, seed: bytes, step: int) -> None:
    """Make the keys and seal them (slow), then take the seat. Raises RuleBroken."""
    password, person_id = form.chosen(handle=person.handle), new_id()
    votes = Role.COMMITTEE_MEMBER in person.roles
    keys, _halves = prepare_keys(person_id=person_id, password=password, totp=seed, votes=votes)
    seat = TakenSeat(person.handle, person_id, keys, step)
    perform(form.idempotency_key, sittings.take_seat, actor=Actor.system(), sitting_key=here.key, seat=seat)


def _keep_phone(here: OpenSitting, handle: str, seed: bytes, step: int | None) -> None:
    phones = here.kept.get("phones", {})
    keep(here, phones={**phones, handle: {"seed": seed, "step": step}})


def _wanted(here: OpenSitting) -> tuple[PersonPlan, ...]:
    return must_sit(here.plan) if "people" in here.typed else ()


def _whose(handle: str) -> tuple[OpenSitting, PersonPlan]:
    """The sitting, and the person of this handle who sits in it."""
    if the_fund() is not None:
        abort(404)
    here = the_sitting()
    person = next((person for person in _wanted(here) if person.handle == handle), None)
    if person is None:
        abort(404)
    return here, person
