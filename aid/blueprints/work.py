"""Colleagues: inviting them, their roles and places, giving them keys, and letting them begin anew."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._first_password import FIRST, show_first_password
from aid.blueprints._refusals import blamed_on
from aid.blueprints.people import WORDS
from aid.domain.custody import ResetReason
from aid.domain.permissions import Permission, Role
from aid.domain.words import Message, _, n_
from aid.extensions import reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.work import AdmitForm, InviteForm, WorkForm
from aid.perform import perform
from aid.queries.keys import waiting_for_keys, waits_for_keys
from aid.queries.people import PersonPage, languages_of_fund, one_person, places_of_fund
from aid.security import SIGNED_IN, allow, current_actor
from aid.services.admissions import Admitted
from aid.services.admissions import admit as give_keys
from aid.services.invitations import invite_colleague
from aid.services.people import prepare_invitation, reset_keys
from aid.services.work import change_work

bp = Blueprint("work", __name__, url_prefix="/people")

BY_HAND = tuple(role for role in Role if role is not Role.COMMITTEE_MEMBER)
"""Roles that an administrator gives and takes; the committee has its own."""


@bp.route("/invite", methods=["GET", "POST"])
@allow(Permission.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    """A new colleague; their first password is shown on the next page."""
    places = places_of_fund(reading())
    form = InviteForm().offer(localities=places.localities, points=places.points)
    form.offer_languages(languages_of_fund(reading()))
    if form.validate_on_submit():
        with blamed_on(form):
            colleague = form.order()
            invitation = prepare_invitation(colleague.handle)
            perform(
                form.idempotency_key,
                invite_colleague,
                actor=current_actor(),
                invitation=invitation,
                colleague=colleague,
            )
            return show_first_password(colleague.handle, invitation.password)
    return render_template("work/invite.html", form=form)


@bp.get("/first-password")
@allow(SIGNED_IN)
def first_password() -> ResponseReturnValue:
    """The first password that was made last in this sign-in, until it is said that it was handed over."""
    if FIRST not in session:
        abort(404)
    handle, password = session[FIRST]
    return render_template("work/first_password.html", called=handle, password=password, fund_name="Komek")


@bp.post("/first-password/given")
@allow(SIGNED_IN)
def given() -> ResponseReturnValue:
    """Show it no more."""
    if not KomekForm().validate_on_submit():
        abort(400)
    session.pop(FIRST, None)
    return redirect(url_for("people.index") if current_actor().may(Permission.SEE_PEOPLE) else url_for("today.index"))


@bp.get("/waiting")
@allow(Permission.ADMIT)
def waiting() -> ResponseReturnValue:
    """Who waits for keys, and what I could give them."""
    found = waiting_for_keys(reading(), actor=current_actor())
    return render_template("work/waiting.html", waiting=found, **WORDS)


@bp.route("/<uuid:person_id>/admit", methods=["GET", "POST"])
@allow(Permission.ADMIT)
def admit(person_id: UUID) -> ResponseReturnValue:
    """Compare the fingerprint by voice, then give the keys."""
    waits = waits_for_keys(reading(), actor=current_actor(), person_id=person_id)
    if waits is None:
        abort(404)
    form = AdmitForm(public=waits.public.hex())
    if form.validate_on_submit():
        with blamed_on(form):
            done = perform(
                form.idempotency_key, give_keys, actor=current_actor(), person_id=person_id, public=form.order()
            )
            flash(say(_what_was_given(done)), "success")
            return redirect(url_for(".waiting"))
    return render_template("work/admit.html", form=form, waits=waits, **WORDS)


def _what_was_given(done: Admitted) -> Message:
    if done.missing:
        return n_(
            "They have the keys that you could give. %(num)s more waits for somebody else.",
            "They have the keys that you could give. %(num)s more wait for somebody else.",
            done.missing,
        )
    return _("They have all the keys that their work needs.")


@bp.get("/<uuid:person_id>")
@allow(Permission.SEE_PEOPLE)
def show(person_id: UUID) -> ResponseReturnValue:
    """One colleague: work, keys, and what may be done."""
    return render_template("work/show.html", person=_found(person_id), may=current_actor().may, **WORDS)


@bp.route("/<uuid:person_id>/work", methods=["GET", "POST"])
@allow(Permission.MANAGE_PEOPLE)
def change(person_id: UUID) -> ResponseReturnValue:
    """Other roles, other places."""
    person = _found(person_id)
    places = places_of_fund(reading())
    roles = tuple(Role) if Role.COMMITTEE_MEMBER in person.work.roles else BY_HAND
    form = WorkForm().offer(localities=places.localities, points=places.points, roles=roles)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, change_work, actor=current_actor(), person_id=person_id, work=form.work())
            flash(say(_("It holds from their next click.")), "success")
            return redirect(url_for(".show", person_id=person_id))
    elif not form.is_submitted():
        form.show(person.work)
    return render_template("work/change.html", form=form, person=person, **WORDS)


@bp.route("/<uuid:person_id>/begin-anew", methods=["GET", "POST"])
@allow(Permission.MANAGE_PEOPLE)
def begin_anew(person_id: UUID) -> ResponseReturnValue:
    """Who lost the password begins anew: a first password, and keys again from colleagues."""
    person = _found(person_id)
    form = KomekForm()
    if form.validate_on_submit():
        invitation = prepare_invitation(person.handle, person_id=person_id)
        with blamed_on(form):
            perform(
                form.idempotency_key,
                reset_keys,
                actor=current_actor(),
                person_id=person_id,
                invitation=invitation,
                reason=ResetReason.LOST_PASSWORD,
            )
            return show_first_password(person.handle, invitation.password)
    return render_template("work/begin_anew.html", form=form, person=person, **WORDS)


def _found(person_id: UUID) -> PersonPage:
    person = one_person(reading(), actor=current_actor(), person_id=person_id)
    if person is None:
        abort(404)
    return person
