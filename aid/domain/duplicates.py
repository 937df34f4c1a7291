"""What to look a family up by, so that it is found again however it was spelt: about 18 terms a person.

Terms are words in the clear and live only in memory; the vault turns each into an index token under a ring's key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from aid.domain.families import BirthDate, Family
from aid.domain.names import fold, name_words
from aid.domain.phones import national_digits, normal_phone


class TermKind(StrEnum):
    """What a term is made of; each kind has its own key in the vault."""

    NAME = "name"
    NAME_YEAR = "name_year"
    NAME_DAY = "name_day"  # day and month without the year, which is the part most often wrong
    NAME_BORN = "name_born"
    PHONE = "phone"
    ADDRESS = "address"

    __hash__ = str.__hash__  # a family has a hundred terms, each in several sets: Enum's own takes longer


Term = tuple[TermKind, str]

MOST_NAME_WORDS = 5
SHORTEST_PHONE = 7
ADDRESS_FILLERS = frozenset(
    fold(
        "көше көшесі ауыл ауылы үй пәтер мөлтек ауданы аудан қала қаласы шағын "
        "улица ул дом д кв квартира город г поселок пос микрорайон мкр мкрн переулок пер село с "
        "street st house flat apartment apt city town village district"
    ).split()
)


@dataclass(frozen=True, slots=True)
class FamilyTerms:
    """What a family may be found by; and of that what alone means a likely duplicate: the phone, and a full name with
    its full date.
    """

    every: frozenset[Term]
    certain: frozenset[Term]


def family_terms(family: Family) -> FamilyTerms:
    """Both at once: its names are folded once."""
    phone = _phone_terms(family.phone)
    every, certain = set(phone), set(phone)
    for member in family.members:
        if member.name:
            words = name_words(member.name)
            every |= _terms_of_person(words, member.born)
            if member.born and member.born.exact and len(words) > 1:
                certain.add((TermKind.NAME_BORN, " ".join((*words, member.born.iso()))))
    others = set(family.collectors) - {member.name for member in family.members}
    every |= {(TermKind.NAME, term) for name in others for term in _spellings(name)}
    every |= {(TermKind.ADDRESS, term) for term in _address_terms(family.address or "")}
    return FamilyTerms(frozenset(every), frozenset(certain))


def terms_of(family: Family) -> frozenset[Term]:
    """Everything this family may be found by."""
    return family_terms(family).every


def certain_terms(family: Family) -> frozenset[Term]:
    """Those of which one alone means a likely duplicate."""
    return family_terms(family).certain


def search_terms(text: str) -> frozenset[Term]:
    """What a person who typed this may be looking for: a phone number, or every word of a name.

    A family code is not among them; it is looked up as it stands.
    """
    letters = " ".join(re.findall(r"[^\W\d_]+", text))
    digits = sum(sign.isdigit() for sign in text)
    if digits >= SHORTEST_PHONE and not letters:
        return frozenset(_phone_terms(normal_phone(text)))
    return frozenset((TermKind.NAME, word) for word in name_words(letters))


def _terms_of_person(words: tuple[str, ...], birth: BirthDate | None) -> set[Term]:
    """The name's single words, then each pair of words and the whole name, alone and with the birth date's parts."""
    fuller = _fuller(words)
    terms = {(TermKind.NAME, term) for term in (*words, *fuller)}
    if birth is None:
        return terms
    terms |= {(TermKind.NAME_YEAR, f"{name} {birth.year}") for name in fuller}
    if born := birth.exact:
        day, date = f"{born.month:02}-{born.day:02}", born.isoformat()
        terms |= {(TermKind.NAME_DAY, f"{name} {day}") for name in fuller}
        terms |= {(TermKind.NAME_BORN, f"{name} {date}") for name in fuller}
    return terms


def _fuller(words: tuple[str, ...]) -> set[str]:
    """The whole name and each pair of its words, since a patronymic is often left out."""
    words = words[:MOST_NAME_WORDS]
    return {" ".join(some) for some in (words, *combinations(words, 2))} - {""}


def _spellings(name: str) -> set[str]:
    words = name_words(name)
    return {*words, *_fuller(words)}


def _phone_terms(phone: str | None) -> set[Term]:
    digits = national_digits(phone or "")
    return {(TermKind.PHONE, digits)} if len(digits) >= SHORTEST_PHONE else set()


def _address_terms(address: str) -> set[str]:
    """The whole address without its filler words, and each of its names with the first number, the house."""
    words = [word for word in fold(address).split() if word not in ADDRESS_FILLERS]
    names = [word for word in words if not word.isdigit()]
    house = next((word for word in words if word[:1].isdigit()), None)
    if not names or house is None:
        return set()
    return {" ".join(sorted(words)), *(f"{name} {house}" for name in names if name != house)}
