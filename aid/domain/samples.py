"""Families that never were, to practise with while the fund is provisional. Their phones are nobody's."""

from datetime import date

from aid.domain.consent import LATEST_WORDING
from aid.domain.families import BirthDate, Circumstance, Consent, Family, Kinship, Member
from aid.domain.languages import Language

_SURNAME = "Үлгі"  # "sample"
_NAMES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Асан", "Үміт", ("Айша", "Дәулет")),
    ("Бақыт", "Гүлнәр", ("Ерасыл",)),
    ("Серік", "Жанна", ("Мадина", "Нұрай", "Тимур")),
    ("Ғалым", "Сәуле", ("Әлия", "Дамир")),
    ("Қуат", "Роза", ("Инкар",)),
    ("Марат", "Лаура", ("Ұлан", "Камила", "Санжар", "Аружан")),
    ("Ерлан", "Шолпан", ("Диас", "Томирис")),
    ("Нұрлан", "Бота", ()),
    ("Төлеген", "Зере", ("Арман", "Еркежан")),
    ("Жомарт", "Мөлдір", ("Алина", "Бекзат", "Өмір")),
)


def sample_families(today: date) -> tuple[Family, ...]:
    """All the made-up households there are, as if they agreed today."""
    return tuple(_family(place, today, *names) for place, names in enumerate(_NAMES, start=1))


def _family(place: int, today: date, worker: str, partner: str, children: tuple[str, ...]) -> Family:
    grades = [1 + (place + 2 * n) % 9 for n in range(len(children))]
    people = (
        Member(f"{worker} {_SURNAME}", BirthDate(1980 + place), Kinship.WORKER),
        Member(f"{partner} {_SURNAME}", BirthDate(1982 + place), Kinship.PARTNER),
        *(
            Member(f"{child} {_SURNAME}", BirthDate(today.year - 6 - grade), Kinship.CHILD, grade=grade)
            for child, grade in zip(children, grades, strict=True)
        ),
    )
    return Family(
        members=people,
        phone=f"+7000000{place:04}",
        address=f"Үлгі көшесі {place}",
        circumstances=frozenset({Circumstance.ON_STRIKE if place % 2 else Circumstance.DISMISSED}),
        workplace=_SURNAME,
        dismissed_on=None,
        wages_stopped_on=None,
        language=Language.KK,
        collectors=(f"{worker} {_SURNAME}", f"{partner} {_SURNAME}"),
        check_word="үлгі",
        consent=Consent(today, LATEST_WORDING),
    )
