"""Letting Python's collector rest while very many values are made that all stay alive: it would look at each again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_collector() -> Iterator[None]:
    """Within this, nothing is looked for that refers to itself; what nobody refers to is freed as ever."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
