"""The app: one line a part."""

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from aid import blueprints, errors, formats, logs, security
from aid.extensions import babel, csrf, database_settings, db, login, migrate, server_key, sub_key
from aid.services.collector import resting_collector
from config import Config

HOUSE = Path(__file__).parent
UPLOAD_LIMIT = 16 * 1024 * 1024


class Komek(Flask):
    """Flask, whose views and hooks are all plain functions: nobody need ask of each, at each request, what it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


@resting_collector()  # all its rooms are loaded here, and stay
def create_app(config: Config) -> Flask:
    """The app. It refuses to start with a route that nobody guards."""
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = server_key(config.data)
    app = Komek("aid", static_folder=str(HOUSE / "static"), template_folder=str(HOUSE / "templates"))
    app.config.update(
        database_settings(url=config.database_url, folder=config.data, server_key=key),
        KOMEK=config,
        SECRET_KEY=sub_key(key, "csrf"),
        GUESS_KEY=sub_key(key, "guesses"),
        RUN_MAC_KEY=sub_key(key, "run keys"),
        TESTING=config.testing,
        TRUSTED_HOSTS=list(config.trusted_hosts),
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,  # a token holds as long as the sign-in
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(HOUSE / "translations"),
        SEND_FILE_MAX_AGE_DEFAULT=86_400,
    )
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold keys that are open just then
    db.init_app(app)
    migrate.init_app(app, db, directory=str(HOUSE.parent / "migrations"))
    logs.init_app(app)
    security.init_app(app)
    csrf.init_app(app)
    login.init_app(app)
    babel.init_app(app, locale_selector=formats.language)
    formats.init_app(app)
    errors.init_app(app)
    blueprints.init_app(app)
    security.refuse_unguarded(app)
    return app
