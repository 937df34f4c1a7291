"""Komek: a solidarity fund, from the bank line that brings a donation to the voucher that a mother collects."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: "Config") -> "Flask":
    """The app (`aid.app`). It is loaded by who runs it, and not by whoever only fills in forms."""
    from aid.app import create_app

    return create_app(config)
