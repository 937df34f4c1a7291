"""Printing needs the app's templates, words and formats, and nothing else of it: no database, no request."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import Babel

from aid import formats

HOUSE = Path(formats.__file__).parent


@pytest.fixture(autouse=True)
def print_shop() -> Iterator[None]:
    app = Flask("aid", template_folder=str(HOUSE / "templates"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(HOUSE / "translations")
    app.extensions["zone"] = ZoneInfo("Asia/Almaty")
    Babel(app)
    formats.init_app(app)
    with app.app_context():
        yield
