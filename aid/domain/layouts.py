"""How tables of families are laid out: what each column is, and by which headings a layout is known again.

What is remembered of a list are its headings alone, as one hash, and what each column was taken for, by its place; and
of a word that somebody explained its hash, and what it means. What may be somebody's name is neither a heading nor a
word: it is not remembered.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from aid.domain.families import CIRCUMSTANCE_TITLES, Circumstance
from aid.domain.words import Message, _

OWN_HEADINGS = ("komek: row", "komek: why", "komek: what to do")
"""Columns that we added to rows given back: nobody's headings."""


class Column(StrEnum):
    """What a column of a list holds."""

    NOTHING = ""
    HOUSEHOLD = "household"
    NAME = "name"
    KINSHIP = "kinship"
    BORN = "born"
    GRADE = "grade"
    SCHOOL = "school"
    CLOTHES_SIZE = "clothes_size"
    SHOE_SIZE = "shoe_size"
    PHONE = "phone"
    ADDRESS = "address"
    LOCALITY = "locality"
    POINT = "point"
    LANGUAGE = "language"
    CIRCUMSTANCES = "circumstances"
    WORKPLACE = "workplace"
    DISMISSED_ON = "dismissed_on"
    WAGES_STOPPED_ON = "wages_stopped_on"
    COLLECTOR = "collector"
    CHECK_WORD = "check_word"
    CONSENT_ON = "consent_on"
    CHILDREN = "children"
    OTHERS = "others"
    DISMISSED = "is: dismissed"
    ON_STRIKE = "is: on_strike"
    DETAINED = "is: detained"
    BEREAVED = "is: bereaved"
    ILL = "is: ill"
    DISABLED = "is: disabled"
    PREGNANT = "is: pregnant"
    SINGLE_PARENT = "is: single_parent"
    HOME_BURNT = "is: home_burnt"


class WordKind(StrEnum):
    """What a word of a list is a word for. Each is explained by a word of ours, or by a place of the fund."""

    KINSHIP = "word: kinship"
    HAPPENED = "word: happened"
    LOCALITY = "word: locality"
    POINT = "word: point"


NOTHING_HAPPENED = "nothing"
"""What somebody says of a word that tells of no need."""

NO_WORDS = frozenset("жоқ емес нет не нету no not none - – — 0".split())
"""Words that tell of no need in any list."""

YES_WORDS = frozenset("иә ия бар да есть yes y true + 1 x х v ✓ ✔".split())
"""Words whose meaning stands above them, in the heading: another list's heading is another."""

YES_OR_NO: Mapping[Column, Circumstance] = MappingProxyType(
    {column: Circumstance(column.removeprefix("is: ")) for column in Column if column.startswith("is: ")}
)
"""What a column of yes and no tells of."""


class DateOrder(StrEnum):
    """In which order day, month and year stand."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


COLUMN_TITLES: Mapping[Column, Message] = MappingProxyType(
    {
        Column.NOTHING: _("Leave out"),
        Column.HOUSEHOLD: _("Household number"),
        Column.NAME: _("Name"),
        Column.KINSHIP: _("Who the person is in the family"),
        Column.BORN: _("Birth date or year"),
        Column.GRADE: _("School grade"),
        Column.SCHOOL: _("School"),
        Column.CLOTHES_SIZE: _("Clothes size"),
        Column.SHOE_SIZE: _("Shoe size"),
        Column.PHONE: _("Phone"),
        Column.ADDRESS: _("Address"),
        Column.LOCALITY: _("Locality"),
        Column.POINT: _("Point where it collects"),
        Column.LANGUAGE: _("Language"),
        Column.CIRCUMSTANCES: _("What happened"),
        Column.WORKPLACE: _("Workplace"),
        Column.DISMISSED_ON: _("Dismissed on"),
        Column.WAGES_STOPPED_ON: _("Wages stopped on"),
        Column.COLLECTOR: _("Who collects (1, 2, …)"),
        Column.CHECK_WORD: _("Check word"),
        Column.CONSENT_ON: _("Day of consent"),
        Column.CHILDREN: _("Number of children without names"),
        Column.OTHERS: _("Number of other people without names"),
        **{column: _("Yes or no: %(what)s", what=CIRCUMSTANCE_TITLES[what]) for column, what in YES_OR_NO.items()},
    }
)

DATE_ORDER_TITLES: Mapping[DateOrder, Message] = MappingProxyType(
    {
        DateOrder.DAY_FIRST: _("Day, month, year: 31.12.2015"),
        DateOrder.MONTH_FIRST: _("Month, day, year: 12/31/2015"),
        DateOrder.YEAR_FIRST: _("Year, month, day: 2015.12.31"),
    }
)

SEVERAL = frozenset({Column.NOTHING, Column.NAME, Column.ADDRESS})
"""What may stand in several columns: they are joined, or left out."""

OF_PEOPLE = frozenset(
    {
        Column.NAME,
        Column.KINSHIP,
        Column.BORN,
        Column.GRADE,
        Column.SCHOOL,
        Column.CLOTHES_SIZE,
        Column.SHOE_SIZE,
        Column.COLLECTOR,
    }
)
"""What is said of each person, and not of the family."""

_USUAL: Mapping[Column, str] = MappingProxyType(
    {
        Column.HOUSEHOLD: "household|household id|household number|family|family id|№ семьи|номер семьи|семья|id семьи|"
        "отбасы|отбасы нөмірі|отбасы №|№ отбасы|отбасының нөмірі|household_id|household no|family no|"
        "family number|семья №",
        Column.NAME: "name|full name|first name|last name|surname|family name|given name|middle name|patronymic|"
        "фио|ф.и.о.|ф.и.о|ф и о|имя|фамилия|отчество|фамилия имя отчество|аты-жөні|аты жөні|толық аты-жөні|аты|тегі|"
        "әкесінің аты|ime i prezime|ime|prezime",
        Column.KINSHIP: "kinship|relationship|relation|who|кем приходится|родство|степень родства|роль|"
        "кем является|кто|кім болады|кім|отбасында кім|туыстығы|туыстық",
        Column.BORN: "born|birth date|date of birth|birthdate|birthday|year of birth|dob|дата рождения|"
        "дата рожд|год рождения|др|туған күні|туған жылы|туған күні мен жылы",
        Column.GRADE: "grade|class|школьный класс|класс|сынып|сыныбы",
        Column.SCHOOL: "school|школа|мектеп|мектебі",
        Column.CLOTHES_SIZE: "clothes size|clothes_size|размер одежды|киім өлшемі|өлшемі",
        Column.SHOE_SIZE: "shoe size|shoe_size|размер обуви|аяқ киім өлшемі",
        Column.PHONE: "phone|phone number|telephone|mobile|телефон|номер телефона|тел|тел.|моб. телефон|"
        "контактный телефон|байланыс телефоны|ұялы телефон|телефон нөмірі|телефоны|phonenumber",
        Column.ADDRESS: "address|street|town|адрес|адрес проживания|улица|мекенжай|мекенжайы|мекен-жайы|мекен жайы|"
        "grad|adresa",
        Column.LOCALITY: "locality|village|settlement|населённый пункт|населенный пункт|посёлок|поселок|село|аул|"
        "елді мекен|елді мекені|ауыл|ауылы|кент",
        Column.POINT: "point|collects at|пункт выдачи|пункт|где получает|место получения|беру пункті|тарату пункті|"
        "үлестіру пункті|алатын пункт|алатын жері|алатын орны|көмек алатын жері|көмек алатын орны",
        Column.LANGUAGE: "language|язык|тіл|тілі",
        Column.CIRCUMSTANCES: "circumstances|what happened|обстоятельства|что случилось|жағдайы|не болды|мән-жайлар",
        Column.WORKPLACE: "workplace|employer|work|место работы|работа|работодатель|жұмыс орны|жұмысы",
        Column.DISMISSED_ON: "dismissed on|dismissed_on|дата увольнения|уволен с|жұмыстан шыққан күні",
        Column.WAGES_STOPPED_ON: "wages stopped on|wages_stopped_on|зарплата прекращена|жалақы тоқтаған күн",
        Column.COLLECTOR: "collector|who collects|получатель|алушы",
        Column.CHECK_WORD: "check word|check_word|проверочное слово|тексеру сөзі",
        Column.CONSENT_ON: "consent on|consent_on|consent|дата согласия|согласие|келісім күні|келісім",
        Column.CHILDREN: "children|number of children|детей|дети|количество детей|кол-во детей|балалар саны|балалар",
        Column.OTHERS: "other members|others|другие члены семьи|взрослых|басқа мүшелер",
        Column.DISMISSED: "уволен|уволена|dismissed|жұмыстан шықты|жұмыстан шығарылды|жұмыстан шығарылған",
        Column.ON_STRIKE: "бастует|на забастовке|on strike|ереуілде",
        Column.DETAINED: "задержан|арестован|под стражей|detained|қамауда|ұсталды",
        Column.ILL: "болен|болеет|тяжело болен|ill|ауырады|ауру",
        Column.DISABLED: "инвалид|есть инвалидность|disabled|мүгедек|мүгедектігі бар",
        Column.PREGNANT: "беременна|беременная|pregnant|жүкті",
        Column.SINGLE_PARENT: "одинокий родитель|мать-одиночка|single parent|жалғыз ата-ана",
        Column.HOME_BURNT: "сгорел дом|home burnt|үйі өртенген|үйі өртенді",
    }
)
"""How people head their columns, in the languages lists have come in."""

_BY_HEADING: Mapping[str, Column] = MappingProxyType(
    {heading: column for column, headings in _USUAL.items() for heading in headings.split("|")}
)

_DIGITS = re.compile(r"\d{4}|\d+[./-]\d+|@")
_NAMELIKE = re.compile(r"(ов|ова|ев|ева|ин|ина|ский|ская|қызы|кызы|ұлы|улы|бай|бек|гүл|жан|ович|евич|овна|евна)$")
LONGEST_HEADING = 60
FEWEST_KNOWN = 2
MOST_PARTS = 3  # of a word that is remembered
MOST_DIGITS = 5  # of a heading that counts something; a phone has more


def folded_heading(heading: str) -> str:
    """A heading for comparing: without case, without marks around it, with single spaces."""
    plain = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
    return " ".join(plain.strip(" :*?.").split())


def usual_column(heading: str) -> Column:
    """What a column with this heading usually holds."""
    return _BY_HEADING.get(folded_heading(heading)) or _BY_HEADING.get(heading.casefold().strip(), Column.NOTHING)


def guessed_columns(headings: Sequence[str]) -> tuple[Column, ...]:
    """What each column most likely is; of two for the same thing, the first."""
    guessed: list[Column] = []
    for heading in headings:
        column = usual_column(heading)
        guessed.append(Column.NOTHING if column in guessed and column not in SEVERAL else column)
    return tuple(guessed)


def signature_of(headings: Sequence[str]) -> bytes:
    """By which a list with the same headings in the same order is known again."""
    own = [folded_heading(heading) for heading in headings if heading not in OWN_HEADINGS]
    while own and not own[-1]:
        own.pop()
    return hashlib.sha256("\x1f".join(["komek/1/layout", *own]).encode()).digest()


def signature_of_word(kind: WordKind, word: str) -> bytes:
    """By which a word that was explained is known again in another list."""
    return hashlib.sha256("\x1f".join(["komek/1/word", kind, folded_heading(word)]).encode()).digest()


def may_remember_word(kind: WordKind, word: str) -> bool:
    """Whether what a word means may be remembered: not if it may be a person, nor if its meaning is its heading's."""
    if kind in {WordKind.LOCALITY, WordKind.POINT}:
        return len(word) <= LONGEST_HEADING and not _DIGITS.search(word)
    parts = word.casefold().split()
    endings = [found for part in parts if (found := _NAMELIKE.search(part))]
    is_name = len(parts) > MOST_PARTS or any(found.start() > 1 for found in endings)
    return not is_name and not _DIGITS.search(word) and folded_heading(word) not in YES_WORDS


def why_not_remember(headings: Sequence[str]) -> Message | None:
    """Say why these headings may be a row of people, or nothing. No heading is repeated in what is said."""
    known = sum(usual_column(heading) is not Column.NOTHING for heading in headings)
    if known < FEWEST_KNOWN:
        return _("Few of its headings are usual ones, so they may be people’s names: the columns are not remembered.")
    for number, heading in enumerate(headings, 1):
        if usual_column(heading) is Column.NOTHING and _may_be_a_person(heading):
            return _(
                "The heading of column %(number)s may be somebody’s name or number: the columns are not remembered.",
                number=number,
            )
    return None


def _may_be_a_person(heading: str) -> bool:
    words = heading.split()
    capitals = [word for word in words if word[:1].isupper() and not word.isupper()]
    return (
        len(heading) > LONGEST_HEADING
        or bool(_DIGITS.search(heading))
        or sum(sign.isdecimal() for sign in heading) >= MOST_DIGITS
        or len(capitals) > 1
        or any(_NAMELIKE.search(word.casefold()) for word in capitals)
    )
