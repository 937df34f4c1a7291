"""What of a bank line stands in the clear, and by what its like are known again."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from aid.domain.payments import Codes

LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 40
_OWN_CODE = re.compile(r"[A-Z0-9+/.-]{1,12}")
_NOT_OF_NUMBERS = re.compile(r"[^A-Za-z0-9/.+-]+")


class KnownBy(StrEnum):
    """By what a giver, or a kind of line, is known again."""

    ACCOUNT = "account"
    NAME = "name"
    TEXT = "text"
    EMAIL = "email"  # of donors only
    UNION = "union"  # of donors only: a branch by its union, and unions by being one


@lru_cache(maxsize=256)
def clear_code(codes: Codes) -> str:
    """What kind of booking it is, in the banks' codes. Free words of a bank are left out: they may name somebody."""
    iso = "/".join(filter(None, (codes.domain, codes.family, codes.subfamily)))
    every = dict.fromkeys((iso, codes.gvc, codes.swift, codes.proprietary))
    return " ".join(code for code in every if _OWN_CODE.fullmatch(code) or (code and code == iso))[:LONGEST_CODE]


def clear_name(statement: str) -> str:
    """A statement's number or id, with nothing in it but signs that numbers are made of."""
    return _NOT_OF_NUMBERS.sub("", statement)[:LONGEST_NAME]
