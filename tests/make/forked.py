"""Processes for tests that need several: each is a copy of one that has loaded Komek's code, and nothing else of it.

They share no connection, no app and no memory that is written to, as if each had been started by itself.
"""

import multiprocessing
from importlib import import_module
from typing import Final

from aid import create_app
from aid.blueprints import ROOMS
from aid.extensions import upgrade_once
from config import Config

FORKED: Final = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([__name__])

for room in ROOMS:
    import_module(f"aid.blueprints.{room}")


def start_for_the_first_time(config: Config) -> None:
    """What every start does before it serves."""
    upgrade_once(create_app(config))
