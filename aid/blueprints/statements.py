"""Statements of the bank: brought, looked at, brought in step by step; and what came of each."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from aid.blueprints import _statement_files
from aid.blueprints._may import may
from aid.blueprints._paging import LARGEST, place
from aid.blueprints._refusals import blamed_on, told_above
from aid.blueprints._statement_files import Looked
from aid.domain.bank_tables import StatementMapping
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.statement_problems import remedy
from aid.domain.words import Message, _, n_
from aid.extensions import overwrite_deleted, reading
from aid.formats import fresh_key, say
from aid.forms.base import KomekForm
from aid.forms.statements import AccountForm, BringForm, StatementForm
from aid.models.imports import BroughtKind
from aid.perform import perform
from aid.queries import banks, statements
from aid.queries.lines import Place, statement_page
from aid.queries.recovery import is_provisional
from aid.readers.statements import CHUNK, is_table
from aid.readers.statements.views import look_at_table
from aid.security import allow, current_actor
from aid.services.imports.lists import keep_list, throw_away
from aid.services.imports.steps import step_key
from aid.services.statements.layouts import layout_for
from aid.services.statements.stepping import Begun, Learnt, begin_steps, read_so, step
from aid.services.statements.whole_files import WouldAdd

bp = Blueprint("statements", __name__, url_prefix="/statements")
bp.context_processor(may)

SHOWN = 100  # problems on a page
MOST_STEPS = 1_000_000


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """Files that were brought in, and one's own that was only looked at."""
    actor = current_actor()
    found = statements.files(reading(), actor=actor, after=request.args.get("after", type=UUID))
    return render_template(
        "statements/index.html",
        files=found[: statements.PAGE],
        after=found[statements.PAGE - 1].id if len(found) > statements.PAGE else None,
        waits=statements.waiting_file(reading(), actor=actor),
        provisional_fund=is_provisional(reading()),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.IMPORT_STATEMENTS)
def new() -> ResponseReturnValue:
    """Upload a statement. It is read before it is kept, and kept sealed to who brought it."""
    own = banks.bank_accounts(reading(), actor=current_actor())
    form = StatementForm(banks=own)
    if form.validate_on_submit():
        file: FileStorage = form.file.data
        payload, name = file.stream.read(), (file.filename or "")[:120]
        chosen = next((bank for bank in own if bank.code == form.bank.data), None)
        with blamed_on(form):
            is_said = not is_table(payload[:CHUNK])
            mapping = None if is_said else _remembered(payload, name, chosen.id if chosen else None)
            if is_said or mapping:
                seen, _lines = _statement_files.read_through(payload, name, chosen.currency if chosen else "", mapping)
                if not seen.statements:
                    raise RuleBroken(_("There is no statement in this file."), field="file")
            list_id = _keep(form, name, payload)
            plain = mapping.plain() if mapping else None
            _read_so(list_id, plain, chosen.code if chosen else "")
            return redirect(url_for(".check" if is_said or mapping else "statement_tables.table", list_id=list_id))
    return render_template("statements/new.html", form=form), 409 if form.errors else 200


def _remembered(payload: bytes, name: str, bank_id: UUID | None) -> StatementMapping | None:
    """How a table was read the last time, where its headings were here before. Raises RuleBroken for no table."""
    seen = look_at_table(payload, file_name=name)
    known = layout_for(reading(), signature=seen.signature, bank_id=bank_id)
    return replace(known, account=seen.mapping.account) if known else None


def _keep(form: StatementForm, name: str, payload: bytes) -> UUID:
    kept = perform(
        form.idempotency_key,
        keep_list,
        actor=current_actor(),
        file_name=name,
        payload=payload,
        what=BroughtKind.STATEMENT,
    )
    return kept.list_id


def _read_so(list_id: UUID, mapping: dict[str, Any] | None, bank: str) -> None:
    """To choose the same twice is to choose it once, so each sending has a key of its own."""
    perform(fresh_key(), read_so, actor=current_actor(), list_id=list_id, mapping=mapping, bank=bank)


# ---------------------------------------------------------------- the file that waits


@bp.route("/waiting/<uuid:list_id>", methods=["GET", "POST"])
@allow(Permission.IMPORT_STATEMENTS)
def check(list_id: UUID) -> ResponseReturnValue:
    """What bringing a file in would come to; then it is brought in, or its account is chosen first."""
    upload = _statement_files.upload_of(list_id)
    if upload is None:
        return _gone_or_running(list_id)
    if upload.is_table and upload.mapping is None:
        return redirect(url_for("statement_tables.table", list_id=list_id))
    try:
        found = _statement_files.looked_at(upload)
    except NotAllowed:
        raise
    except RuleBroken as refusal:  # a mapping that no line fits
        flash(say(refusal.message), "warn")
        return redirect(url_for("statement_tables.table" if upload.is_table else ".index", list_id=list_id))
    own = _statement_files.in_currency_of(found.seen) if found.is_to_choose else []
    if request.args.get("other") and own:  # which account is asked anew
        found = replace(found, facts=None)
    choosing = AccountForm(banks=own, data={"bank": _code_of(found)}) if own else None
    adds = _statement_files.adds(found)
    bringing = BringForm(adds.doubts if adds else ())
    form = choosing if choosing and request.form.get("step") == "account" else bringing
    if form.validate_on_submit():
        if isinstance(form, AccountForm):
            _read_so(list_id, upload.mapping.plain() if upload.mapping else None, form.bank.data)
            return redirect(url_for(".check", list_id=list_id))
        if found.facts:
            with told_above():
                return _begun(bringing, found)
            return redirect(url_for(".check", list_id=list_id))
    return _check_page(bringing, choosing, found, adds), 409 if form.errors else 200


def _gone_or_running(list_id: UUID) -> ResponseReturnValue:
    if _statement_files.waiting(list_id):
        return redirect(url_for(".progress", list_id=list_id))
    flash(say(_("This file does not wait here any more. If it is not in the list, bring it again.")), "info")
    return redirect(url_for(".index"))


def _code_of(found: Looked) -> str:
    """The account that was chosen for the file, now or before."""
    return found.upload.bank or next((account.code for account in found.accounts.values()), "")


def _check_page(form: BringForm, choosing: AccountForm | None, found: Looked, adds: WouldAdd | None) -> str:
    names = {each.id: each.names for each in banks.bank_accounts(reading(), actor=current_actor(), in_use=False)}
    rows = [
        statements.statement_row(each, names[each.bank_id]) for each in (found.facts.statements if found.facts else ())
    ]
    return render_template(
        "statements/check.html",
        form=form,
        choosing=choosing,
        list_id=found.upload.list_id,
        found=found,
        rows=rows,
        waiting=sum(row.waiting for row in rows),
        elsewhere=sum(row.elsewhere for row in rows),
        adds=adds,
        problems=found.seen.problems[:SHOWN],
        hidden=max(found.seen.wrong - SHOWN, 0),
        remedy=remedy,
    )


def _begun(form: BringForm, found: Looked) -> ResponseReturnValue:
    """Begin to bring the file in; a short one is in at once."""
    assert found.facts
    actor, list_id = current_actor(), found.upload.list_id
    currencies = {statement.n: statement.currency for statement in found.facts.statements}
    begun: Begun = perform(
        form.idempotency_key,
        begin_steps,
        actor=actor,
        list_id=list_id,
        file=found.facts,
        steps=tuple(found.lines.steps(currencies)),
        learnt=_statement_files.learnt_of(found) if form.remember.data else Learnt(),
        answers=form.answers,
    )
    if begun.steps == 1:
        return _stepped(list_id, 0)
    if begun.steps == 0:
        overwrite_deleted()
        flash(say(_("This very file was brought in before. Nothing was added.")), "info")
        return redirect(url_for(".show", file_id=begun.file_id))
    return redirect(url_for(".progress", list_id=list_id, on=1))


@bp.route("/waiting/<uuid:list_id>/progress", methods=["GET", "POST"])
@allow(Permission.IMPORT_STATEMENTS)
def progress(list_id: UUID) -> ResponseReturnValue:
    """Bring in some lines with each sending; the page goes on by itself."""
    waits = statements.running_file(reading(), actor=current_actor(), list_id=list_id)
    form = KomekForm()
    if request.method == "POST":
        number = request.form.get("number", type=int)
        if form.validate_on_submit() and number is not None and 0 <= number < MOST_STEPS:
            with told_above("warn"):
                return _stepped(list_id, number)
        return redirect(url_for(".progress", list_id=list_id))
    if waits is None:
        return redirect(url_for(".check", list_id=list_id))
    return render_template("statements/progress.html", form=form, waits=waits, goes_on=bool(request.args.get("on")))


def _stepped(list_id: UUID, number: int) -> ResponseReturnValue:
    """The step whose number the page sends: its number is its key, whoever sends it again is answered the same."""
    actor = current_actor()
    key = step_key(list_id=list_id, number=number, actor=actor)
    done = perform(key, step, actor=actor, list_id=list_id, number=number)
    if done.done < done.steps:
        return redirect(url_for(".progress", list_id=list_id, on=1))
    overwrite_deleted()
    flash(say(_told(done.new)), "success" if done.new else "info")
    return redirect(url_for(".show", file_id=done.file_id))


def _told(new: int) -> Message:
    if not new:
        return _("Every line of it was known already. Nothing was added.")
    return n_("%(num)s new line is in.", "%(num)s new lines are in.", new)


@bp.post("/waiting/<uuid:list_id>/throw-away")
@allow(Permission.IMPORT_STATEMENTS)
def forget(list_id: UUID) -> ResponseReturnValue:
    """Forget a file that was only looked at, or give up one that is half in: what is in stays, and is told."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, throw_away, actor=current_actor(), list_id=list_id)
    overwrite_deleted()
    flash(say(_("The file is thrown away. What was brought in before stays.")), "success")
    return redirect(url_for(".index"))


@bp.get("/<uuid:file_id>")
@allow(Permission.SEE_MONEY)
def show(file_id: UUID) -> ResponseReturnValue:
    """A file that was brought in: its statements, their sums, and what was wrong with it."""
    found = statements.file(reading(), actor=current_actor(), file_id=file_id) or abort(404)
    return render_template("statements/show.html", file=found)


@bp.get("/<uuid:file_id>/<int:n>")
@allow(Permission.SEE_MONEY)
def lines(file_id: UUID, n: int) -> ResponseReturnValue:
    """One statement's own lines, how each ended, and that they come to its sums."""
    if n > LARGEST:
        abort(404)
    after, number = request.args.get("after", type=place), request.args.get("line", 0, type=place)
    begins = Place(after, number) if after is not None else None
    page = statement_page(reading(), actor=current_actor(), file_id=file_id, n=n, after=begins) or abort(404)
    return render_template("statements/lines.html", page=page, file_id=file_id)
