"""What a purpose has done since a gift came for it: out of what was told to everybody, and of nothing else."""

from dataclasses import dataclass

from aid.domain.figures.blocks import Measure, StreamKind
from aid.domain.figures.charts import most_children
from aid.domain.figures.release import Line, Release
from aid.domain.money import Money
from aid.domain.months import Month


@dataclass(frozen=True, slots=True)
class MoneySince:
    """A purpose's money in one currency, from one month to another."""

    first: Month
    last: Month
    raised: Money
    spent: Money
    waiting: Money  # at the end


@dataclass(frozen=True, slots=True)
class Since:
    """What is told of a purpose from the months of a gift on."""

    money: tuple[MoneySince, ...]
    families: int | None  # that were reached for the first time; none: not told yet
    children: int | None  # in the fullest of its months

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told of that time yet."""
        return not self.money and self.families is None and self.children is None


def since(release: Release, *, purpose: str, month: Month, currency: str) -> Since:
    """What is told of a purpose from the months on that were told together with this one; this currency first."""
    lines = sorted(release.lines, key=lambda line: line.stream.currency != currency)
    own = {line.stream: line for line in lines if line.stream.purpose == purpose}
    later = {stream: _from(line, month) for stream, line in own.items()}
    told = {stream: line for stream, line in later.items() if line.blocks}
    families = [line.total(Measure.FAMILIES) for stream, line in told.items() if stream.kind is StreamKind.FAMILIES]
    children = [most_children(line) for stream, line in told.items() if stream.kind is StreamKind.CHILDREN]
    return Since(
        money=tuple(
            MoneySince(
                first=line.blocks[0].first,
                last=line.until,
                raised=line.money(Measure.RAISED),
                spent=line.money(Measure.SPENT),
                waiting=own[stream].waiting,
            )
            for stream, line in told.items()
            if stream.kind is StreamKind.MONEY
        ),
        families=sum(families) if families else None,
        children=max(children) if children else None,
    )


def _from(line: Line, month: Month) -> Line:
    return Line(line.stream, tuple(block for block in line.blocks if block.last >= month))
