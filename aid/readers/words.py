"""Words of a list that somebody has to explain: who a person is, what happened, which places are meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aid.domain.families import Kinship
from aid.domain.layouts import WordKind
from aid.readers.cells import Line, joined
from aid.readers.households import understood
from aid.readers.mappings import CircumstanceMapping, FieldMapping, TableMapping, folded
from aid.readers.sheets import Sheet

Told = Mapping[WordKind, Mapping[str, str]]
"""What words of each kind mean, by the folded word."""

MOST_WORDS = 40  # of a column; one with more unknown words holds something else


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words of the file that nobody has explained yet, by what they are words for."""

    of: Mapping[WordKind, tuple[str, ...]]

    @property
    def words(self) -> bool:
        """Whether whoever brings the list can explain something."""
        return bool(self.of[WordKind.KINSHIP] or self.of[WordKind.HAPPENED])

    @property
    def places(self) -> bool:
        """Whether it is to be said which places are meant."""
        return bool(self.of[WordKind.LOCALITY] or self.of[WordKind.POINT])

    def without(self, told: Told) -> "Unknown":
        """What is left when these are explained."""
        left = {
            kind: tuple(word for word in words if folded(word) not in told.get(kind, {}))
            for kind, words in self.of.items()
        }
        return Unknown(left)


def unknown_words(
    mapping: TableMapping, sheets: Sequence[Sheet], *, localities: Mapping[str, str], points: Mapping[str, str]
) -> Unknown:
    """The words that neither the mapping knows, nor the fund as its places."""
    families = understood(sheets, mapping.families, mapping)
    members = understood(sheets, mapping.members, mapping) if mapping.members else families
    own = [Line(families, row.number, row.cells) for row in families.rows]
    theirs = [Line(members, row.number, row.cells) for row in members.rows] if mapping.members else own
    kinship = mapping.member["kinship"]
    known = {*kinship.values, *(kind.value for kind in Kinship)}
    both = [*own, *theirs] if mapping.members else own
    found = {
        WordKind.KINSHIP: () if kinship.otherwise else _strange(theirs, kinship, known),
        WordKind.HAPPENED: _distinct(_parts(both, mapping.circumstances)),
    }
    for kind, name, places in ((WordKind.LOCALITY, "locality", localities), (WordKind.POINT, "point", points)):
        where = mapping.family.get(name)
        found[kind] = _strange(both, where, {*places, *(where.values if where else {})})
    return Unknown(found)


def _strange(lines: Sequence[Line], where: FieldMapping | None, known: set[str]) -> tuple[str, ...]:
    if where is None or not where.columns:
        return ()
    texts = {text for line in lines if (text := joined(line, where.columns))}
    strange = {text for text in texts if folded(text) not in known}
    if not strange:
        return ()
    return _distinct(text for line in lines if (text := joined(line, where.columns)) in strange)


def _parts(lines: Sequence[Line], rules: Sequence[CircumstanceMapping]) -> Iterator[str]:
    for rule in rules:
        for line in lines if rule.separator else ():
            for column in rule.columns:
                for part in line.cell(column).split(rule.separator):
                    if part.strip() and folded(part) not in rule.words:
                        yield part.strip()


def _distinct(words: Iterator[str], most: int = MOST_WORDS) -> tuple[str, ...]:
    """Each word once, in the order of the file; nothing where there are too many to be words for a few things."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(folded(word), word[:120])
        if len(found) > most:
            return ()
    return tuple(found.values())
