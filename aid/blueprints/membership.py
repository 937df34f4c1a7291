"""Who is on the committee and with which keys, changes of it under its own quorum, and the emergency stop."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.membership import ANSWER_TITLES, CHANGE_TITLES, STAGE_TITLES, Answer, ChangeKind, Stage, Standing
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.membership import ProposeForm, SignForm
from aid.perform import perform
from aid.queries import committee_changes as changes
from aid.queries.candidates import candidates
from aid.queries.membership import CommitteePage, committee_page
from aid.security import allow, current_actor
from aid.security.guessing import own_signing_key
from aid.services.membership import Answered, answer_change, complete_change, finish_leaving, propose_change

bp = Blueprint("membership", __name__, url_prefix="/committee/members")

KIND_HINTS: dict[ChangeKind, Message] = {
    ChangeKind.ADMIT: _("Somebody an administrator has invited, and who has keys of their own."),
    ChangeKind.ALTERNATE: _("When a member is kept away. All other members sign, and the absence is announced first."),
    ChangeKind.NEW_KEY: _("When a member lost their password and made new keys."),
    ChangeKind.LEAVE: _("At their own wish, or because the committee says so."),
    ChangeKind.NAME_ALTERNATE: _("Who takes your own seat if you are kept away."),
    ChangeKind.RULES: _("How many votes it takes, and how long things wait."),
}
TONES = {
    Stage.WAITS: "waits",
    Stage.SIGNING: "waits",
    Stage.NOTICE: "waits",
    Stage.READY: "info",
    Stage.CERTIFIED: "info",
    Stage.IN_FORCE: "good",
    Stage.REJECTED: "bad",
    Stage.OVERTAKEN: "quiet",
}
WORDS = {
    "kind_titles": CHANGE_TITLES,
    "stage_titles": STAGE_TITLES,
    "stage_tones": TONES,
    "answer_titles": ANSWER_TITLES,
    "answer_tones": {Answer.YES: "good", Answer.NO: "bad"},
    "Stage": Stage,
    "Kind": ChangeKind,
}


@bp.get("/")
@allow(Permission.SEE_COMMITTEE)
def index() -> ResponseReturnValue:
    """The committee now, with its keys and rules, and what is under way."""
    every = changes.changes(reading(), actor=current_actor(), now=now())
    under_way = [each for each in every if each.stage in changes.OPEN]
    return render_template(
        "membership/index.html",
        page=_committee(),
        under_way=under_way,
        done=[each for each in every if each.stage not in changes.OPEN],
        may_change=current_actor().may(Permission.CHANGE_COMMITTEE),
        may_stop=current_actor().may(Permission.STOP_FUND),
        **WORDS,
    )


@bp.get("/propose")
@allow(Permission.CHANGE_COMMITTEE)
def choose() -> ResponseReturnValue:
    """What kind of change."""
    return render_template("membership/choose.html", page=_committee(), hints=KIND_HINTS, **WORDS)


@bp.route("/propose/<kind>", methods=["GET", "POST"])
@allow(Permission.CHANGE_COMMITTEE)
def propose(kind: str) -> ResponseReturnValue:
    """Announce a change. It is signed on its own page."""
    change_kind = _kind(kind)
    actor, page = current_actor(), _committee()
    people = candidates(reading(), actor=actor, kind=change_kind)
    named = change_kind is ChangeKind.NAME_ALTERNATE
    mine = next((seat.alternate for seat in page.seats if named and seat.is_mine), None)
    filled = {field: getattr(page.rules, field) for field in page.rules.__slots__}
    form = ProposeForm(kind=change_kind, people=people, alternate=mine, **filled)
    if form.validate_on_submit():
        with blamed_on(form):
            assert actor.person_id is not None, "a person proposes"
            order = form.order(own=actor.person_id)
            proposed = perform(form.idempotency_key, propose_change, actor=actor, order=order)
            flash(say(_("It is announced. Look at it once more, then sign it.")), "success")
            return redirect(url_for(".change", change_id=proposed.change_id))
    page_ = render_template(
        "membership/propose.html", form=form, kind=change_kind, people=people, page=page, hints=KIND_HINTS, **WORDS
    )
    return page_, 409 if form.errors else 200


@bp.get("/changes/<uuid:change_id>")
@allow(Permission.SEE_COMMITTEE)
def change(change_id: UUID) -> ResponseReturnValue:
    """One change: what it would change, who has signed, and from when it holds."""
    may_complete = current_actor().may(Permission.CHANGE_COMMITTEE)
    return render_template(
        "membership/change.html", change=_found(change_id), may_complete=may_complete, page=_committee(), **WORDS
    )


@bp.route("/changes/<uuid:change_id>/sign", methods=["GET", "POST"])
@allow(Permission.CHANGE_COMMITTEE)
def sign(change_id: UUID) -> ResponseReturnValue:
    """Answer what was seen. The password opens the signing key for this one request."""
    found = _found(change_id)
    form = SignForm(with_key=found.fingerprint is not None, hash=found.hash.hex())
    if form.validate_on_submit():
        with blamed_on(form):
            signing = own_signing_key(current_actor(), form.password.data)
            order = form.order(change_id)
            key = form.idempotency_key
            answered = perform(key, answer_change, actor=current_actor(), order=order, signing=signing)
            flash(say(_what_came_of_it(answered)), "success")
            return redirect(url_for(".change", change_id=change_id))
    page = render_template("membership/sign.html", form=form, change=found, **WORDS)
    return page, 409 if form.errors else 200


@bp.post("/changes/<uuid:change_id>/complete")
@allow(Permission.CHANGE_COMMITTEE)
def complete(change_id: UUID) -> ResponseReturnValue:
    """Count the signatures again, once the notice is over."""
    form = KomekForm()
    if not form.validate():
        abort(400)
    with told_above("warn"):
        done = perform(form.idempotency_key, complete_change, actor=current_actor(), change_id=change_id)
        flash(say(_what_came_of_it(done)), "success")
    return redirect(url_for(".change", change_id=change_id))


@bp.post("/finish")
@allow(Permission.CHANGE_COMMITTEE)
def finish() -> ResponseReturnValue:
    """Take role and keys from those who left."""
    form = KomekForm()
    if not form.validate():
        abort(400)
    perform(form.idempotency_key, finish_leaving, actor=current_actor())
    flash(say(_("Who left the committee has its role and keys no more.")), "success")
    return redirect(url_for(".index"))


def _what_came_of_it(answered: Answered) -> Message:
    if answered.holds_from is not None:
        return _("The committee has agreed. It holds from %(moment)s.", moment=answered.holds_from)
    if answered.standing is Standing.AGREED:
        return _("Signed. Enough members agree; it is completed when its notice is over.")
    if answered.standing is Standing.REJECTED:
        return _("Signed. The change is rejected.")
    return _("Signed. It waits for other members.")


def _committee() -> CommitteePage:
    return committee_page(reading(), actor=current_actor(), now=now())


def _found(change_id: UUID) -> changes.ChangePage:
    found = changes.change(reading(), actor=current_actor(), now=now(), change_id=change_id)
    if found is None:
        abort(404)
    return found


def _kind(kind: str) -> ChangeKind:
    if kind not in {each.value for each in ChangeKind}:
        abort(404)
    return ChangeKind(kind)
