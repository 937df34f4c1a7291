"""Commands, a file a subject. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage."""

from importlib import import_module

import click

SUBJECTS = (
    "run",
    "found",
    "families",
    "verify",
    "ledger",
    "demo",
    "code",
    "backup",
    "restore",
    "recover",
    "worker",
    "continuity",
    "doctor",
    "bench",
)


@click.group()
def komek() -> None:
    """Komek: a solidarity fund, from a donation to a collected voucher."""


def main() -> None:
    """Run one command."""
    for subject in SUBJECTS:
        komek.add_command(import_module(f"aid.cli.{subject}").command)
    komek(prog_name="./aid.sh")
