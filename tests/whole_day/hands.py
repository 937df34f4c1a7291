"""What people do with their hands: read papers, count out notes and goods, tear off stubs. It asks no books."""

import re
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from tests.documents.reading import Printed
from tests.whole_day.world import GOODS, MINOR

PAPER = re.compile(r"\b(\d{6})\b|\b(\d{4} \d{4} \d{4} \d{4})\b")


@dataclass
class Box:
    """A point's cash box and shelf. Several tables reach into it."""

    cash: int
    goods: Counter[str]
    stubs: set[int] = field(default_factory=set)
    handed: int = 0  # vouchers of which all was handed out
    lock: Lock = field(default_factory=Lock)

    def give(self, serial: int, *, minor: int = MINOR, goods: dict[str, int] | None = None) -> None:
        """Hand something out, and keep the stub."""
        with self.lock:
            self.cash -= minor
            self.goods -= Counter(GOODS if goods is None else goods)
            self.stubs.add(serial)

    def take_back(self, serial: int) -> None:
        """It was wrong: all of it is in the box again, and the stub is thrown away."""
        with self.lock:
            self.cash += MINOR
            self.goods += Counter(GOODS)
            self.stubs.discard(serial)


def digits_on(pdf: bytes) -> dict[int, str]:
    """The digits of each voucher of a press run, by its number, as they are read from the sheets."""
    printed, found = Printed(pdf), dict[int, str]()
    for number in range(printed.pages):
        serials, codes = [], []
        for serial, code in PAPER.findall(printed.text(number)):
            if serial and serial not in serials:
                serials.append(serial)
            elif code and code not in codes:
                codes.append(code)
        assert len(serials) == len(codes), printed.text(number)
        found |= {int(serial): code.replace(" ", "") for serial, code in zip(serials, codes, strict=True)}
    return found
