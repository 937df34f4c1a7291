"""The open list: bank lines that nothing explains yet, by account, and what they turn out to be."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._line_gifts import gift_form
from aid.blueprints._may import may
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.second_words import Alone, WordKind
from aid.domain.suggestions import Fee, Interest
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import day, money, say
from aid.forms._money import as_typed
from aid.forms.lines import (
    AcceptForm,
    AgainstForm,
    EntryLineForm,
    FeeLineForm,
    InterestLineForm,
    PartForm,
    UndoForm,
)
from aid.perform import perform
from aid.queries import lines, programmes, second_words
from aid.queries.ledger.causes import causes_of
from aid.queries.lines import accounts as of_accounts
from aid.security import allow, current_actor
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import EndOrder, end_line
from aid.services.lines.undoing import Waits, reopen

bp = Blueprint("lines", __name__, url_prefix="/lines")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """Every account's lines: what came and went, what is explained, what is open."""
    return render_template("lines/index.html", accounts=lines.account_sums(reading(), actor=current_actor()))


@bp.get("/account/<uuid:bank_id>")
@allow(Permission.SEE_MONEY)
def account(bank_id: UUID) -> ResponseReturnValue:
    """The open lines of an account, each with what it may be; its books beside its bank."""
    sums, actor = _sums(bank_id), current_actor()
    found = lines.open_lines(
        reading(),
        actor=actor,
        now=now(),
        bank_id=bank_id,
        after=request.args.get("after", type=place),
        at=request.args.get("at", type=place),
    )
    beside = of_accounts.beside(reading(), actor=actor, sums=sums)
    before, since = request.args.get("before", type=UUID), request.args.get("since", type=UUID)
    works = actor.may(Permission.KEEP_ACCOUNTS) and bool(before or "after" in request.args)  # line by line
    return render_template(
        "lines/account.html", sums=sums, found=found, beside=beside, before=before, since=since, works=works
    )


@bp.get("/account/<uuid:bank_id>/entries")
@allow(Permission.SEE_MONEY)
def entries(bank_id: UUID) -> ResponseReturnValue:
    """Entries of an account that no line explains."""
    sums = _sums(bank_id)
    after = request.args.get("after", type=place)
    found = lines.untied_page(reading(), actor=current_actor(), bank_id=bank_id, after=after)
    causes = causes_of(reading(), [row.cause_id for row in found.rows])
    return render_template("lines/entries.html", sums=sums, found=found, causes=causes, today=now().today)


@bp.get("/account/<uuid:bank_id>/explained")
@allow(Permission.SEE_MONEY)
def explained(bank_id: UUID) -> ResponseReturnValue:
    """Lines of an account that ended, and as what."""
    sums, after = _sums(bank_id), request.args.get("after", type=UUID)
    found = lines.explained_page(reading(), actor=current_actor(), bank_id=bank_id, after=after)
    return render_template("lines/explained.html", sums=sums, found=found)


@bp.get("/<uuid:line_id>")
@allow(Permission.SEE_MONEY)
def show(line_id: UUID) -> ResponseReturnValue:
    """One line: what the bank says, what it may be, what it ended as."""
    return render_template("lines/show.html", page=_found(line_id))


@bp.post("/<uuid:line_id>/accept")
@allow(Permission.KEEP_ACCOUNTS)
def accept(line_id: UUID) -> ResponseReturnValue:
    """Accept what a line was taken for, and go on to the next."""
    page, form = _found(line_id), AcceptForm()
    if form.validate_on_submit():
        with told_above():
            form.must_be_offered({offer.what for offer in page.line.offers}, still=page.line.still)
            stranger = lines.stranger_of(page.line.payment)
            order = form.order(line_id, currency=page.line.still.currency, stranger=stranger)
            _write(form.idempotency_key, order)
    return _onward(page)


@bp.route("/<uuid:line_id>/gift", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def gift(line_id: UUID) -> ResponseReturnValue:
    """A line, or a part of it, is a donation: of whom, and for what."""
    page = _found(line_id)
    sought = request.form.get("q", "").strip()
    line = page.line
    form = gift_form(line.offers, line.payment, line.free, currency=line.still.currency, sought=sought)
    searches, found = "search" in request.form, len(form.donor.choices) - 1
    return _asked("lines/gift.html", form, page, searches=searches, sought=sought, found=found)


@bp.route("/<uuid:line_id>/fee", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def fee(line_id: UUID) -> ResponseReturnValue:
    """A line, or a part of it, is a fee."""
    page, purposes = _found(line_id), programmes.purposes(reading())
    form = FeeLineForm(purposes=purposes, currency=page.line.still.currency, data=_own(page, Fee))
    return _asked("lines/fee.html", form, page, alone=_alone(page, WordKind.FEE))


@bp.route("/<uuid:line_id>/interest", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def interest(line_id: UUID) -> ResponseReturnValue:
    """A line, or a part of it, is interest."""
    page, purposes = _found(line_id), programmes.purposes(reading())
    form = InterestLineForm(purposes=purposes, currency=page.line.still.currency, data=_own(page, Interest))
    return _asked("lines/interest.html", form, page, alone=_alone(page, WordKind.INTEREST))


@bp.route("/<uuid:line_id>/entry", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def entry(line_id: UUID) -> ResponseReturnValue:
    """A line, or a part of it, is an entry of the books."""
    page = _found(line_id)
    fitting = lines.fitting_entries(
        reading(),
        actor=current_actor(),
        bank_id=page.bank_id,
        direction=page.line.direction,
        still=page.line.free,
        on=page.line.booked_on,
    )
    choices = [(str(each.id), _entry_words(each)) for each in fitting]
    form = EntryLineForm(entries=choices, currency=page.line.still.currency, data=_whole(page))
    causes = causes_of(reading(), [each.cause_id for each in fitting])
    return _asked("lines/entry.html", form, page, fitting={str(each.id): each for each in fitting}, causes=causes)


@bp.route("/<uuid:line_id>/against", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def against(line_id: UUID) -> ResponseReturnValue:
    """A line, or a part of it, is undone by a line that goes the other way."""
    page = _found(line_id)
    others = lines.opposite_lines(reading(), actor=current_actor(), now=now(), page=page)
    choices = [(str(other.id), _line_words(other)) for other in others]
    form = AgainstForm(others=choices, currency=page.line.still.currency, data=_whole(page))
    return _asked("lines/against.html", form, page, alone=_alone(page, WordKind.AGAINST))


@bp.route("/<uuid:line_id>/ends/<uuid:end_id>/undo", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def undo(line_id: UUID, end_id: UUID) -> ResponseReturnValue:
    """Undo what a line, or a part of it, ended as."""
    page, form = _found(line_id), UndoForm()
    end = next((end for end in page.ends if end.id == end_id), None)
    if end is None:
        abort(404)
    if form.validate_on_submit():
        with blamed_on(form):
            undone = perform(form.idempotency_key, reopen, actor=current_actor(), order=form.order(end_id))
            if isinstance(undone, Waits):
                flash(say(_("A second person looks at it first. When they agree, the line is open again.")), "warn")
            else:
                flash(say(_("It is undone. %(left)s of the line is open.", left=undone.left)), "success")
            return redirect(url_for(".show", line_id=line_id))
    return render_template("lines/undo.html", form=form, page=page, end=end)


# ---------------------------------------------------------------- what the pages share


def _found(line_id: UUID) -> lines.LinePage:
    page = lines.line_page(reading(), actor=current_actor(), now=now(), line_id=line_id)
    if page is None:
        abort(404)
    return page


def _sums(bank_id: UUID) -> lines.AccountSums:
    found = lines.account_sums(reading(), actor=current_actor(), bank_id=bank_id)
    if not found:
        abort(404)
    return found[0]


def _asked(
    template: str, form: PartForm, page: lines.LinePage, *, searches: bool = False, **shown: object
) -> ResponseReturnValue:
    """The form, until what it says of the line can be written."""
    if not searches and form.validate_on_submit():
        with blamed_on(form):
            _write(form.idempotency_key, form.order(page.line.id))
            return _next(page)
    return render_template(template, form=form, page=page, **shown)


def _write(key: str, order: EndOrder | AgainstOrder) -> None:
    act = set_against if isinstance(order, AgainstOrder) else end_line
    ended = perform(key, act, actor=current_actor(), order=order)
    if ended.waits.minor:
        said = _("Line %(number)s: %(waits)s waits for a second person’s word.", number=ended.number, waits=ended.waits)
        flash(say(said), "warn")
    elif ended.left.minor:
        flash(say(_("Line %(number)s: %(left)s is still open.", number=ended.number, left=ended.left)), "warn")
    else:
        flash(say(_("Line %(number)s is explained.", number=ended.number)), "success")


def _next(page: lines.LinePage) -> ResponseReturnValue:
    """The line again while something of it is open, else the list at the line after it."""
    again = _found(page.line.id)
    if again.line.free.minor:
        return redirect(url_for(".show", line_id=page.line.id))
    return _onward(page)


def _onward(page: lines.LinePage) -> ResponseReturnValue:
    """The list at the line after it, with a way back to it."""
    line = page.line
    return redirect(url_for(".account", bank_id=page.bank_id, at=line.number, before=line.id))


def _whole(page: lines.LinePage) -> dict[str, str]:
    return {"amount": as_typed(page.line.free)}


def _own(page: lines.LinePage, kind: type[Fee] | type[Interest]) -> dict[str, str]:
    """The whole line, and the purpose that it was suggested for."""
    offered = next((offer.proposal for offer in page.line.offers if isinstance(offer.proposal, kind)), None)
    return _whole(page) | ({"purpose": str(offered.purpose_id)} if offered else {})


def _alone(page: lines.LinePage, kind: WordKind) -> Alone:
    return second_words.alone_at(reading(), actor=current_actor(), now=now(), kind=kind, bank_id=page.bank_id)


def _entry_words(each: lines.UntiedEntry) -> str:
    said = _("Entry %(number)s, %(day)s, %(money)s", number=each.number, day=each.on, money=each.left)
    return say(said)


def _line_words(other: lines.OpenLine) -> str:
    who = other.payment.other.name if other.payment and other.payment.other else ""
    return ", ".join(filter(None, (day(other.booked_on), money(other.still), who)))
