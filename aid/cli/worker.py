"""`./aid.sh worker`: what the fund does by itself, such as its nightly backup. `./aid.sh run` starts one beside it."""

import os
import signal
import threading
from pathlib import Path

import click
from huey.consumer import Consumer

from aid import logs
from aid.cli._common import data_option, fund_at
from aid.jobs.queue import queue_of
from aid.jobs.run_pair import say_that_we_run

PATIENCE = 15  # seconds that a running job is given when the worker is told to stop


@click.command("worker")
@data_option
@click.option("--beside", is_flag=True, hidden=True, help="Stop when standard input ends: whoever started it is gone.")
def command(data: Path | None, *, beside: bool) -> None:
    """Do what is due, now and every minute, until told to stop."""
    with fund_at(data) as app:
        consumer = Consumer(
            queue_of(app),
            workers=1,
            max_delay=1.0,
            graceful_signal="TERM",
            shutdown_timeout=PATIENCE,
        )
        if beside:
            threading.Thread(target=_stop_when_alone, daemon=True).start()
        logs.take_over()
        say_that_we_run()
        consumer.run()


def _stop_when_alone() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
