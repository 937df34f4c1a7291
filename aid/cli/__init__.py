"""Commands, a file a subject. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage."""

import errno
from importlib import import_module
from typing import Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from aid.cli._common import refuse

SUBJECTS = {
    "run": "run",
    "found": "found",
    "import-families": "families",
    "import-statement": "statements",
    "verify": "verify",
    "export-ledger": "ledger",
    "demo": "demo",
    "code": "code",
    "backup": "backup",
    "restore": "restore",
    "recover": "recover",
    "worker": "worker",
    "continuity": "continuity",
    "doctor": "doctor",
    "bench": "bench",
}
"""Each command with its file."""

ROOM = {errno.ENOSPC, errno.EDQUOT}


class Commands(click.Group):
    """Commands that say in a line what stands in the machine's way: a folder, a full disk, a database that is down.

    Only the one that is asked for is loaded: what prints papers takes half a second that the others need not wait.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All there are, by name."""
        return sorted(SUBJECTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, if there is one of this name."""
        if cmd_name not in SUBJECTS:
            return None
        command: click.Command = import_module(f"aid.cli.{SUBJECTS[cmd_name]}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run one, and leave with 1 and a reason where this machine does not let it."""
        try:
            return super().invoke(ctx)
        except OperationalError as failure:
            refuse(f"The database does not answer now. Try again in a minute. {_first_line(failure)}")
        except DatabaseError as failure:
            if "not a database" not in str(failure.orig):
                raise
            refuse("The database can't be opened: it is damaged, or server.key is not the one it was made with.")
        except OSError as failure:
            if failure.filename is None and failure.errno not in ROOM:
                raise
            refuse(": ".join(str(part) for part in (failure.filename, failure.strerror) if part))


def _first_line(failure: DatabaseError) -> str:
    """What the database said, without the statement."""
    return f"({' '.join(str(failure.orig).split())})"


@click.group(cls=Commands)
def komek() -> None:
    """Komek: a solidarity fund, from a donation to a collected voucher."""


def main() -> None:
    """Run one command."""
    komek(prog_name="./aid.sh")
