"""What the page for donors offers: asked for, looked at by a second person, switched off; and campaigns."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.giving import spaced
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.giving import OfferAnswerForm, OfferForm, campaign_form, names_of
from aid.perform import perform
from aid.queries import banks, giving, programmes
from aid.security import allow, current_actor
from aid.services.giving.offers import answer_offer, ask_to_offer, end_campaign, open_campaign, switch_off

bp = Blueprint("giving", __name__, url_prefix="/giving")
bp.context_processor(may)
bp.app_template_filter("spaced")(spaced)


@bp.get("/")
@allow(Permission.CONFIRM_MONEY)
def index() -> ResponseReturnValue:
    """What is offered now, what waits for a second person, and the campaigns."""
    page = giving.giving_page(reading(), actor=current_actor())
    return render_template("giving/index.html", page=page, address=url_for("give.index", _external=True))


@bp.route("/offer", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def offer() -> ResponseReturnValue:
    """Ask for what the page is to offer."""
    actor = current_actor()
    page = giving.giving_page(reading(), actor=actor)
    every = banks.bank_accounts(reading(), actor=actor)
    named = [bank for bank in every if bank.iban]
    form = OfferForm(
        banks=named, purposes=programmes.purposes(reading()), now=page.waiting or page.standing, seen=page.seen
    )
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, ask_to_offer, actor=actor, order=form.order())
            flash(say(_("It is shown once a second person agrees.")), "warn")
            return redirect(url_for(".index"))
    by_id = {str(bank.id): bank for bank in named}
    return render_template("giving/offer.html", form=form, banks=by_id, left_out=len(every) - len(named))


@bp.route("/offers/<uuid:offer_id>", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def answer(offer_id: UUID) -> ResponseReturnValue:
    """A second person's word on what is to be shown."""
    actor, form = current_actor(), OfferAnswerForm()
    found = giving.offer(reading(), actor=actor, offer_id=offer_id)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, answer_offer, actor=actor, offer_id=offer_id, agrees=form.agrees)
            flash(say(_("Donors see it now.") if form.agrees else _("It is not shown.")), "success")
            return redirect(url_for(".index"))
    if found is None:
        abort(404)
    return render_template("giving/answer.html", offer=found, form=form)


@bp.post("/off")
@allow(Permission.CONFIRM_MONEY)
def off() -> ResponseReturnValue:
    """Switch the page off, at once."""
    form = KomekForm()
    if form.validate_on_submit():
        with told_above():
            perform(form.idempotency_key, switch_off, actor=current_actor())
            flash(say(_("The page is switched off. References that were given out stay good.")), "success")
    return redirect(url_for(".index"))


@bp.route("/campaigns/new", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def new_campaign() -> ResponseReturnValue:
    """Open a campaign that donors may give for."""
    languages = giving.fund_languages(reading())
    form = campaign_form(languages)
    if form.validate_on_submit():
        with blamed_on(form):
            names = dict(names_of(form, languages))
            perform(form.idempotency_key, open_campaign, actor=current_actor(), names=names)
            flash(say(_("Donors may name it from now on.")), "success")
            return redirect(url_for(".index"))
    return render_template("giving/campaign.html", form=form, fields=[form[f"name_{each}"] for each in languages])


@bp.post("/campaigns/<uuid:campaign_id>/end")
@allow(Permission.KEEP_ACCOUNTS)
def close_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """End a campaign."""
    form = KomekForm()
    if form.validate_on_submit():
        with told_above():
            perform(form.idempotency_key, end_campaign, actor=current_actor(), campaign_id=campaign_id)
            flash(say(_("It is over. Gifts under references that were given out for it still come.")), "success")
    return redirect(url_for(".index"))
