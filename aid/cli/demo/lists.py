"""The sample fund's registrar brings two lists through the page: one is in, with a row to mend; one waits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.layouts import signature_of
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.fund import Locality
from aid.perform import perform
from aid.readers.lists import HowRead, look_at, read_list
from aid.services.imports.desk import Household
from aid.services.imports.lists import keep_list
from aid.services.imports.parts import BadBack, Brought, Head, RowBack
from aid.services.imports.steps import Layout, begin_import, step_import, step_key

if TYPE_CHECKING:
    from aid.cli.demo.story import Story
    from aid.readers.lists import Table

BROUGHT = """Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай
1;Жолдасбек Асан;жұмысшы;14.02.1983;;+7 799 412 07 31;Теңіз көшесі, 4-үй
1;Жолдасбек Гүлнәр;әйелі;02.08.1986;;;
1;Жолдасбек Іңкәр;қызы;19.05.2017;3;;
2;Мырзахан Қайрат;жұмысшы;30.11.1979;;+7 799 412 07 32;Теңіз көшесі, 9-үй
2;Мырзахан Темірлан;ұлы;31.02.2014;6;;
3;Оспан Жанар;жұмысшы;1990;;+7 799 904 98 79;Ақкетік көшесі, 67-үй
"""
"""Two good families, one of them with the phone of a family that is there, and one with a day that no calendar has."""

WAITING = """ФИО;Телефон;Адрес
Ахметова Роза;+7 799 412 07 41;Приморская, 3
Ли Виктор;+7 799 412 07 42;Приморская, 8
"""


def bring_lists(story: Story) -> None:
    """One list from its upload to what is left to do, and another that is only uploaded."""
    story.say("Bringing a list through the page: one family is in, one is set aside, one row is to be mended")
    registrar = next(user for user in story.with_role(Role.REGISTRAR) if _kendirli() in user.actor().localities)
    payload = BROUGHT.encode()
    how = HowRead(locality="kendirli", point="kendirli-club")
    table = look_at("list.csv", payload, how)
    read = read_list(table, localities={}, points={}, today=story.now.today)
    kept = perform(key(), keep_list, actor=registrar.actor(), now=story.now, file_name="list.csv", payload=payload)
    households = tuple(
        Brought(
            Household(row.external_id, how.locality, how.point, row.family),
            tuple(RowBack("", line.number, line.cells) for line in row.lines),
        )
        for row in read.families.good
    )
    bad = tuple(
        BadBack(_row(table, each.number), table.heading_of(each.column), each.reason, each.remedy)
        for each in read.families.bad
    )
    begun = perform(
        key(),
        begin_import,
        actor=registrar.actor(),
        now=story.now,
        list_id=kept.list_id,
        households=households,
        bad=bad,
        heads=(Head("", (table.headings,)),),
        layout=Layout(signature_of(table.headings), table.how.columns, table.how.dates),
    )
    for number in range(begun.steps):
        step = step_key(list_id=kept.list_id, number=number, actor=registrar.actor())
        done = perform(step, step_import, actor=registrar.actor(), now=story.now, list_id=kept.list_id, number=number)
        assert (done.added, done.held) == (1, 1), "the sample list has a look-alike"
    waiting = WAITING.encode()
    perform(key(), keep_list, actor=registrar.actor(), now=story.now, file_name="2.csv", payload=waiting)


def _kendirli() -> UUID:
    return reading().scalars(select(Locality.id).where(Locality.code == "kendirli")).one()


def _row(table: Table, number: int) -> RowBack:
    return RowBack("", number, next(row.cells for row in table.sheet.rows if row.number == number))
