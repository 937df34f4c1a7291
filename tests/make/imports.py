"""Lists of families brought through the page: one imported with a household set aside, one undone."""

from dataclasses import replace
from uuid import UUID

from aid.domain.layouts import Column, DateOrder, signature_of
from aid.domain.words import _
from aid.perform import perform
from aid.services.imports.desk import Household
from aid.services.imports.lists import keep_list
from aid.services.imports.parts import BadBack, Brought, Head, RowBack
from aid.services.imports.steps import Layout, begin_import, step_import, step_key
from aid.services.imports.undoing import undo_import
from aid.vault.actor import Actor
from tests.make import do
from tests.make.families import SYLLABLES, a_family
from tests.make.fund import FoundedFund

KEPT = 30  # days that a backup is kept


def brought(nth: int, **changed: object) -> Brought:
    """A household of a list; another number is another household."""
    surname = "".join(SYLLABLES[int(digit)] for digit in f"{nth:05}").title()
    household = Household(None, "old-town", "club", a_family(3, surname=surname, phone=f"+7703{nth:07}"))
    return Brought(replace(household, **changed), (RowBack("", nth + 2, (surname, f"+7703{nth:07}")),))  # type: ignore[arg-type]


def make_list(actor: Actor, payload: bytes = b"name;phone\nA;1\n") -> UUID:
    """A list that somebody uploaded."""
    return do(keep_list, actor=actor, file_name="list.csv", payload=payload).list_id


def make_begun(actor: Actor, *households: Brought, bad: tuple[BadBack, ...] = (), layout: bool = False) -> UUID:
    """An import that has begun, and nothing more."""
    list_id = make_list(actor)
    remembered = Layout(signature_of(["name", "phone"]), (Column.NAME, Column.PHONE), DateOrder.DAY_FIRST)
    do(
        begin_import,
        actor=actor,
        list_id=list_id,
        households=households,
        bad=bad,
        heads=(Head("", (("name", "phone"),)),),
        layout=remembered if layout else None,
    )
    return list_id


def make_import(actor: Actor, *households: Brought, **more: object) -> UUID:
    """An import that went through."""
    list_id = make_begun(actor, *households, **more)  # type: ignore[arg-type]
    for number in range(-(-len(households) // 25)):
        key = step_key(list_id=list_id, number=number, actor=actor)
        perform(key, step_import, actor=actor, list_id=list_id, number=number)
    return list_id


def make_imports(fund: FoundedFund) -> None:
    """One import with everything in it, and one that was undone."""
    bad = BadBack(RowBack("", 9, ("Nobody", "x")), "B phone", _("This row says nothing."), _("Correct it."))
    like = replace(brought(90_002).household.family, phone=brought(90_001).household.family.phone)
    alike = replace(brought(90_002), household=replace(brought(90_002).household, family=like))
    make_import(fund.registrar, brought(90_001), alike, bad=(bad,), layout=True)
    undone = make_import(fund.registrar, brought(90_003), brought(90_004))
    do(undo_import, actor=fund.registrar, import_id=undone, keep_days=KEPT)
