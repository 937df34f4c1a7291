"""A bank's table: what each of its columns is; and what is remembered of files, until it is forgotten."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints import _statement_files
from aid.blueprints._refusals import told_above
from aid.domain.bank_tables import BANK_COLUMN_TITLES, why_not_remember
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import fresh_key, say
from aid.forms.base import KomekForm
from aid.forms.statement_tables import TableForm
from aid.perform import perform
from aid.queries import banks, statement_memory
from aid.readers.statements.views import TableSeen, look_at_table
from aid.security import allow, current_actor
from aid.services.statements.layouts import forget_layout
from aid.services.statements.signs import forget_sign
from aid.services.statements.stepping import read_so

bp = Blueprint("statement_tables", __name__, url_prefix="/statements")


@bp.route("/waiting/<uuid:list_id>/table", methods=["GET", "POST"])
@allow(Permission.IMPORT_STATEMENTS)
def table(list_id: UUID) -> ResponseReturnValue:
    """What was guessed of each column, with its first cells, what of them can't be read, and the first lines."""
    upload = _statement_files.upload_of(list_id)
    if upload is None or not upload.is_table:
        return redirect(url_for("statements.check", list_id=list_id))
    try:
        seen = _statement_files.table_of(upload)
    except RuleBroken as refusal:  # a form that does not fit is let go
        flash(say(refusal.message), "warn")
        upload = replace(upload, mapping=None)
        seen = _statement_files.table_of(upload)
    own = banks.bank_accounts(reading(), actor=current_actor())
    form = TableForm(seen, currencies=sorted({bank.currency for bank in own}))
    if form.validate_on_submit():
        try:
            return _read_so(form, seen, upload)
        except NotAllowed:
            raise
        except RuleBroken as refusal:
            form.blame(refusal)
    page = render_template(
        "statements/table.html",
        form=form,
        list_id=list_id,
        name=upload.name,
        seen=seen,
        titles=BANK_COLUMN_TITLES,
        missing=seen.mapping.missing,
        unremembered=why_not_remember(seen.headings),
    )
    return page, 409 if form.errors else 200


def _read_so(form: TableForm, seen: TableSeen, upload: _statement_files.Upload) -> ResponseReturnValue:
    """Keep what was chosen, and show what it comes to: here as long as something is missing. Raises RuleBroken."""
    mapping = form.chosen()
    if form.is_cut_anew(seen):
        guessed = look_at_table(upload.payload, file_name=upload.name, told=form.told)
        mapping = replace(guessed.mapping, encoding=mapping.encoding, separator=mapping.separator)
    else:
        look_at_table(upload.payload, file_name=upload.name, mapping=mapping)
    goes_on = request.form.get("step") == "on" and not form.is_cut_anew(seen)
    if goes_on and mapping.missing:
        raise RuleBroken(mapping.missing[0], field="columns")
    perform(
        fresh_key(),
        read_so,
        actor=current_actor(),
        list_id=upload.list_id,
        mapping=mapping.plain(),
        bank=upload.bank,
    )
    return redirect(url_for("statements.check" if goes_on else ".table", list_id=upload.list_id))


@bp.get("/remembered")
@allow(Permission.IMPORT_STATEMENTS)
def remembered() -> ResponseReturnValue:
    """What is remembered of files of each account: how tables are read, and what means the account."""
    found = statement_memory.remembered(reading(), actor=current_actor())
    return render_template("statements/remembered.html", accounts=found, titles=BANK_COLUMN_TITLES)


@bp.post("/remembered/tables/<uuid:layout_id>/forget")
@allow(Permission.IMPORT_STATEMENTS)
def forget_table(layout_id: UUID) -> ResponseReturnValue:
    """Let a table's columns be said anew."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above("warn"):
        perform(form.idempotency_key, forget_layout, actor=current_actor(), layout_id=layout_id)
        flash(say(_("It is forgotten. The next such table is asked about again.")), "success")
    return redirect(url_for(".remembered"))


@bp.post("/remembered/accounts/<uuid:sign_id>/forget")
@allow(Permission.IMPORT_STATEMENTS)
def forget_account(sign_id: UUID) -> ResponseReturnValue:
    """Let the account of such files be chosen anew."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above("warn"):
        perform(form.idempotency_key, forget_sign, actor=current_actor(), sign_id=sign_id)
        flash(say(_("It is forgotten. The account of the next such file is asked for again.")), "success")
    return redirect(url_for(".remembered"))
