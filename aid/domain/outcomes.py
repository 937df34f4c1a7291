"""What services return: frozen outcomes, stored so that a repeated request gets the same answer."""

from dataclasses import field
from typing import Any


def transient() -> Any:
    """A field given once and never stored, such as a printed code; a repeated request finds None in it."""
    return field(default=None, metadata={"transient": True}, compare=False, repr=False)
