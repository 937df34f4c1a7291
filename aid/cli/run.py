"""`./aid.sh run`: bring the database to the newest version and serve the pages on this machine."""

import gc
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from aid import logs
from aid.cli._common import data_option, fund_at
from aid.cli._companion import Companion
from aid.cli.found import say_how_to_found
from aid.extensions import db
from aid.logs import GunicornLog

WORKERS = 2
THREADS = 4

TURN = 0.0005
"""Seconds after which a thread of Python lets another go on, where Python's own 5 ms stop whoever is first in the line
of writers after each statement, and with them everybody behind."""


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told what to do by us alone: no file or environment of its own."""

    def __init__(self, app: Flask, *, port: int, companion: Companion | None = None) -> None:
        self.app = app
        self.port = port
        self.companion = companion
        super().__init__(prog="./aid.sh run")

    def run(self) -> None:
        """Serve, with the worker beside it, until told to stop.

        What was loaded by now stays for good: Python need not look through it again at each of its collections. A page
        makes some thousands of values and leaves none: it need not look after every seven hundred either.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        sys.setswitchinterval(TURN)
        try:
            Master(self).run()
        finally:
            if self.companion:
                self.companion.stop()

    def load_config(self) -> None:
        """Loopback only: a proxy with TLS stands before it, or nobody but this machine."""
        settings = {
            "bind": f"127.0.0.1:{self.port}",
            "workers": WORKERS,
            "threads": THREADS,
            "preload_app": True,
            "post_fork": self._forked,
            "timeout": 120,
            "graceful_timeout": 15,
            "control_socket_disable": True,  # nobody else tells it what to do
            "accesslog": None,  # aid/logs.py writes a line of its own: no address, no client
            "logger_class": GunicornLog,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """What is served."""
        return self.app

    def _forked(self, _arbiter: Any, _worker: Any) -> None:
        """A worker opens connections of its own; those of its parent are not its to close."""
        with self.app.app_context():
            db.engine.dispose(close=False)


class Master(Arbiter):  # type: ignore[misc]
    """Gunicorn's own master, which looks after the worker too."""

    def manage_workers(self) -> None:
        """Called every second."""
        super().manage_workers()
        if self.app.companion:
            self.app.companion.keep()


@click.command("run")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, help="On 127.0.0.1.")
@data_option
def command(port: int, data: Path | None) -> None:
    """Serve the fund on http://127.0.0.1:PORT."""
    with fund_at(data) as app:
        serve(app, port=port, beside=Companion(app.config["KOMEK"]))


def serve(app: Flask, *, port: int, beside: Companion | None = None) -> None:
    """Serve an app that is migrated, until it is told to stop; with a worker beside it, or without."""
    say_how_to_found(port)
    click.echo(f"Komek is at http://127.0.0.1:{port}; Ctrl-C stops it.", err=True)
    db.session.remove()
    db.engine.dispose()  # nothing of an open database goes through a fork
    logs.take_over()
    Server(app, port=port, companion=beside).run()
