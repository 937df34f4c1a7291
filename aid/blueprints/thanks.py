"""Thanks: who waits for them, letters to print, messages that the worker sends, and gifts acknowledged in public."""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from aid.blueprints._files import kept_file
from aid.blueprints._paging import place
from aid.blueprints._public import public_frame
from aid.blueprints._refusals import blamed_on, told_above
from aid.blueprints._thanking import has_server, worker_runs
from aid.documents.letter import ThanksLetter, thanks_pdf
from aid.documents.thanking import in_public, left_alone, letter_again, letters, mails, outgoing
from aid.domain.codes import GIFT_DIGITS
from aid.domain.donations import ThanksWish
from aid.domain.mails import MOVING, STATE_TITLES, why_no_mail_to
from aid.domain.permissions import Permission
from aid.domain.support import signature_of
from aid.domain.thanks_ways import offered
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.thanks import BecameForm, ChosenForm, PublicLineForm, TakeOffForm
from aid.jobs.queue import wake
from aid.perform import perform
from aid.post.message import message_id
from aid.queries import donations, published_thanks, thanks, thanks_mails, thanks_words
from aid.queries.thanks_words import GiftFacts
from aid.security import ANYONE, allow, current_actor
from aid.services.thanks.acknowledging import MOST_LETTERS
from aid.services.thanks.mails import decide
from aid.services.thanks.publishing import take_off

bp = Blueprint("thanks", __name__, url_prefix="/thanks")


@bp.get("/")
@allow(Permission.THANK_DONORS)
def index() -> ResponseReturnValue:
    """Donations that wait for thanks, the oldest first; what is on its way; what somebody has to find out about."""
    after, actor = request.args.get("after", type=place), current_actor()
    found, mails_can = thanks.backlog(reading(), actor=actor, today=now().today, after=after), worker_runs()
    offers = {row.id: offered(row.donor, has_server=has_server(), worker_runs=mails_can) for row in found.rows}
    return render_template(
        "thanks/index.html",
        found=found,
        offers=offers,
        doubts=thanks_mails.doubts(reading(), actor=actor),
        batches=thanks_mails.batches_on_their_way(reading(), actor=actor),
        titles=STATE_TITLES,
        can_send=mails_can,
        has_mail=has_server(),
        names=_language_names(),
    )


@bp.post("/check")
@allow(Permission.THANK_DONORS)
def check() -> ResponseReturnValue:
    """What was ticked, before anything is printed or sent."""
    form = ChosenForm()
    if not form.validate_on_submit():
        abort(400)
    return _checked(form.donation_ids, by_mail=form.by_mail)


@bp.post("/<uuid:donation_id>/message")
@allow(Permission.THANK_DONORS)
def check_message(donation_id: UUID) -> ResponseReturnValue:
    """One message, before it is sent."""
    if not KomekForm().validate_on_submit():
        abort(400)
    return _checked((donation_id,), by_mail=True)


def _checked(donation_ids: tuple[UUID, ...], *, by_mail: bool) -> ResponseReturnValue:
    gifts = thanks_words.gifts(reading(), actor=current_actor(), donation_ids=donation_ids)
    reached = [gift for gift in gifts if why_no_mail_to(gift.donor.email if gift.donor else None) is None]
    chosen = (reached if by_mail else list(gifts))[: MOST_LETTERS if not by_mail else None]
    if not chosen:
        flash(say(_("Nobody was chosen that can be thanked so.")), "danger")
        return redirect(url_for(".index"))
    sample = None
    if by_mail:
        sample = outgoing(chosen[0], thanks_words.the_giver(reading()), "0" * GIFT_DIGITS)
    return render_template(
        "thanks/check.html",
        form=KomekForm(formdata=None),
        by_mail=by_mail,
        chosen=chosen,
        left_out=len(gifts) - len(chosen),
        otherwise=sum(_wish(gift) not in (None, ThanksWish.EMAIL if by_mail else ThanksWish.LETTER) for gift in chosen),
        sample=sample,
        names=_language_names(),
    )


@bp.post("/letters")
@allow(Permission.THANK_DONORS)
def print_letters() -> ResponseReturnValue:
    """Thank for donations by letters, all in one PDF."""
    form = ChosenForm()
    if not form.validate_on_submit():
        abort(400)
    return _printed(letters(current_actor(), form.donation_ids, form.idempotency_key))


@bp.post("/messages")
@allow(Permission.THANK_DONORS)
def send() -> ResponseReturnValue:
    """Have messages sent by the worker."""
    form = ChosenForm()
    if not form.validate_on_submit() or not current_app.config["KOMEK"].mail:
        abort(400)
    with told_above():
        job_id = mails(current_actor(), form.donation_ids, form.idempotency_key)
        wake(job_id)
        return redirect(url_for(".batch", job_id=job_id))
    return redirect(url_for(".index"))


@bp.get("/batches/<uuid:job_id>")
@allow(Permission.THANK_DONORS)
def batch(job_id: UUID) -> ResponseReturnValue:
    """How far a batch has come."""
    found = thanks_mails.batch(reading(), actor=current_actor(), job_id=job_id)
    if found is None:
        abort(404)
    return render_template("thanks/batch.html", batch=found, titles=STATE_TITLES, moving=MOVING)


@bp.route("/messages/<uuid:mail_id>", methods=["GET", "POST"])
@allow(Permission.THANK_DONORS)
def message(mail_id: UUID) -> ResponseReturnValue:
    """A message, what happened to it, and what a treasurer finds out."""
    found, form = thanks_mails.mail(reading(), actor=current_actor(), mail_id=mail_id), BecameForm()
    if found is None:
        abort(404)
    if form.validate_on_submit():
        with blamed_on(form) if found.in_doubt else told_above():
            perform(
                form.idempotency_key,
                decide,
                actor=current_actor(),
                mail_id=mail_id,
                arrived=form.arrived,
                reason=str(form.reason.data),
            )
            arrived = _("It is written down that the message arrived: the donation is thanked.")
            lost = _("It is written down that the message did not arrive: the donation waits for thanks again.")
            flash(say(arrived if form.arrived else lost), "success")
            return redirect(url_for("donations.show", donation_id=found.row.donation_id))
    mail = current_app.config["KOMEK"].mail
    known_as = message_id(mail_id, mail.sender) if mail else None
    return render_template("thanks/message.html", mail=found, form=form, titles=STATE_TITLES, known_as=known_as)


@bp.post("/<uuid:donation_id>")
@allow(Permission.THANK_DONORS)
def give(donation_id: UUID) -> ResponseReturnValue:
    """Thank for a donation: it leaves the list, and its letter comes as PDF."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    return _printed(letters(current_actor(), [donation_id], form.idempotency_key))


@bp.post("/<uuid:donation_id>/again")
@allow(Permission.THANK_DONORS)
def again(donation_id: UUID) -> ResponseReturnValue:
    """The letter of a donation thanked before, once more, with a new code."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    return _printed(letter_again(current_actor(), donation_id, form.idempotency_key))


@bp.post("/<uuid:donation_id>/spared")
@allow(Permission.THANK_DONORS)
def spared(donation_id: UUID) -> ResponseReturnValue:
    """Leave a donation without thanks, as its donor wished: it leaves the list, and nothing goes out."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        left_alone(current_actor(), donation_id, form.idempotency_key)
        flash(say(_("Nothing goes out for this donation, as its donor wished.")), "success")
    return redirect(url_for("donations.show", donation_id=donation_id))


@bp.route("/<uuid:donation_id>/publish", methods=["GET", "POST"])
@allow(Permission.THANK_DONORS)
def publish(donation_id: UUID) -> ResponseReturnValue:
    """Acknowledge a gift in public, with a line of its donor's own or as a friend's."""
    actor = current_actor()
    found = donations.donation(reading(), actor=actor, donation_id=donation_id)
    if found is None:
        abort(404)
    if request.method == "GET" and (found.thanks or found.is_out):
        flash(say(_("Donation %(number)s does not wait for thanks any more.", number=found.number)), "info")
        return redirect(url_for("donations.show", donation_id=donation_id))
    form = PublicLineForm(data={"line": signature_of(found.donor)})
    if form.validate_on_submit():
        with blamed_on(form):
            in_public(actor, donation_id, form.idempotency_key, line=form.words)
            flash(say(_("The gift stands on the public page.")), "success")
            return redirect(url_for("donations.show", donation_id=donation_id))
    return render_template("thanks/publish.html", donation=found, form=form)


@bp.route("/<uuid:donation_id>/take-off", methods=["GET", "POST"])
@allow(Permission.THANK_DONORS)
def take_off_page(donation_id: UUID) -> ResponseReturnValue:
    """Take a gift off the public page; its donor stays thanked."""
    actor, form = current_actor(), TakeOffForm()
    found = published_thanks.on_the_page(reading(), actor=actor, donation_id=donation_id)
    if found is None:
        abort(404)
    if found.taken_off:
        flash(say(_("This is not on the public page.")), "info")
        return redirect(url_for("donations.show", donation_id=donation_id))
    if form.validate_on_submit():
        with blamed_on(form):
            reason = str(form.reason.data)
            perform(form.idempotency_key, take_off, actor=actor, thanks_id=found.thanks_id, reason=reason)
            flash(say(_("It is off the public page. Its donor stays thanked.")), "success")
            return redirect(url_for("donations.show", donation_id=donation_id))
    return render_template("thanks/take_off.html", found=found, form=form, donation_id=donation_id)


@bp.get("/published")
@allow(ANYONE)
def published() -> ResponseReturnValue:
    """Gifts acknowledged in public, for everybody."""
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    found = published_thanks.published(reading(), page=page)
    next_page = page + 1 if found.has_more else None
    frame = {"without_cookies": not current_user.is_authenticated, **public_frame()}
    return render_template("thanks/published.html", found=found, next_page=next_page, **frame)


def _wish(gift: GiftFacts) -> ThanksWish | None:
    return gift.donor.thanks if gift.donor else None


def _language_names() -> dict[str, str]:
    return thanks_words.languages_added(reading())


def _printed(found: tuple[ThanksLetter, ...]) -> ResponseReturnValue:
    name = f"thanks-{found[0].number}.pdf" if len(found) == 1 else "thanks.pdf"
    return kept_file(thanks_pdf(*found), name)
