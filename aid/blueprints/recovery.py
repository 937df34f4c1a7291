"""Recovery shares: what could be recovered today, new shares, one's own share on paper, and shares that are lost."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.recovery import WORDS
from aid.domain.words import Message, _, n_
from aid.extensions import overwrite_deleted, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.recovery import SharesForm, WordsForm
from aid.models.people import PersonState
from aid.perform import look, perform
from aid.queries import recovery as queries
from aid.security import SIGNED_IN, allow, current_actor
from aid.services.recovery import (
    ShareConfirmed,
    SharesMade,
    confirm_share,
    make_shares,
    open_share,
    prepare_secret,
    report_lost,
    reseal,
)

bp = Blueprint("recovery", __name__, url_prefix="/recovery")


@bp.get("/")
@allow(Permission.SEE_CUSTODY)
def index() -> ResponseReturnValue:
    """What could be recovered today, and what is missing."""
    state = queries.recovery_state(reading(), actor=current_actor())
    return render_template("recovery/index.html", state=state, may=current_actor().may, suspended=PersonState.SUSPENDED)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.MAKE_SHARES)
def new() -> ResponseReturnValue:
    """A new recovery key: how many shares, for whom, in which countries."""
    people = queries.possible_holders(reading(), actor=current_actor())
    threshold, count = queries.usual_shares(reading())
    form = SharesForm(people=people, threshold=threshold, count=count)
    if request.method == "POST" and not form.rearrange(request.form, people=people) and form.validate():
        with blamed_on(form):
            _make(form)
            flash(say(_("The shares are made. Each holder now writes theirs down, alone.")), "success")
            return redirect(url_for(".index"))
    replaces = not queries.is_provisional(reading())
    return render_template("recovery/new.html", form=form, replaces=replaces), 409 if form.errors else 200


def _make(form: SharesForm) -> SharesMade:
    holders = form.share_holders()
    secret = prepare_secret(threshold=form.threshold.data, count=len(holders))
    return perform(
        form.idempotency_key,
        make_shares,
        actor=current_actor(),
        secret=secret,
        holders=holders,
        despite_country=bool(form.despite_country.data),
    )


@bp.get("/mine")
@allow(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """The shares one holds, and what to do with them."""
    shares = queries.own_shares(reading(), actor=current_actor())
    return render_template("recovery/mine.html", shares=shares)


@bp.get("/mine/<int:generation>/<int:number>/show", endpoint="again")
@allow(SIGNED_IN)
def again(generation: int, number: int) -> ResponseReturnValue:
    """A share is shown for a press of a button: who comes back by its address starts there."""
    return redirect(url_for(".mine"))


@bp.post("/mine/<int:generation>/<int:number>/show")
@allow(SIGNED_IN)
def show(generation: int, number: int) -> ResponseReturnValue:
    """One's own share, to be written down or printed. It is in this answer only."""
    if not KomekForm().validate_on_submit():
        abort(400)
    with told_above("warn"):
        opened = look(open_share, actor=current_actor(), generation=generation, number=number)
        return render_template("recovery/share.html", share=opened)
    return redirect(url_for(".mine"))


@bp.route("/mine/<int:generation>/<int:number>/confirm", methods=["GET", "POST"])
@allow(SIGNED_IN)
def confirm(generation: int, number: int) -> ResponseReturnValue:
    """Two words back, from paper: then the fund forgets the share."""
    share = next((row for row in _waiting() if (row.generation, row.number) == (generation, number)), None)
    form = WordsForm()
    if form.validate_on_submit():
        with blamed_on(form):
            confirmed = perform(
                form.idempotency_key,
                confirm_share,
                actor=current_actor(),
                generation=generation,
                number=number,
                words=form.words(),
                keep_days=current_app.config["KOMEK"].backup_days,
            )
            flash(say(_said(confirmed)), "success")
            return redirect(url_for(".mine"))
    if share is None:
        return redirect(url_for(".mine"))
    return render_template("recovery/confirm.html", form=form, share=share, words=WORDS), 409 if form.errors else 200


def _waiting() -> list[queries.ShareRow]:
    return [row for row in queries.own_shares(reading(), actor=current_actor()) if row.waits]


def _said(confirmed: ShareConfirmed) -> Message:
    if not confirmed.whole:
        return _("Your share is on your paper now, and nowhere else. Keep it where you said.")
    overwrite_deleted()
    return _("Your share is on your paper now, and with it there are enough: the fund could be recovered.")


@bp.route("/lost/<int:generation>/<int:number>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def lost(generation: int, number: int) -> ResponseReturnValue:
    """A share that can't be counted on any more: its holder or a coordinator says so."""
    actor = current_actor()
    share = queries.one_share(reading(), actor=actor, generation=generation, number=number)
    if share is None or not (share.mine or actor.may(Permission.MAKE_SHARES)):
        abort(404)
    form = KomekForm()
    away = url_for(".mine" if share.mine else ".index")
    if form.validate_on_submit():
        with blamed_on(form):
            counted = perform(form.idempotency_key, report_lost, actor=actor, generation=generation, number=number)
            left = n_("%(num)s share can still be counted on.", "%(num)s shares can still be counted on.", counted.left)
            flash(say(left), "warn")
            return redirect(away)
    return render_template("recovery/lost.html", form=form, share=share, away=away), 409 if form.errors else 200


@bp.route("/seal", methods=["GET", "POST"])
@allow(Permission.ADMIT)
def seal() -> ResponseReturnValue:
    """Seal the rings one holds to the newest recovery key, step by step."""
    form = KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            done = perform(form.idempotency_key, reseal, actor=current_actor())
            flash(say(_sealed_words(done.left)), "info" if done.left else "success")
            return redirect(url_for(".seal"))
    rings = queries.held_and_lacking(reading(), actor=current_actor())
    return render_template("recovery/seal.html", form=form, rings=rings)


def _sealed_words(left: int) -> Message:
    if left:
        return n_("%(num)s key is left. Press once more.", "%(num)s keys are left. Press once more.", left)
    return _("Everything you hold can be recovered now.")
