"""Statements of the bank: brought, looked at, brought in; and what came of each."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.statement_files import FileSeen
from aid.domain.statements import StatementItem
from aid.domain.words import Message, _, n_
from aid.extensions import overwrite_deleted, reading
from aid.formats import fresh_key, say
from aid.forms.base import KomekForm
from aid.forms.statements import AccountForm, StatementForm
from aid.models.imports import BroughtKind, PartKind
from aid.perform import perform
from aid.queries import banks, statements
from aid.queries.banks import BankRow
from aid.queries.recovery import is_provisional
from aid.readers.statements import read_statement
from aid.security import allow, current_actor
from aid.services.import_lists import keep_list, open_list, throw_away
from aid.services.statements.accounts import accounts_of, is_to_choose, own_accounts
from aid.services.statements.bringing import FileFacts
from aid.services.statements.facts import facts_of
from aid.services.statements.waiting import Waiting, gone_through
from aid.services.statements.whole_files import Brought, WouldAdd, bring_in, would_add

bp = Blueprint("statements", __name__, url_prefix="/statements")
bp.context_processor(may)

SHOWN = 100  # problems on a page


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that waits, gone through; without an account, `facts` is none and `refusal` says why."""

    seen: FileSeen
    lines: Waiting
    facts: FileFacts | None
    refusal: Message | None
    is_to_choose: bool


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
            seen, _lines = _gone_through(payload, name, chosen.currency if chosen else "")
            if not seen.statements:
                raise RuleBroken(_("There is no statement in this file."), field="file")
            kept = perform(
                form.idempotency_key,
                keep_list,
                actor=current_actor(),
                file_name=name,
                payload=payload,
                what=BroughtKind.STATEMENT,
            )
            return redirect(url_for(".check", list_id=kept.list_id, bank=chosen.code if chosen else None))
    return render_template("statements/new.html", form=form), 409 if form.errors else 200


@bp.route("/waiting/<uuid:list_id>", methods=["GET", "POST"])
@allow(Permission.IMPORT_STATEMENTS)
def check(list_id: UUID) -> ResponseReturnValue:
    """What bringing a file in would come to; then it is brought in, or its account is chosen first."""
    bank = request.args.get("bank")
    found = _looked(list_id, bank)
    if found is None:
        flash(say(_("This file does not wait here any more. If it is not in the list, bring it again.")), "info")
        return redirect(url_for(".index"))
    own = _in_currency_of(found.seen) if found.is_to_choose else []
    choosing = AccountForm(banks=own, data={"bank": bank}) if own else None
    form = choosing if choosing and request.form.get("step") == "account" else KomekForm()
    if form.validate_on_submit():
        if isinstance(form, AccountForm):
            return redirect(url_for(".check", list_id=list_id, bank=form.bank.data))
        if found.facts:
            with told_above():
                return _brought_in(list_id, found.facts, found.lines)
            return redirect(url_for(".check", list_id=list_id, bank=bank))
    names = {each.id: each.names for each in banks.bank_accounts(reading(), actor=current_actor(), in_use=False)}
    rows = [
        statements.statement_row(each, names[each.bank_id]) for each in (found.facts.statements if found.facts else ())
    ]
    page = render_template(
        "statements/check.html",
        form=KomekForm() if form is choosing else form,
        choosing=choosing,
        list_id=list_id,
        found=found,
        rows=rows,
        waiting=sum(row.waiting for row in rows),
        elsewhere=sum(row.elsewhere for row in rows),
        adds=_would_add(found),
        problems=found.seen.problems[:SHOWN],
        hidden=max(found.seen.wrong - SHOWN, 0),
    )
    return page, 409 if form.errors else 200


@bp.post("/waiting/<uuid:list_id>/throw-away")
@allow(Permission.IMPORT_STATEMENTS)
def forget(list_id: UUID) -> ResponseReturnValue:
    """Forget a file that was only looked at."""
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


# ---------------------------------------------------------------- the file that waits


def _looked(list_id: UUID, bank: str | None) -> Looked | None:
    """Open a file that waits and go through it; none where it waits no more."""
    actor = current_actor()
    try:
        kept = open_list(reading(), actor=actor, list_id=list_id)
    except NotAllowed:
        raise
    except RuleBroken:
        return None
    payload, how = kept.take(reading(), PartKind.FILE), kept.value(reading(), PartKind.HOW)
    if kept.row.what is not BroughtKind.STATEMENT or payload is None:
        return None
    own = own_accounts(reading())
    chosen = next((account for account in own if account.code == bank), None)
    seen, lines = _gone_through(payload, how["file"], chosen.currency if chosen else "")
    choose = is_to_choose(seen, own)
    try:
        accounts = accounts_of(seen, own, chosen=chosen.id if chosen else None)
        facts = facts_of(seen, accounts, sha256=hashlib.sha256(payload).digest(), size=len(payload))
    except RuleBroken as refusal:
        return Looked(seen, lines, None, refusal.message, choose)
    return Looked(seen, lines, facts, None, choose)


def _gone_through(payload: bytes, name: str, currency: str) -> tuple[FileSeen, Waiting]:
    def read(told: str) -> Iterator[StatementItem]:
        return read_statement(payload, file_name=name, currency=told)

    return gone_through(read, currency=currency)


def _in_currency_of(seen: FileSeen) -> list[BankRow]:
    """The fund's accounts that the file can be of."""
    named = {statement.currency for statement in seen.statements if statement.currency}
    own = banks.bank_accounts(reading(), actor=current_actor())
    return [bank for bank in own if not named or bank.currency in named]


def _would_add(found: Looked) -> WouldAdd | None:
    if found.facts is None:
        return None
    return would_add(reading(), actor=current_actor(), file=found.facts, lines=found.lines)


def _brought_in(list_id: UUID, facts: FileFacts, lines: Waiting) -> ResponseReturnValue:
    actor = current_actor()
    brought = bring_in(
        lambda service, **what: perform(fresh_key(), service, actor=actor, **what), file=facts, lines=lines
    )
    perform(fresh_key(), throw_away, actor=actor, list_id=list_id)
    overwrite_deleted()
    flash(say(_told(brought)), "success" if brought.new else "info")
    return redirect(url_for(".show", file_id=brought.file_id))


def _told(brought: Brought) -> Message:
    if brought.was_in:
        return _("This very file was brought in before. Nothing was added.")
    if not brought.new:
        return _("Every line of it was known already. Nothing was added.")
    return n_("%(num)s new line is in.", "%(num)s new lines are in.", brought.new)
