"""Where forms are kept that were laid out once: in a folder beside the fund's data, and in this process's memory."""

from flask import current_app

from aid.documents.press.layouts import Kept


def kept_forms() -> Kept:
    """This app's kept forms."""
    kept: Kept = current_app.extensions.get("komek.forms") or Kept(current_app.config["KOMEK"].data / "forms")
    current_app.extensions["komek.forms"] = kept
    return kept
