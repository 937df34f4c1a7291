"""Templates that are compiled once a run, by whichever process shows one first, for all apps of all tests."""

import os
from pathlib import Path
from typing import Final

from flask import Flask
from jinja2 import FileSystemBytecodeCache

COMPILED: Final = "KOMEK_TESTS_COMPILED"
"""The environment's name for the folder in which they are."""


def keep_compiled(folder: Path) -> None:
    """From now on apps of this process, and of those that it starts, take compiled templates from there."""
    os.environ[COMPILED] = str(folder)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
