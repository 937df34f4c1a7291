"""Donations: the list, one of them, and booking one by hand."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import moment, place
from aid.blueprints._refusals import blamed_on
from aid.blueprints._thanking import offered_for
from aid.documents.amounts import in_words
from aid.domain.languages import Language
from aid.domain.mails import STANDING, STATE_TITLES
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms._money import as_typed
from aid.forms.donations import (
    CorrectionAnswerForm,
    DonationCorrectionForm,
    DonationForm,
    FirstDonationForm,
)
from aid.forms.donors import DonorSearchForm
from aid.perform import perform
from aid.queries import banks, donations, donors, giving, histories, programmes, published_thanks, thanks_mails
from aid.queries import corrections as waiting_corrections
from aid.queries.lines import lines_of_donation
from aid.queries.thanks_words import languages_added
from aid.security import allow, current_actor
from aid.services.corrections import Asked, Corrected, answer_correction, correct_donation
from aid.services.donations import check_donation, record_donation

bp = Blueprint("donations", __name__, url_prefix="/donations")
NOT_WAITING = _("This correction does not wait for an answer any more.")
LEFT = _("The donation stays in the books as it is.")


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """All donations, the latest first."""
    before = request.args.get("before", type=place)
    found = donations.donations(reading(), actor=current_actor(), before=before)
    return render_template("donations/index.html", found=found, may=current_actor().may)


@bp.get("/<uuid:donation_id>")
@allow(Permission.SEE_MONEY)
def show(donation_id: UUID) -> ResponseReturnValue:
    """One donation."""
    donation = donations.donation(reading(), actor=current_actor(), donation_id=donation_id)
    if donation is None:
        abort(404)
    spelled = in_words(donation.amount, Language(language()))
    before, actor = request.args.get("told", type=moment), current_actor()
    told = histories.of_donation(reading(), actor=actor, now=now(), donation_id=donation_id, before=before)
    asked = waiting_corrections.asked(reading(), actor=actor, donation_id=donation_id)
    mails = thanks_mails.mails_of(reading(), actor=actor, donation_id=donation_id)
    knows_donors = actor.may(Permission.THANK_DONORS)
    standing = donation.thanks or donation.is_out or not knows_donors or any(row.state in STANDING for row in mails)
    return render_template(
        "donations/show.html",
        donation=donation,
        asked=asked,
        spelled=spelled,
        told=told,
        may=actor.may,
        mails=mails,
        came_by=giving.came_by(reading(), actor=actor, donation_id=donation_id),
        lines=lines_of_donation(reading(), actor=actor, donation_id=donation_id),
        titles=STATE_TITLES,
        offered=None if standing else offered_for(donation.donor),
        in_public=published_thanks.on_the_page(reading(), actor=actor, donation_id=donation_id)
        if knows_donors
        else None,
    )


@bp.route("/donors", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def donor() -> ResponseReturnValue:
    """Who gave? Somebody who gave before, or somebody new."""
    form = DonorSearchForm()
    sought = form.name if form.validate_on_submit() else ""
    found = donors.donors(reading(), actor=current_actor(), name=sought)
    return render_template("donations/donor.html", form=form, found=found, sought=sought)


@bp.route("/new", methods=["GET", "POST"], defaults={"donor_id": None})
@bp.route("/new/<uuid:donor_id>", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def new(donor_id: UUID | None) -> ResponseReturnValue:
    """Write a donation down, check it, book it."""
    known = donors.donor(reading(), actor=current_actor(), donor_id=donor_id) if donor_id else None
    if donor_id and known is None:
        abort(404)
    form = _form(donor_id, today=now().today)
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return _book(form) if form.step == "book" else _check(form, known)
    return render_template("donations/new.html", form=form, donor=known)


def _form(donor_id: UUID | None, *, today: date) -> DonationForm:
    purposes, accounts = programmes.purposes(reading()), banks.bank_accounts(reading(), actor=current_actor())
    given: dict[str, Any] = {"purposes": purposes, "banks": accounts, "donor": donor_id, "data": {"received_on": today}}
    if donor_id:
        return DonationForm(**given)
    unions = donors.unions(reading(), actor=current_actor())
    return FirstDonationForm(languages=languages_added(reading()), unions=unions, **given)


def _check(form: DonationForm, known: donors.DonorRow | None) -> ResponseReturnValue:
    order = form.order()
    check_donation(order, today=now().today)
    twins = donations.twins_of(reading(), actor=current_actor(), amount=order.amount, received_on=order.received_on)
    return render_template(
        "donations/check.html",
        form=form,
        order=order,
        donor=known.details if known else order.donor,
        spelled=in_words(order.amount, Language(language())),
        twins=twins,
    )


def _book(form: DonationForm) -> ResponseReturnValue:
    recorded = perform(form.idempotency_key, record_donation, actor=current_actor(), order=form.order())
    flash(say(_("Donation %(number)s is booked.", number=recorded.number)), "success")
    return redirect(url_for(".show", donation_id=recorded.donation_id))


@bp.route("/<uuid:donation_id>/correct", methods=["GET", "POST"])
@allow(Permission.RECORD_DONATIONS)
def correct(donation_id: UUID) -> ResponseReturnValue:
    """Mend a donation that was booked wrongly: what stands in the books stays there, undone."""
    found = donations.donation(reading(), actor=current_actor(), donation_id=donation_id)
    if found is None:
        abort(404)
    form = DonationCorrectionForm(
        purposes=programmes.purposes(reading()),
        banks=banks.bank_accounts(reading(), actor=current_actor()),
        data={
            "bank": str(found.bank_id),
            "amount": as_typed(found.amount),
            "purpose": str(found.purpose_id),
            "seen": str(len(found.corrections)),
        },
    )
    if form.validate_on_submit() and form.step != "change":
        order = form.order(donation_id)
        if form.step != "book":
            spelled = in_words(order.amount, Language(language())) if order.amount.minor else ""
            asks = found.would_lose_by(order.booking)
            return render_template(
                "donations/correct_check.html", form=form, donation=found, order=order, spelled=spelled, asks=asks
            )
        with blamed_on(form):
            corrected = perform(form.idempotency_key, correct_donation, actor=current_actor(), order=order)
            return _corrected(corrected, donation_id)
    return render_template("donations/correct.html", form=form, donation=found)


def _corrected(outcome: Corrected | Asked, donation_id: UUID) -> ResponseReturnValue:
    if isinstance(outcome, Asked):
        flash(say(_("There would be less on the account. A second person looks at it first.")), "warn")
    else:
        flash(say(_("Donation %(number)s is corrected.", number=outcome.number)), "success")
    return redirect(url_for(".show", donation_id=donation_id))


@bp.get("/corrections")
@allow(Permission.CONFIRM_MONEY)
def corrections() -> ResponseReturnValue:
    """Corrections that wait for a second person's word."""
    found = waiting_corrections.asked(reading(), actor=current_actor())
    return render_template("donations/corrections.html", rows=found)


@bp.route("/corrections/<uuid:asked_id>", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def answer(asked_id: UUID) -> ResponseReturnValue:
    """Agree to a correction that takes money off an account, or refuse it."""
    found = waiting_corrections.asked(reading(), actor=current_actor(), asked_id=asked_id)
    if not found:
        flash(say(NOT_WAITING), "info")
        return redirect(url_for(".corrections"))
    [row], form = found, CorrectionAnswerForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(asked_id)
            answered = perform(form.idempotency_key, answer_correction, actor=current_actor(), order=order)
            said = _("Donation %(number)s is corrected.", number=answered.number) if answered.agrees else LEFT
            flash(say(said), "success")
            return redirect(url_for(".show", donation_id=answered.donation_id))
    return render_template("donations/answer.html", form=form, row=row, actor=current_actor())
