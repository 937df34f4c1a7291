"""`python -m tests.browser.screenshots [--whole] [DIR]` shows each page in Kazakh and in English, on a phone and on a
desk, cut to a screen's height (with --whole: not cut, and more of them). Into docs/screenshots. Takes five minutes.
"""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.browser.hands import chromium
from tests.browser.screenshots import daily, families, gifts, guarded, money, vouchers
from tests.browser.screenshots.camera import Camera
from tests.browser.screenshots.founding import show_the_founding
from tests.browser.screenshots.served import Studio, demo_served, play_demo
from tests.make.server import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("--whole", action="store_true", help="whole pages, and more of them")
    parser.add_argument("to", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    for old in chosen.to.glob("*.png"):
        old.unlink()
    camera = Camera(chosen.to, whole=chosen.whole)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, ThreadPoolExecutor(1) as meanwhile:
        new, sample = Path(folder) / "new", Path(folder) / "sample"
        told = meanwhile.submit(play_demo, sample)
        show_the_founding(new, browser, camera)
        with demo_served(sample, told.result()) as demo:
            studio = Studio(demo, browser, camera)
            daily.show_the_door(studio)
            studio.shows(daily.SHOTS)
            studio.shows(daily.FOR_THE_EYE if chosen.whole else ())
            money.show_the_money(studio)
            families.show_the_families(studio)
            vouchers.show_the_vouchers(studio)
            gifts.show_the_gifts(studio)
            studio.shows(guarded.SHOTS)
            guarded.show_the_lock(studio)


if __name__ == "__main__":
    main()
