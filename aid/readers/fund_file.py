"""`fund.toml`: the file a fund is founded on. Reads its shape; `aid.domain.founding.check_plan` judges its content.

[fund]                                      [[point]]
name = {kk = "…", ru = "…", en = "…"}       code = "club"
paper_title = {kk = …, ru = …, en = …}      locality = "zhanaozen"
currency = "KZT"                            name = {kk = …, ru = …, en = …}
languages = ["kk", "ru", "en"]              address = {kk = …, ru = …, en = …}  # may be left out
time_zone = "Asia/Aqtau"
                                            [[person]]
[committee]                                 handle = "aigul"
quorum = 3                                  name = "…"                # may be left out
notice_hours = 24                           language = "kk"
delay_hours = 24      # may be left out     roles = ["registrar"]
absence_hours = 72    # may be left out     localities = ["zhanaozen"]  # these three may be left out
                                            points = []
[[purpose]]  # and [[locality]] alike       alternate = "a-handle"    # a committee member's
code = "general"
name = {kk = …, ru = …, en = …}             [recovery]                # may be left out
                                            threshold = 3
                                            shares = 5
                                            backup_recipients = ["age1…"]
                                            despite_country = true  # enough shares in one country, on purpose

                                            [[recovery.holder]]       # of each share
                                            handle = "dina"
                                            country = "KZ"            # where its paper will lie
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from typing import Any, TypeVar

from aid.domain.fund import FundPlan, HolderPlan, LocalityPlan, Names, PersonPlan, PointPlan, PurposePlan
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

LARGEST_FILE = 256 * 1024
MOST_TABLES = 5_000

Word = TypeVar("Word", bound=StrEnum)
Kind = TypeVar("Kind")


def read_fund_file(content: bytes) -> FundPlan:
    """Read a fund file. Raises RuleBroken naming the place when it is too large, not TOML, or has a wrong key."""
    file = _Table(_toml(content), "")
    fund, committee = file.table("fund"), file.table("committee")
    recovery = file.table_or_none("recovery") or _Table({}, "recovery")
    plan = FundPlan(
        name=_names(fund.table("name")),
        paper_title=_names(fund.table("paper_title")),
        currency=fund.text("currency"),
        languages=tuple(fund.word_of(Language, code, "languages") for code in fund.texts("languages")),
        time_zone=fund.text("time_zone"),
        purposes=tuple(_purpose(table) for table in file.tables("purpose")),
        localities=tuple(_locality(table) for table in file.tables("locality")),
        points=tuple(_point(table) for table in file.tables("point")),
        people=tuple(_person(table) for table in file.tables("person")),
        quorum=committee.number("quorum"),
        notice_hours=committee.number("notice_hours"),
        delay_hours=committee.number_or("delay_hours", 24),
        absence_hours=committee.number_or("absence_hours", 72),
        share_threshold=recovery.number_or("threshold", 3),
        share_count=recovery.number_or("shares", 5),
        share_holders=tuple(_holder(table) for table in recovery.tables("holder")),
        despite_country=recovery.flag("despite_country"),
        backup_recipients=tuple(recovery.texts_or_none("backup_recipients")),
    )
    for table in (file, fund, committee, recovery):
        table.end()
    return plan


def _toml(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_FILE:
        raise RuleBroken(_("The fund file is larger than 256 kB; it should hold settings and people only."))
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RuleBroken(_("The fund file is not in UTF-8; save it as UTF-8.")) from None
    except tomllib.TOMLDecodeError as error:
        raise RuleBroken(_("The fund file is not valid TOML: %(problem)s.", problem=str(error))) from None
    except (RecursionError, ValueError):  # arrays in arrays without end; numbers of thousands of digits
        raise RuleBroken(_("The fund file is nested too deeply or holds an impossible value.")) from None


def _names(table: _Table) -> Names:
    return table.whole(
        Names(kk=table.text_or_none("kk"), ru=table.text_or_none("ru"), en=table.text_or_none("en")),
    )


def _purpose(table: _Table) -> PurposePlan:
    return table.whole(PurposePlan(code=table.text("code"), names=_names(table.table("name"))))


def _locality(table: _Table) -> LocalityPlan:
    return table.whole(LocalityPlan(code=table.text("code"), names=_names(table.table("name"))))


def _point(table: _Table) -> PointPlan:
    address = table.table_or_none("address")
    return table.whole(
        PointPlan(
            code=table.text("code"),
            names=_names(table.table("name")),
            locality=table.text("locality"),
            address=_names(address) if address else None,
        )
    )


def _person(table: _Table) -> PersonPlan:
    return table.whole(
        PersonPlan(
            handle=table.text("handle"),
            name=table.text_or_none("name"),
            language=table.word_of(Language, table.text("language"), "language"),
            roles=frozenset(table.word_of(Role, role, "roles") for role in table.texts("roles")),
            localities=frozenset(table.texts_or_none("localities")),
            points=frozenset(table.texts_or_none("points")),
            alternate=table.text_or_none("alternate"),
        )
    )


def _holder(table: _Table) -> HolderPlan:
    return table.whole(HolderPlan(handle=table.text("handle"), country=table.text("country")))


class _Table:
    """One table of the file, which refuses what is missing, of another kind, or left over, and says where it stands."""

    def __init__(self, content: dict[str, Any], place: str) -> None:
        self._left = dict(content)
        self._place = place

    def text(self, key: str) -> str:
        return self._need(key, str, _("a text in quotes"))

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if key in self._left else None

    def number(self, key: str) -> int:
        if isinstance(self._left.get(key), bool):
            raise self._wrong(key, _("a whole number"))
        return self._need(key, int, _("a whole number"))

    def number_or(self, key: str, usual: int) -> int:
        return self.number(key) if key in self._left else usual

    def flag(self, key: str) -> bool:
        """True where it stands so; left out is false."""
        return self._need(key, bool, _("true or false")) if key in self._left else False

    def texts(self, key: str) -> list[str]:
        texts = self._need(key, list, _("a list of texts in quotes"))
        if len(texts) > MOST_TABLES or not all(isinstance(text, str) for text in texts):
            raise self._wrong(key, _("a list of texts in quotes"))
        return texts

    def texts_or_none(self, key: str) -> list[str]:
        return self.texts(key) if key in self._left else []

    def table(self, key: str) -> _Table:
        return _Table(self._need(key, dict, _("a table")), self._path(key))

    def table_or_none(self, key: str) -> _Table | None:
        return self.table(key) if key in self._left else None

    def tables(self, key: str) -> list[_Table]:
        """The tables written as [[key]]; none is an empty list, which the plan's rules then refuse."""
        tables = self._need(key, list, _("tables, each under [[…]]")) if key in self._left else []
        if len(tables) > MOST_TABLES or not all(isinstance(table, dict) for table in tables):
            raise self._wrong(key, _("tables, each under [[…]]"))
        return [_Table(table, f"{self._path(key)}[{n}]") for n, table in enumerate(tables, 1)]

    def word_of(self, kind: type[Word], text: str, key: str) -> Word:
        try:
            return kind(text)
        except ValueError:
            raise RuleBroken(
                _(
                    "%(place)s: “%(text)s” is not one of %(known)s.",
                    place=self._path(key),
                    text=text[:60],
                    known=", ".join(kind),
                )
            ) from None

    def whole(self, made: Kind) -> Kind:
        """What was made of this table, once nothing is left over in it."""
        self.end()
        return made

    def end(self) -> None:
        for key in self._left:
            raise RuleBroken(
                _("%(place)s is not known in a fund file; correct or remove it.", place=self._path(key)[:120])
            )

    def _need(self, key: str, kind: type[Kind], what: Message) -> Kind:
        if key not in self._left:
            raise RuleBroken(
                _("%(place)s is missing from the fund file; add %(what)s.", place=self._path(key), what=what)
            )
        if not isinstance(self._left[key], kind):
            raise self._wrong(key, what)
        value: Kind = self._left.pop(key)
        return value

    def _wrong(self, key: str, what: Message) -> RuleBroken:
        return RuleBroken(_("%(place)s in the fund file should be %(what)s.", place=self._path(key), what=what))

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key
