"""Money in whole minor units of an ISO 4217 currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount."""

    minor: int
    currency: str
