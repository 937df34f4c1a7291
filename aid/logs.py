"""What the server says of itself, as JSON lines. Only fields of a list pass, and only in the form the list gives them.

A line of a request has its endpoint, never its address; a line of an error has its kind and its places, never its
text: texts quote what people typed. Lines go to standard error; no client's address, handle or code is in any of them.
"""

import logging
import os
import re
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request, request_started
from gunicorn.glogging import Logger

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
QUIET = frozenset({"static", "health.live", "health.ready"})
"""Endpoints of which only failures are worth a line."""

TEMPLATES_OF = ("gunicorn.error", "huey", "aid")
"""Loggers whose messages are written before anything personal is put into them; of others only the place is told."""

MOST_PLACES = 60
HOUSE = Path(__file__).parents[1]

Fields = MutableMapping[str, Any]


def _like(pattern: str) -> Callable[[Any], bool]:
    shape = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and shape.fullmatch(value) is not None


def _one_of(words: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31


def _are(each: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= MOST_PLACES and all(map(each, value))


ALLOWED: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "at": _like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        "level": _one_of(LEVELS),
        "event": _like(r"[a-z_]{1,40}"),
        "pid": _is_number,
        "request": _like(r"[0-9a-f]{16}"),  # the same in all lines of one request
        "method": _one_of(METHODS | {"OTHER"}),
        "endpoint": _like(r"[a-z_]{1,40}(\.[a-z_]{1,40})?"),
        "status": _is_number,
        "ms": _is_number,
        "logger": _like(r"[A-Za-z_.]{1,80}"),
        "template": _like(r"[ -/:-~]{1,160}"),  # a message before anything was put into it: no digit, no other alphabet
        "kinds": _are(_like(r"[A-Za-z_.<>]{1,120}")),
        "places": _are(_like(r"[A-Za-z0-9_./<>-]{1,160}:\d{1,6} [A-Za-z0-9_<>.]{1,80}")),
    }
)
"""The fields that a line may have, each with the form of its value."""


def only_allowed(fields: Fields) -> Fields:
    """Drop what is not on the list, and what does not have the form that it gives."""
    return {name: value for name, value in fields.items() if name in ALLOWED and ALLOWED[name](value)}


def _stamped(level: str, fields: Fields) -> Fields:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    known: Fields = {"at": moment, "level": level, "pid": os.getpid(), **_of_this_request()}
    return {**known, **fields}


def _of_this_request() -> Fields:
    if not has_request_context() or "line" not in g:
        return {}
    return {"request": g.line, "endpoint": request.endpoint}


_render = structlog.processors.JSONRenderer(ensure_ascii=True)
_lines = logging.getLogger("komek")


def say(event: str, **fields: Any) -> None:
    """Write a line of an event."""
    _lines.info(_line("info", {"event": event, **fields}))


def _line(level: str, fields: Fields) -> str:
    """What may be said of these fields."""
    return str(_render(None, level, only_allowed(_stamped(level, fields))))


# ---------------------------------------------------------------- requests


def init_app(app: Flask) -> None:
    """A line for each request. Must come first: what is registered first comes last when an answer goes out."""
    request_started.connect(_begin, app)
    app.after_request(_say_request)


def _begin(_app: Flask, **_what: Any) -> None:
    g.line, g.began = secrets.token_hex(8), time.perf_counter()


def _say_request(response: Response) -> Response:
    if request.endpoint not in QUIET or response.status_code >= 400:
        method = request.method if request.method in METHODS else "OTHER"
        ms = round(1000 * (time.perf_counter() - g.began))
        say("request", method=method, status=response.status_code, ms=ms)
    return response


# ---------------------------------------------------------------- errors, and what others log


def places_of(error: BaseException) -> list[str]:
    """The places an error went through, that of the error it came out of first."""
    return [place for each in _chain(error) for place in _frames(each)][-MOST_PLACES:]


def kinds_of(error: BaseException) -> list[str]:
    """What kind of error it is, and of which it came."""
    return [type(each).__qualname__ for each in _chain(error)][-MOST_PLACES:]


def _chain(error: BaseException) -> list[BaseException]:
    before = error.__cause__ or error.__context__
    return [*(_chain(before) if before else []), error]


def _frames(error: BaseException) -> list[str]:
    return [_place(frame.filename, frame.lineno, frame.name) for frame in traceback.extract_tb(error.__traceback__)]


def _place(path: str, line: int | None, function: str) -> str:
    file = Path(path)
    short = file.relative_to(HOUSE) if file.is_relative_to(HOUSE) else Path(*file.parts[-3:])
    return f"{short.as_posix().lstrip('/')}:{line or 0} {function}"


class JsonLines(logging.Formatter):
    """Our own lines as they are; of anybody else's record who wrote it, where, and its template."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        if record.name == "komek":
            return record.getMessage()
        fields: Fields = {"event": "log", "logger": record.name, "places": [_written_at(record)]}
        if record.args and isinstance(record.msg, str) and record.name in TEMPLATES_OF:
            fields["template"] = record.msg
        error = getattr(record, "error", None) or (record.exc_info[1] if record.exc_info else None)
        if error is not None:
            fields.update(kinds=kinds_of(error), places=places_of(error))
        return _line(record.levelname.lower(), fields)


def _written_at(record: logging.LogRecord) -> str:
    return _place(record.pathname, record.lineno, record.funcName or "")


def take_over() -> None:
    """Let everything that this process logs become such lines, whoever logs it; errors that nobody caught too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for logger in map(logging.getLogger, list(logging.root.manager.loggerDict)):
        logger.handlers.clear()
        logger.propagate = True
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("komek").setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = lambda _kind, error, _traceback: _uncaught(error)
    threading.excepthook = lambda failure: _uncaught(failure.exc_value)


def _uncaught(error: BaseException | None) -> None:
    logging.getLogger("aid").critical("uncaught", exc_info=error)


class GunicornLog(Logger):  # type: ignore[misc]
    """Gunicorn's own log, said by us: its texts quote what came in place of a request."""

    def setup(self, cfg: Any) -> None:
        """No file, no format of its own."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def critical(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """With the place that says it, not this one; so are those below."""
        self.error_log.critical(msg, *args, stacklevel=2, **kwargs)

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """As above."""
        self.error_log.error(msg, *args, stacklevel=2, **kwargs)

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """As above."""
        self.error_log.warning(msg, *args, stacklevel=2, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """As above."""
        self.error_log.exception(msg, *args, stacklevel=2, **kwargs)
