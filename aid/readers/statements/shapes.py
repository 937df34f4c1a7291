"""Where things stand in entries of one shape: a bank prints most of them with the same elements in the same order.

Asking each entry for each of fifty things by name took longer than reading the file. So what stands where is worked out
once for each shape, and entries of that shape are read by place. A shape is the names of an entry's elements in the
order of the file, and how many children each has: that is the whole tree but its texts.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Generic, TypeAlias, TypeVar
from xml.etree.ElementTree import Element

from aid.domain.words import _
from aid.readers.statements.figures import BOUNDS, Refused
from aid.readers.statements.outline import Names

NOWHERE = -1
"""The place of what is not there. The last of an entry's texts is always empty."""

DEEPEST = BOUNDS.depth  # elements within one another
MOST_KEPT = 500  # shapes
LARGEST_KEPT = 300  # elements of a shape that is kept

_tag, _text = attrgetter("tag"), attrgetter("text")

Texts: TypeAlias = list[str | None]
Plan = TypeVar("Plan")


class Shape:
    """An entry's elements by place, asked by paths such as "Refs/EndToEndId"."""

    def __init__(self, tags: tuple[str, ...], counts: tuple[int, ...], names: Names) -> None:
        self.tags, self.counts, self.all_names = tags, counts, names
        self._names = [names[tag] for tag in tags]
        self._children: list[list[int]] = [[] for _tag in tags]
        waiting = [(0, counts[0])]
        for place in range(1, len(tags)):
            while not waiting[-1][1]:
                waiting.pop()
            parent, left = waiting.pop()
            waiting.append((parent, left - 1))
            self._children[parent].append(place)
            waiting.append((place, counts[place]))
            if len(waiting) > DEEPEST:
                raise Refused(_("its elements stand too deep within one another"))

    def end(self, at: int) -> int:
        """The place behind all that stands within the element at this place."""
        place, left = at + 1, self.counts[at]
        while left:
            left += self.counts[place] - 1
            place += 1
        return place

    def name(self, at: int) -> str:
        """What the element at this place is called."""
        return self._names[at]

    def children(self, at: int) -> list[int]:
        """The places of its children."""
        return self._children[at] if at != NOWHERE else []

    def every(self, at: int, path: str) -> tuple[int, ...]:
        """All places at the end of a path, in order."""
        places = [at]
        for name in path.split("/"):
            places = [child for place in places for child in self.children(place) if self._names[child] == name]
        return tuple(places)

    def one(self, at: int, *paths: str) -> int:
        """The first place at the end of the first of these paths that leads anywhere."""
        return next((places[0] for path in paths if (places := self.every(at, path))), NOWHERE)


class Shapes(Generic[Plan]):
    """The plans of shapes that were met; `plan` makes another."""

    def __init__(self, plan: Callable[[Shape], Plan], names: Names) -> None:
        self._plan, self._names = plan, names
        self._kept: dict[tuple[tuple[str, ...], tuple[int, ...]], Plan] = {}

    def of(self, element: Element) -> tuple[Plan, list[Element], Texts]:
        """The plan of an element's shape, its elements and their texts by place."""
        nodes = list(element.iter())
        shape = (tuple(map(_tag, nodes)), tuple(map(len, nodes)))
        plan = self._kept.get(shape)
        if plan is None:
            plan = self._plan(Shape(*shape, self._names))
            if len(nodes) <= LARGEST_KEPT and len(self._kept) < MOST_KEPT:
                self._kept[shape] = plan
        texts: Texts = list(map(_text, nodes))
        texts.append("")
        return plan, nodes, texts


def text_at(texts: Texts, at: int) -> str:
    """The text at a place."""
    return (texts[at] or "").strip()
