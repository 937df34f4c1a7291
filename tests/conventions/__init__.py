"""What holds for the whole repository, whatever it is about: the house rules that a machine can read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
AID = ROOT / "aid"
TEMPLATES = AID / "templates"
TRANSLATIONS = AID / "translations"
STATIC = AID / "static"
