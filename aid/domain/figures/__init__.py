"""Figures for donors: what may be told of the fund's money and whom it helped, and how a release is written."""

from aid.domain.figures.blocks import AT_LEAST, Block, Fact, Held, Kept, Measure, Stream, StreamKind, told
from aid.domain.figures.delay import DEFAULT_DELAY, LEAST_DELAY, LONGEST_DELAY, check_delay, last_month

__all__ = [
    "AT_LEAST",
    "DEFAULT_DELAY",
    "LEAST_DELAY",
    "LONGEST_DELAY",
    "Block",
    "Fact",
    "Held",
    "Kept",
    "Measure",
    "Stream",
    "StreamKind",
    "check_delay",
    "last_month",
    "told",
]
