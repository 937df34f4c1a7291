"""The ledger: the fund's money at a glance, the entries behind each figure, charts, statements, the journal."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file, shown_file
from aid.blueprints._may import may
from aid.blueprints._paging import place
from aid.documents.statement import statement_pdf
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.languages import Language
from aid.domain.months import Month
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.extensions import now, reading
from aid.formats import language
from aid.forms.ledger import PeriodForm
from aid.queries import ledger
from aid.queries.ledger.charts import money_charts
from aid.queries.ledger.journal import journal as journal_of
from aid.queries.ledger.statement import Period, Statement
from aid.queries.ledger.statement import statement as statement_of
from aid.queries.lines import lines_of_entries
from aid.security import allow, current_actor

bp = Blueprint("ledger", __name__, url_prefix="/ledger")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """What each purpose received and has left, and where the money is."""
    return render_template("ledger/index.html", books=ledger.books(reading(), actor=current_actor()))


@bp.get("/entries")
@allow(Permission.SEE_MONEY)
def entries() -> ResponseReturnValue:
    """Entries, the latest first: all, or those of an account; of every kind, or of one."""
    account, kind = request.args.get("account", type=UUID), request.args.get("kind", type=EntryKind)
    against, before = request.args.get("against", type=AccountKind), request.args.get("before", type=place)
    found = ledger.entries(
        reading(), actor=current_actor(), account_id=account, kind=kind, against=against, before=before
    )
    if found is None:
        abort(404)
    lines = lines_of_entries(reading(), actor=current_actor(), entry_ids=[row.id for row in found.rows])
    return render_template("ledger/entries.html", found=found, account=account, kind=kind, against=against, lines=lines)


@bp.get("/charts")
@allow(Permission.SEE_MONEY)
def charts() -> ResponseReturnValue:
    """What came, went and is left, by purpose and over time."""
    found = money_charts(reading(), actor=current_actor(), today=now().today)
    return render_template("ledger/charts.html", charts=found)


@bp.get("/statement")
@allow(Permission.SEE_MONEY)
def statement() -> ResponseReturnValue:
    """The books of a period: by default of this month."""
    form = _period_form()
    try:
        return render_template("ledger/statement.html", form=form, statement=_statement(form.period))
    except RuleBroken as refusal:
        form.blame(refusal)
        return render_template("ledger/statement.html", form=form, statement=None), 400


@bp.get("/statement.pdf")
@allow(Permission.SEE_MONEY)
def statement_paper() -> ResponseReturnValue:
    """The same on paper, in the reader's language."""
    try:
        found = _statement(_period_form().period)
    except RuleBroken:
        abort(404)
    pdf = statement_pdf(found, Language(language()))
    return shown_file(pdf, f"statement-{found.period.first}-{found.period.last}.pdf")


@bp.get("/journal")
@allow(Permission.EXPORT_LEDGER)
def journal() -> ResponseReturnValue:
    """The whole books as a journal that hledger reads."""
    text = "".join(journal_of(reading(), actor=current_actor()))
    return kept_file(text, f"komek-{now().today}.journal")


def _period_form() -> PeriodForm:
    """The days of the address; those of this month where there are none."""
    month = Month.of(now().today)
    first = request.args.get("first", month.first, type=date.fromisoformat)
    last = request.args.get("last", max(month.last, first), type=date.fromisoformat)
    return PeriodForm(formdata=None, data={"first": first, "last": last})


def _statement(period: Period) -> Statement:
    return statement_of(reading(), actor=current_actor(), period=period)
