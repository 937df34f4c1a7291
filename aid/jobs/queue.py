"""The queue: says that there is something to do, and holds nothing but ids. If it is lost, the next minute finds all.

It is a file of its own, or a schema of its own in PostgreSQL; what goes into it is JSON.
"""

import json
import logging
from typing import Any, Final
from uuid import UUID

import psycopg
from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import SqliteStorage

from aid.jobs.running import run_job, tick
from config import Config

NAME: Final = "komek"
FILE: Final = "queue.db"
SCHEMA: Final = "komek_queue"

NOT_TOLD: Final = (OSError, psycopg.Error, SqliteStorage.operational_error)
"""What a full disk or a database that is away says."""

logging.getLogger("huey").setLevel(logging.CRITICAL)  # what went wrong stands in the job's row, by its kind


class Json(Serializer):  # type: ignore[misc]  # huey ships no types
    """Messages as JSON: a queue that somebody wrote into runs nothing but our tasks."""

    def _serialize(self, message: Any) -> bytes:
        return json.dumps(message, separators=(",", ":")).encode()

    def _deserialize(self, content: bytes) -> Any:
        return Message(*json.loads(bytes(content)))


def queue_of(app: Flask) -> Any:
    """The app's queue with its tasks, opened when it is first asked for: nothing open goes through a fork."""
    if "queue" not in app.extensions:
        app.extensions["queue"] = _with_tasks(app, _opened(app.config["KOMEK"]))
    return app.extensions["queue"]


def wake(job_id: UUID) -> None:
    """Tell the worker of a job that was just committed. If it can't be told, it finds the job within a minute."""
    try:
        queue_of(current_app).run(str(job_id))
    except NOT_TOLD:
        return


def _opened(config: Config) -> Any:
    how = {"results": False, "serializer": Json(), "utc": True}
    if not config.database_url:
        return SqliteHuey(NAME, filename=str(config.data / FILE), **how)
    url = config.database_url.replace("postgres://", "postgresql://", 1).replace("+psycopg", "", 1)
    return PostgresHuey(NAME, connection=lambda: _connected(url), **how)


def _connected(url: str) -> psycopg.Connection[Any]:
    """A connection that sees nothing but the queue's own tables."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
    connection.execute(f"SET search_path TO {SCHEMA}".encode())
    return connection


def _with_tasks(app: Flask, queue: Any) -> Any:
    """Name the two things that the queue knows: to run a job by its id, and to look each minute what is due."""

    def run(job_id: str) -> None:
        with app.app_context():
            run_job(UUID(job_id))

    def every_minute() -> None:
        with app.app_context():
            for job_id in tick():
                queue.run(str(job_id))

    queue.run = queue.task(name="run")(run)
    queue.periodic_task(crontab(minute="*"), name="tick")(every_minute)
    return queue
