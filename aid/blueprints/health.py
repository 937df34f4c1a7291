"""Whether the server lives and is ready, for what watches it: two words, and nothing of the fund."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from aid.extensions import newest_schema, reading
from aid.security import ANYONE, allow

bp = Blueprint("health", __name__, url_prefix="/health")

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/live")
@allow(ANYONE)
def live() -> ResponseReturnValue:
    """This process answers."""
    return "live\n", 200, PLAIN


@bp.get("/ready")
@allow(ANYONE)
def ready() -> ResponseReturnValue:
    """The database answers too, and has the tables that this version works with."""
    try:
        schema = reading().scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        schema = None
    if schema != newest_schema(current_app._get_current_object()):  # type: ignore[attr-defined]
        return "not ready\n", 503, PLAIN
    return "ready\n", 200, PLAIN
