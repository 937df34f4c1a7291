"""What the words of a list mean: how it is read, once somebody has explained them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aid.domain.families import Circumstance
from aid.domain.layouts import NO_WORDS, NOTHING_HAPPENED, WordKind
from aid.readers.columns import KINSHIP_WORDS
from aid.readers.mappings import FieldMapping, TableMapping
from aid.readers.words import Told


def explained(mapping: TableMapping, told: Sequence[Told]) -> TableMapping:
    """The mapping with the words that were explained, and with the fund's places by name; the last one told counts."""
    kinship = mapping.member["kinship"]
    words = {word: kind.value for word, kind in KINSHIP_WORDS.items()}
    member = {**mapping.member, "kinship": _saying(kinship, [words, kinship.values], told, WordKind.KINSHIP)}
    family = dict(mapping.family)
    for name, kind in (("locality", WordKind.LOCALITY), ("point", WordKind.POINT)):
        if name in family:
            places, *later = told
            known = [places.get(kind, {}), family[name].values]
            family[name] = _saying(family[name], known, later, kind)
    happened = {word: _circumstance(code) for each in told for word, code in each.get(WordKind.HAPPENED, {}).items()}
    none = dict.fromkeys(NO_WORDS)
    circumstances = tuple(
        replace(each, words={**none, **each.words, **happened}) if each.separator else each
        for each in mapping.circumstances
    )
    return replace(mapping, family=family, member=member, circumstances=circumstances)


def _saying(
    field_: FieldMapping, known: Sequence[Mapping[str, str]], told: Sequence[Told], kind: WordKind
) -> FieldMapping:
    values = {word: code for each in (*known, *(some.get(kind, {}) for some in told)) for word, code in each.items()}
    return replace(field_, values=values)


def _circumstance(code: str) -> Circumstance | None:
    return None if code == NOTHING_HAPPENED else Circumstance(code)
