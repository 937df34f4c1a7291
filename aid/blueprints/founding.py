"""Founding a fund in one sitting: the one-time code, a page a question, and the founding act at the end."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._frame import the_fund
from aid.blueprints._sitting import ORDER, cookie_here, keep_page, neighbours, pages_of, the_sitting
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.refusals import RuleBroken
from aid.domain.sitting import STEP_TITLES, Step, check_until, must_sit
from aid.extensions import reading
from aid.formats import language
from aid.forms.base import KomekForm
from aid.forms.founding import (
    CodeForm,
    FundForm,
    LocalitiesForm,
    MoneyForm,
    PeopleForm,
    PointsForm,
    RecoveryForm,
    RulesForm,
    StepForm,
)
from aid.perform import perform
from aid.queries.founding import OpenSitting, sitting_is_in
from aid.security import ANYONE, FOUNDING, allow, sign_in_to
from aid.services import sittings
from aid.services.founding import prepare_invitations
from aid.services.recovery import prepare_secret
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie

bp = Blueprint("founding", __name__, url_prefix="/founding")

BEFORE_A_FUND = ("founding.", "seats.", "act.", "static", "people.speak", "health.")
"""What is served while there is no fund."""
WORDS = {"role_titles": ROLE_TITLES, "own_names": OWN_NAMES, "roles": Role}
USUAL_PURPOSES = (
    {"kk": "Жалпы көмек", "ru": "Общая помощь", "en": "General support"},
    {"kk": "Мектеп керек-жарақтары", "ru": "Школьные принадлежности", "en": "School supplies"},
    {"kk": "Күнделікті қажеттіліктер", "ru": "Повседневные нужды", "en": "Day-to-day necessities"},
)


@bp.before_app_request
def lead_to_the_founding() -> ResponseReturnValue | None:
    """While there is no fund, every page is this one."""
    asked = request.endpoint or "static"
    if asked.startswith(BEFORE_A_FUND) or the_fund() is not None:
        return None
    return redirect(url_for("founding.index"))


@bp.route("/", methods=["GET", "POST"])
@allow(ANYONE)
def index() -> ResponseReturnValue:
    """The one-time code: whoever has it founds the fund, in this browser."""
    if sitting_is_in(reading(), cookie_id=cookie_here().row_id):
        return redirect(url_for(".sitting"))
    if the_fund() is not None:
        return redirect(url_for("today.index"))
    form = CodeForm()
    if form.validate_on_submit():
        cookie = SignInCookie.new()
        try:
            code = form.code.data
            perform(form.idempotency_key, sittings.sit_down, actor=Actor.system(), code=code, cookie=cookie)
        except RuleBroken as refusal:
            form.blame(refusal)
        else:
            sign_in_to(session, cookie)
            return redirect(url_for(".sitting"))
    return render_template("founding/code.html", form=form), 409 if form.errors else 200


@bp.get("/sitting")
@allow(FOUNDING)
def sitting() -> ResponseReturnValue:
    """What is done, and what comes next."""
    if the_fund() is not None:
        return redirect(url_for("act.done"))
    here = the_sitting()
    seats = [(person.handle, here.is_seated(person)) for person in must_sit(here.plan)]
    return render_template(
        "founding/sitting.html", pages=pages_of(here), seats=seats, people_are_named=Step.PEOPLE in here.typed
    )


@bp.route("/fund", methods=["GET", "POST"])
@allow(FOUNDING)
def fund() -> ResponseReturnValue:
    """What the fund is called."""
    return _page(Step.FUND, FundForm(data=_typed(Step.FUND)))


@bp.route("/money", methods=["GET", "POST"])
@allow(FOUNDING)
def money() -> ResponseReturnValue:
    """What money is given for."""
    return _page(Step.MONEY, MoneyForm(data=_typed(Step.MONEY) or {"purposes": USUAL_PURPOSES}))


@bp.route("/localities", methods=["GET", "POST"])
@allow(FOUNDING)
def localities() -> ResponseReturnValue:
    """Where families live and registrars work."""
    return _page(Step.LOCALITIES, LocalitiesForm(data=_typed(Step.LOCALITIES)))


@bp.route("/points", methods=["GET", "POST"])
@allow(FOUNDING)
def points() -> ResponseReturnValue:
    """Where aid is handed out."""
    here = the_sitting() if the_fund() is None else None
    if here and Step.LOCALITIES not in here.typed:
        return redirect(url_for(".localities"))
    return _page(Step.POINTS, PointsForm(data=_typed(Step.POINTS)), localities=here.plan.localities if here else ())


@bp.route("/people", methods=["GET", "POST"])
@allow(FOUNDING)
def people() -> ResponseReturnValue:
    """Who sits here."""
    return _page(Step.PEOPLE, PeopleForm(data=_typed(Step.PEOPLE)))


@bp.route("/rules", methods=["GET", "POST"])
@allow(FOUNDING)
def rules() -> ResponseReturnValue:
    """How the committee decides, and how it changes."""
    return _page(Step.RULES, RulesForm(data=_typed(Step.RULES)))


@bp.route("/recovery", methods=["GET", "POST"])
@allow(FOUNDING)
def recovery() -> ResponseReturnValue:
    """Who keeps the papers that open everything again."""
    here = the_sitting() if the_fund() is None else None
    if here and Step.PEOPLE not in here.typed:
        return redirect(url_for(".people"))
    handles = [person.handle for person in must_sit(here.plan)] if here else []
    usual = {"holders": [{"handle": handle} for handle in handles[-5:]]}
    return _page(Step.RECOVERY, RecoveryForm(data=_typed(Step.RECOVERY) or usual), handles=handles)


@bp.route("/check", methods=["GET", "POST"])
@allow(FOUNDING)
def check() -> ResponseReturnValue:
    """Everything once more, and then the fund is founded."""
    if the_fund() is not None:
        return redirect(url_for("act.done"))
    here, form = the_sitting(), KomekForm()
    pages = pages_of(here)
    away = [person.handle for person in must_sit(here.plan) if not here.is_seated(person)]
    ready = not away and all(state == "done" for _title, _url, state, _wrong in pages)
    if form.validate_on_submit() and ready:
        try:
            _found(form, here)
        except RuleBroken as refusal:
            form.blame(refusal)
        if the_fund() is not None:
            return redirect(url_for("act.done"))
    shown = {"plan": here.plan, "pages": pages, "away": away, "ready": ready, "step": Step}
    return render_template("founding/check.html", form=form, **shown, **WORDS), 409 if form.errors else 200


def _found(form: KomekForm, here: OpenSitting) -> None:
    """Make the keys of who is not here and the recovery key (slow), and found. Raises RuleBroken."""
    plan = here.plan
    invitations = prepare_invitations(plan, seated=here.seats)
    secret = prepare_secret(threshold=plan.share_threshold, count=plan.share_count) if plan.share_holders else None
    perform(
        form.idempotency_key,
        sittings.found_fund,
        actor=Actor.system(),
        cookie=cookie_here(),
        sitting_key=here.key,
        plan=plan,
        invitations=invitations,
        secret=secret,
    )


def _typed(step: Step) -> dict[str, Any]:
    """What a page was filled in with before."""
    here = the_sitting() if the_fund() is None else None
    return dict(here.typed.get(step, {})) if here else {}


def _page(step: Step, form: StepForm, **words: Any) -> ResponseReturnValue:
    """One page: what was typed is kept, right or wrong; and if it holds, the next one comes."""
    if the_fund() is not None:
        return redirect(url_for("act.done"))
    before, after = neighbours(step)
    rearranged = request.method == "POST" and form.rearrange(request.form)
    _offer(form, words)
    if request.method == "POST" and not rearranged and _is_kept(step, form):
        return redirect(url_for(".check") if request.args.get("then") == "check" else after)
    place = ORDER.index(step) + 1
    shown = {"step": place, "of": len(ORDER) + 2, "before": before, "title": STEP_TITLES[step], "typed": the_sitting()}
    page = render_template(f"founding/{step}.html", form=form, **shown, **words, **WORDS)
    return page, 409 if form.errors else 200


def _offer(form: StepForm, words: dict[str, Any]) -> None:
    """Choices that come from other pages."""
    if isinstance(form, PointsForm):
        form.offer([(place.code, place.names.said(_reader())) for place in words["localities"]])
    if isinstance(form, RecoveryForm):
        form.offer(words["handles"])


def _reader() -> Language:
    return Language(language())


def _is_kept(step: Step, form: StepForm) -> bool:
    """Keep what was typed; say whether it holds together with the pages before."""
    if not form.validate_on_submit():
        return False
    try:
        here = keep_page(the_sitting(), step, form.typed())
        check_until(step, here.typed, here.others)
    except RuleBroken as refusal:
        form.blame(refusal)
        return False
    return True
