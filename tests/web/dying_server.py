"""A server that dies at the worst moment of one request.

The moment is "after-commit" (the answer is made, and never sent) or "before-commit".
Nothing of this is in the program: the server is wrapped, or its session listened to, from out here.
"""

import os
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from aid import create_app
from config import Config

FATAL = "/collections/hand-out"
KILLED = 9


def serve(config: Config, moment: str, port: Connection) -> None:
    """Serve this fund, and say at which port."""
    app = create_app(config)
    if moment == "after-commit":
        app.wsgi_app = _never_answering(app.wsgi_app)  # type: ignore[method-assign]
    if moment == "before-commit":
        event.listen(Session, "before_commit", _die_before_commit)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    port.send(server.server_port)
    server.serve_forever()


def _never_answering(answer: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != FATAL:
            return answer(environ, start_response)
        b"".join(answer(environ, start_response))
        os._exit(KILLED)

    return wrapped


def _die_before_commit(_session: Session) -> None:
    if has_request_context() and request.path == FATAL:
        os._exit(KILLED)
