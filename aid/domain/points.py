"""Points, where vouchers are collected. A table of the fund hands out cash; a shop gives goods, and is paid later."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class PointKind(StrEnum):
    """Who hands out at a point."""

    TABLE = "table"
    SHOP = "shop"


KIND_TITLES: Mapping[PointKind, Message] = MappingProxyType(
    {PointKind.TABLE: _("Table of the fund"), PointKind.SHOP: _("Shop")}
)
