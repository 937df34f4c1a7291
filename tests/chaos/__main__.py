"""The whole day: `python -m tests.chaos --ops 2000 --kills 50 --clients 16 [--on DATABASE] [--database-url URL]`.

Without --on it is lived through on both databases, one after the other. A database given by its URL must be empty.
Exit 0 only if every answered operation is there exactly once, every one was answered, and `verify` finds nothing.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from aid import create_app
from aid.extensions import upgrade_once
from config import Config
from tests.chaos.day import Day, live_through
from tests.make.databases import start_server
from tests.make.fund import FoundedFund, found_and_enrol


def main() -> int:
    asked = _arguments()
    worst = 0
    for database in ("sqlite", "postgres") if asked.on is None else (asked.on,):
        with tempfile.TemporaryDirectory(prefix="komek-chaos-") as folder:
            day = _live(asked, Path(folder), url=_url(asked, database))
        print(json.dumps({"database": database, "seed": asked.seed, **day.plain()}, ensure_ascii=False, indent=2))
        worst = max(worst, bool(day.plain()["wrong"]))
    return worst


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--ops", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--households", type=int, default=30, help="In each imported list.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--on", choices=("sqlite", "postgres"))
    parser.add_argument("--database-url", help="Of an empty PostgreSQL database. Else a server of its own is started.")
    return parser.parse_args()


def _url(asked: Any, database: str) -> str | None:
    if database == "sqlite":
        return None
    return asked.database_url or str(start_server().get_uri())


def _live(asked: Any, folder: Path, *, url: str | None) -> Day:
    app = create_app(Config(data=folder / "data", database_url=url))
    upgrade_once(app)
    with app.app_context():
        found_and_enrol()
        return live_through(
            FoundedFund(app),
            folder / "day",
            operations=asked.ops,
            kills=asked.kills,
            clients=asked.clients,
            households=asked.households,
            seed=asked.seed,
        )


if __name__ == "__main__":
    sys.exit(main())
