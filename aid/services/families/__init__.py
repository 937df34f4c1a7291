"""Registering families, correcting what was written of them, and opening their files."""

from aid.services.families.correcting import ChangedMeanwhile, Corrected, Correction, correct
from aid.services.families.entering import Entry, LooksLike, Registered, Registration, enter, register
from aid.services.families.homes import Home, home_of
from aid.services.families.opening import WHY_OPENED, OpenedFile, open_file
from aid.services.families.rows import codes_of, fresh_code, fresh_codes, lock_family, lock_localities
from aid.services.families.sealing import seal_slip, wrap_slip
from aid.services.families.writing import let_be_found

__all__ = [
    "WHY_OPENED",
    "ChangedMeanwhile",
    "Corrected",
    "Correction",
    "Entry",
    "Home",
    "LooksLike",
    "OpenedFile",
    "Registered",
    "Registration",
    "codes_of",
    "correct",
    "enter",
    "fresh_code",
    "fresh_codes",
    "home_of",
    "let_be_found",
    "lock_family",
    "lock_localities",
    "open_file",
    "register",
    "seal_slip",
    "wrap_slip",
]
