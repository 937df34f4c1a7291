"""An allocation computed once more from what was sealed with it, for whoever may open the facts."""

from uuid import UUID

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.permissions import Permission
from aid.extensions import reading
from aid.forms.base import KomekForm
from aid.perform import look
from aid.queries import allocations as queries
from aid.security import allow, current_actor
from aid.services.snapshots import recompute

bp = Blueprint("once_more", __name__, url_prefix="/allocations")


@bp.route("/<uuid:allocation_id>/once-more", methods=["GET", "POST"])
@allow(Permission.SEE_ALLOCATIONS)
def show(allocation_id: UUID) -> ResponseReturnValue:
    """Ask first, since facts are opened; then say whether it comes to the same, byte for byte."""
    allocation = queries.allocation(reading(), actor=current_actor(), allocation_id=allocation_id)
    if allocation is None:
        abort(404)
    form, computed = KomekForm(), None
    if form.validate_on_submit():
        with blamed_on(form):
            computed = look(recompute, actor=current_actor(), allocation_id=allocation_id)
    shown = render_template("allocations/once_more.html", form=form, allocation=allocation, computed=computed)
    return shown, 409 if form.errors else 200
