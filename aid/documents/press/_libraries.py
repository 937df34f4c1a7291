"""How WeasyPrint finds the libraries that draw letters."""

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def by_own_names() -> Iterator[None]:
    """Load them by the names that the system itself has for them.

    WeasyPrint tries other systems' names first. Python looks for those with a C compiler, slowly, and finds nothing:
    a third of a second at every start of Komek.
    """
    looked_for = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = looked_for
