"""Addresses: each connects a form to an action, or a query to a page."""

from importlib import import_module

from flask import Flask

from aid.blueprints import _frame

ROOMS = (
    "founding",
    "seats",
    "act",
    "today",
    "help",
    "people",
    "account",
    "work",
    "families",
    "imports",
    "lists",
    "households",
    "cards",
    "withdrawals",
    "objections",
    "samples",
    "donations",
    "correction_many",
    "donors",
    "donor_merges",
    "support",
    "thanks",
    "thanks_texts",
    "give",
    "giving",
    "programmes",
    "proposals",
    "allocations",
    "deliveries",
    "stock",
    "once_more",
    "committee",
    "meetings",
    "discussion",
    "membership",
    "stop",
    "vouchers",
    "days",
    "day_counts",
    "papers",
    "paper_trail",
    "handovers",
    "collections",
    "strangers",
    "point_lists",
    "reconciliation",
    "exceptions",
    "shops",
    "ledger",
    "surveys",
    "survey_calls",
    "banks",
    "statements",
    "statement_tables",
    "lines",
    "line_payments",
    "line_many",
    "line_rules",
    "second_words",
    "remittances",
    "exchanges",
    "months",
    "recovery",
    "backups",
    "audit",
    "custody",
    "lockdown",
    "figures",
    "releases",
    "health",
)


def init_app(app: Flask) -> None:
    """Register every room's blueprint, and what stands around all their pages."""
    _frame.init_app(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"aid.blueprints.{room}").bp)
