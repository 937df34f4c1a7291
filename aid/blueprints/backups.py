"""Backups: when the last was made, who could read it, what became of each; and the pack for the safe."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import kept_file
from aid.blueprints._refusals import told_above
from aid.documents.continuity import continuity_pdf
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.jobs.backups import is_here, second_place_is_there, settings
from aid.jobs.queue import wake
from aid.perform import perform
from aid.queries.backups import backups_page
from aid.queries.continuity import continuity, open_papers
from aid.security import allow, current_actor
from aid.services.continuity import note_pack
from aid.services.jobs import ask_for_backup

COMMAND = "./aid.sh restore FILE --data FOLDER"

bp = Blueprint("backups", __name__, url_prefix="/backups")


@bp.get("/")
@allow(Permission.SEE_CUSTODY)
def index() -> ResponseReturnValue:
    """The list, and how things stand."""
    actor = current_actor()
    page = backups_page(reading(), actor=actor, now=now(), before=request.args.get("before", type=UUID))
    return render_template(
        "backups/index.html",
        page=page,
        lost=frozenset(row.id for row in page.rows if not row.destroyed_at and not is_here(row.name)),
        days=settings().backup_days,
        has_second=settings().backups_copy is not None,
        second_is_there=second_place_is_there(settings()),
        papers=open_papers(reading(), today=now().today) if actor.may(Permission.SEE_VOUCHERS) else 0,
        may=actor.may,
        command=COMMAND,
    )


@bp.post("/now")
@allow(Permission.MAKE_BACKUPS)
def make() -> ResponseReturnValue:
    """Have one made now."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        asked = perform(form.idempotency_key, ask_for_backup, actor=current_actor())
        wake(asked.job_id)
        flash(say(_("A backup is being made. Look again in a minute.")), "success")
    return redirect(url_for(".index"))


@bp.post("/continuity")
@allow(Permission.SEE_VOUCHERS)
def pack() -> ResponseReturnValue:
    """The continuity pack, straight from memory, under a name that says nothing."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    actor = current_actor()
    perform(form.idempotency_key, note_pack, actor=actor)
    pdf = continuity_pdf(continuity(reading(), actor=actor, now=now()), actor.language)
    return kept_file(pdf, "pack.pdf")
