"""The long day: `python -m tests.whole_day --vouchers 1000 --tables 3 [--on DATABASE]`.

Without --on it is played on both databases, one after the other. Exit 0 only if everything was as people expected,
the reconciliation says that all adds up and nothing is unexplained, and `verify` finds nothing.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from aid import create_app
from aid.extensions import upgrade_once
from config import Config
from tests.make.databases import start_server
from tests.make.fund import FoundedFund, found_and_enrol
from tests.whole_day.play import Played, play


def main() -> int:
    asked = _arguments()
    worst = 0
    for database in ("sqlite", "postgres") if asked.on is None else (asked.on,):
        with tempfile.TemporaryDirectory(prefix="komek-day-") as folder:
            url = None if database == "sqlite" else str(start_server().get_uri())
            played = _play(asked, Path(folder), url=url)
        is_right = "Everything adds up" in played.pages["sums"] and "Nothing is unexplained" in played.pages["sums"]
        told = {"database": database, "vouchers": asked.vouchers, "adds up": is_right, **played.plain()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        worst = max(worst, bool(played.said or played.wrong) or not is_right)
    return worst


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m tests.whole_day", description=__doc__)
    parser.add_argument("--vouchers", type=int, default=1_000)
    parser.add_argument("--tables", type=int, default=3, help="At each of the two points.")
    parser.add_argument("--on", choices=("sqlite", "postgres"))
    return parser.parse_args()


def _play(asked: Any, folder: Path, *, url: str | None) -> Played:
    app = create_app(Config(data=folder / "data", database_url=url))
    upgrade_once(app)
    with app.app_context():
        found_and_enrol()
        return play(FoundedFund(app), folder / "day", vouchers=asked.vouchers, tables_each=asked.tables)


if __name__ == "__main__":
    sys.exit(main())
