"""What stands on each printed voucher, in the language of its family. Its digits are given once and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.planning import Invited
from aid.domain.goods import Item
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.points import PointKind
from aid.models.allocations import AllocationLine
from aid.models.base import in_language
from aid.models.families import Family
from aid.models.fund import Fund, Point, Purpose
from aid.models.vouchers import Voucher
from aid.services.collections.parts import rest_of
from aid.services.days.coming import invitations
from aid.services.goods import GoodWords, words_for


@dataclass(frozen=True, slots=True)
class PrintedGood:
    """So many of a good, and what each holds if it is a kit."""

    name: str
    quantity: int
    holds: str = ""

    @property
    def brief(self) -> str:
        """Without what is in it: “School kit × 2”."""
        return f"{self.name} ×\N{NO-BREAK SPACE}{self.quantity}"

    @property
    def named(self) -> str:
        """With what is in it, and without how many there are: “School kit (Pen × 4)”."""
        return f"{self.name} ({self.holds})" if self.holds else self.name

    def __str__(self) -> str:
        """All of it: “School kit × 2 (Pen × 4)”."""
        return f"{self.brief} ({self.holds})" if self.holds else self.brief


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """What one voucher says on paper, in the family's language. Its digits are given once and kept nowhere."""

    serial: int
    paper: int  # 1 for the first print
    title: str
    family_code: str
    purpose: str
    amount: Money
    point: str
    last_day: date
    digits: str = field(repr=False)
    goods: tuple[PrintedGood, ...]
    language: Language
    demo: bool
    is_rest: bool = False  # a part was handed out before; this is what is left
    at_shop: bool = False  # its money is given in goods
    comes: Invited | None = None  # when somebody is asked to come with it, where a day is planned


def worded(
    session: Session, vouchers: Sequence[Voucher], codes: Sequence[str], *, point: Point, now: Instant
) -> tuple[PrintedPaper, ...]:
    """What stands on each paper, in the language of its family."""
    fund = session.scalars(select(Fund)).one()
    purpose = session.get_one(Purpose, vouchers[0].purpose_id)
    lines = _lines(session, vouchers)
    said = words_for(session, {plain for line, _language in lines.values() for plain in line.items})
    comes = invitations(session, point_id=point.id, today=now.today)
    worded = []
    for voucher, digits in zip(vouchers, codes, strict=True):
        line, language = lines[voucher.id]
        assert line.family_code is not None, "a voucher is a family's"
        rest = rest_of(session, voucher, line.items)
        worded.append(
            PrintedPaper(
                serial=voucher.serial,
                paper=voucher.papers,
                title=in_language(fund.paper_titles, language),
                family_code=line.family_code,
                purpose=in_language(purpose.names, language),
                amount=rest.amount,
                point=in_language(point.names, language),
                last_day=voucher.valid_until,
                digits=digits,
                goods=tuple(_good(said, item, language) for item in rest.items),
                language=language,
                demo=fund.demo,
                is_rest=rest != Worth.of(voucher.amount_minor, voucher.currency, line.items),
                at_shop=point.kind is PointKind.SHOP,
                comes=comes.get(voucher.serial),
            )
        )
    return tuple(worded)


def _good(said: GoodWords, item: Item, language: Language) -> PrintedGood:
    return PrintedGood(said.name(item.good, language), item.quantity, said.holds(item, language))


def _lines(session: Session, vouchers: Sequence[Voucher]) -> dict[UUID, tuple[AllocationLine, Language]]:
    """Each voucher's allocation line and its family's language, in chunks that both databases accept."""
    found: dict[UUID, tuple[AllocationLine, Language]] = {}
    for start in range(0, len(vouchers), 500):
        ids = [voucher.id for voucher in vouchers[start : start + 500]]
        rows = session.execute(
            select(AllocationLine, Family.language)
            .join(Family, Family.id == AllocationLine.family_id)
            .where(AllocationLine.id.in_(ids))
        )
        found |= {line.id: (line, language) for line, language in rows}
    return found
