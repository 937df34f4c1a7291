"""Bringing a list of families: upload, then step by step; what was left out; undoing. Between: see lists."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from aid.blueprints import _brought
from aid.blueprints._files import kept_file
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.codes import grouped
from aid.domain.imports import MOST_WAITING, Stage
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import overwrite_deleted, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.imports import UndoForm, UploadForm
from aid.perform import perform
from aid.queries import imports
from aid.queries.imports import WaitingList
from aid.queries.recovery import is_provisional
from aid.readers.lists import HowRead, look_at
from aid.readers.returned import as_csv, as_xlsx
from aid.security import allow, current_actor
from aid.services.imports.lists import keep_list, throw_away
from aid.services.imports.settling import (
    Added,
    AlreadyThere,
    LeftOut,
    StillHeld,
    bad_rows,
    heads_of,
    households_set_aside,
    settle,
)
from aid.services.imports.steps import step_import, step_key
from aid.services.imports.undoing import undo_import

bp = Blueprint("imports", __name__, url_prefix="/imports")

SHOWN = 100  # reasons on a page: the rest is in the file that is given back
SHOWN_HELD = 20


@bp.get("/")
@allow(Permission.IMPORT_FAMILIES)
def index() -> ResponseReturnValue:
    """Lists of one's own that wait, and imports that were made."""
    actor = current_actor()
    waiting = imports.waiting_lists(reading(), actor=actor)
    past = imports.past_imports(reading(), actor=actor, after=request.args.get("after", type=UUID))
    return render_template(
        "imports/index.html",
        waiting=waiting,
        is_full=_is_full(waiting),
        past=past[: imports.PAGE],
        after=past[imports.PAGE - 1].id if len(past) > imports.PAGE else None,
        provisional_fund=is_provisional(reading()),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def new() -> ResponseReturnValue:
    """Upload a list. It is looked at before it is kept, and kept sealed."""
    form = UploadForm()
    if request.method == "GET" and _is_full(imports.waiting_lists(reading(), actor=current_actor())):
        return redirect(url_for(".index"))  # it says so, before anybody looks for a file
    if form.validate_on_submit():
        file: FileStorage = form.file.data
        payload, name = file.stream.read(), (file.filename or "")[:120]
        with blamed_on(form):
            look_at(name, payload, HowRead())
            kept = perform(form.idempotency_key, keep_list, actor=current_actor(), file_name=name, payload=payload)
            return redirect(url_for("lists.table", list_id=kept.list_id))
    return render_template("imports/new.html", form=form), 409 if form.errors else 200


def _is_full(waiting: Sequence[WaitingList]) -> bool:
    """Whether one of these has to go before another comes."""
    return sum(not each.is_done for each in waiting) >= MOST_WAITING


@bp.get("/<uuid:list_id>")
@allow(Permission.IMPORT_FAMILIES)
def show(list_id: UUID) -> ResponseReturnValue:
    """Go on with a list where it stands."""
    match _brought.waiting(list_id).stage:
        case Stage.READ:
            return redirect(url_for("lists.table", list_id=list_id))
        case _:
            return redirect(url_for(".progress", list_id=list_id))


@bp.get("/<uuid:list_id>/rows-to-mend.csv", defaults={"kind": "csv"})
@bp.get("/<uuid:list_id>/rows-to-mend.xlsx", defaults={"kind": "xlsx"})
@allow(Permission.IMPORT_FAMILIES)
def mend(list_id: UUID, kind: str) -> ResponseReturnValue:
    """The rows that were left out, with reasons, as a file to mend. It is kept nowhere."""
    waits = _brought.waiting(list_id)
    actor = current_actor()
    if waits.stage is Stage.READ:
        seen = _brought.table_of(_brought.upload_of(list_id))
        checked = _brought.check(seen)
        sheets = _brought.given_back(_brought.heads(seen, checked.read), checked.bad)
    else:
        left = [*bad_rows(reading(), actor=actor, list_id=list_id)]
        left += _brought.held_rows(households_set_aside(reading(), actor=actor, list_id=list_id))
        sheets = _brought.given_back(heads_of(reading(), actor=actor, list_id=list_id), left)
    return kept_file(as_csv(sheets) if kind == "csv" else as_xlsx(sheets), f"rows-to-mend.{kind}")


# ---------------------------------------------------------------- step by step


@bp.route("/<uuid:list_id>/progress", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def progress(list_id: UUID) -> ResponseReturnValue:
    """Bring in a few families with each sending; the page goes on by itself. At the end, what is left to do."""
    waits = _brought.waiting(list_id)
    if waits.stage is Stage.READ:
        return redirect(url_for("lists.table", list_id=list_id))
    form = KomekForm()
    if request.method == "POST":
        return _step(form, list_id)
    return _progress(waits, form, goes_on=bool(request.args.get("on")))


def _step(form: KomekForm, list_id: UUID) -> ResponseReturnValue:
    """The step whose number the page sends: its number is its key, whoever sends it again is answered the same."""
    number = request.form.get("number", type=int)
    if not form.validate_on_submit() or number is None or not 0 <= number < 1_000_000:
        abort(400)
    actor = current_actor()
    key = step_key(list_id=list_id, number=number, actor=actor)
    with told_above("warn"):
        done = perform(key, step_import, actor=actor, list_id=list_id, number=number)
        return redirect(url_for(".progress", list_id=list_id, on=1 if done.done < done.steps else None))
    return redirect(url_for(".progress", list_id=list_id))


def _progress(waits: WaitingList, form: KomekForm, *, goes_on: bool) -> ResponseReturnValue:
    actor = current_actor()
    ended = waits.stage is Stage.ENDED
    bad = [each for each in bad_rows(reading(), actor=actor, list_id=waits.id) if each.reason] if ended else []
    held = households_set_aside(reading(), actor=actor, list_id=waits.id) if ended else ()
    return render_template(
        "imports/progress.html",
        form=form,
        waits=waits,
        goes_on=goes_on,
        ended=ended,
        reasons=bad[:SHOWN],
        hidden=max(len(bad) - SHOWN, 0),
        held=held[:SHOWN_HELD],
        more_held=max(len(held) - SHOWN_HELD, 0),
    )


@bp.post("/<uuid:list_id>/set-aside/<int:n>")
@allow(Permission.IMPORT_FAMILIES)
def decide(list_id: UUID, n: int) -> ResponseReturnValue:
    """Say of a household that was set aside whether it is another family, or is left out."""
    _brought.waiting(list_id)
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    add = request.form.get("decision") == "add"
    with told_above("warn"):
        match perform(form.idempotency_key, settle, actor=current_actor(), list_id=list_id, n=n, add=add):
            case Added(code):
                flash(say(_("Family %(code)s is registered. Tell it this code.", code=grouped(code))), "success")
            case AlreadyThere():
                flash(say(_("This family is here already: nothing was added.")), "info")
            case StillHeld(reason):
                flash(say(reason), "warn")
            case LeftOut():
                flash(say(_("It is left out.")), "success")
    return redirect(url_for(".progress", list_id=list_id))


@bp.post("/<uuid:list_id>/throw-away")
@allow(Permission.IMPORT_FAMILIES)
def forget(list_id: UUID) -> ResponseReturnValue:
    """Forget a list that waits. What came into the register by it stays."""
    _brought.waiting(list_id)
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    perform(form.idempotency_key, throw_away, actor=current_actor(), list_id=list_id)
    flash(say(_("The list is thrown away. What is in the register stays there.")), "success")
    return redirect(url_for(".index"))


@bp.route("/<uuid:list_id>/undo", methods=["GET", "POST"])
@allow(Permission.IMPORT_FAMILIES)
def undo(list_id: UUID) -> ResponseReturnValue:
    """Take out all families that came by an import, while nothing rests on them; after that, what rests on them."""
    actor = current_actor()
    past = imports.past_import(reading(), actor=actor, import_id=list_id) or abort(404)
    form = UndoForm()
    if form.validate_on_submit():
        days = current_app.config["KOMEK"].backup_days
        with blamed_on(form):
            done = perform(form.idempotency_key, undo_import, actor=actor, import_id=list_id, keep_days=days)
            overwrite_deleted()
            words_ = n_(
                "The import is undone: %(num)s family is erased.",
                "The import is undone: %(num)s families are erased.",
                done.families,
            )
            flash(say(words_), "success")
            return redirect(url_for(".index"))
    rests = imports.resting(reading(), actor=actor, import_id=list_id)
    page = render_template("imports/undo.html", form=form, past=past, rests=rests)
    return page, 409 if form.errors else 200
