"""A list between its pages: opened, read as it was chosen, and made into households and rows to be given back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from flask import abort

from aid.domain.families import Family
from aid.domain.layouts import WordKind, may_remember_word, signature_of
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import say
from aid.models.imports import PartKind
from aid.queries import imports
from aid.queries.imports import PlaceChoice, WaitingList
from aid.readers.cells import Line
from aid.readers.families import FamilyRow
from aid.readers.lists import HowRead, ListRead, Places, Table, look_at, read_list
from aid.readers.mappings import folded
from aid.readers.returned import ReturnedRow, ReturnedSheet
from aid.readers.words import Told
from aid.security import current_actor
from aid.services.imports.desk import Household
from aid.services.imports.lists import OpenList, open_list
from aid.services.imports.parts import BadBack, Brought, Head, RowBack
from aid.services.imports.settling import HeldHousehold
from aid.services.imports.steps import Layout, layout_of_word

NO_LOCALITY = _("It is not said in which locality this family lives.")
NO_POINT = _("It is not said where this family collects.")
SAY_PLACE = _("Choose one place for the whole list, or write it in the row.")
SET_ASIDE = _("It was set aside: decide on the page of this import, or mend it and bring it again.")
SAY_WHICH = _("Say which place is meant, or write a place of the fund.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A list that waits to be understood: the file as it came, and how it is to be read."""

    file_name: str
    payload: bytes = field(repr=False)
    how: HowRead = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """What would happen with the list as it is read now."""

    read: ListRead = field(repr=False)
    households: tuple[Brought, ...] = field(repr=False)
    bad: tuple[BadBack, ...] = field(repr=False)
    left_out: int
    needs_place: bool  # the list does not say where its families belong, and nobody chose it yet

    @property
    def coming(self) -> tuple[Family, ...]:
        """The families that would be brought in; as long as their place is not said, those that can be read."""
        if self.needs_place:
            return tuple(row.family for row in self.read.families.good)
        return tuple(each.household.family for each in self.households)

    @property
    def people(self) -> int:
        """How many people are in them."""
        return sum(len(family.members) for family in self.coming)

    @property
    def reasons(self) -> tuple[BadBack, ...]:
        """The rows that are wrong themselves."""
        return tuple(bad for bad in self.bad if bad.reason is not None)


def waiting(list_id: UUID) -> WaitingList:
    """A list of one's own; anybody else's is as good as none."""
    return imports.waiting_list(reading(), actor=current_actor(), list_id=list_id) or abort(404)


def upload_of(list_id: UUID) -> Upload:
    """The list as it was uploaded, opened with one's own keys."""
    return opened(open_list(reading(), actor=current_actor(), list_id=list_id))


def opened(brought: OpenList) -> Upload:
    """The file of a list that is open."""
    payload = brought.take(reading(), PartKind.FILE)
    known = brought.value(reading(), PartKind.HOW)
    if payload is None or known is None:
        abort(404)
    return Upload(known["file"], payload, HowRead.from_plain(known["how"]))


def how_of(brought: OpenList) -> HowRead:
    """How a list that is open is read, as it was chosen."""
    known = brought.value(reading(), PartKind.HOW)
    return HowRead.from_plain(known["how"]) if known else abort(404)


def first_rows_of(upload: Upload) -> Table:
    """The first rows of the file, which say what its columns are: nobody waits for the other 50,000."""
    return table_of(upload, whole=False)


def table_of(upload: Upload, *, whole: bool = True) -> Table:
    """The file as a table. Columns that were named before under the same headings are named so again."""
    table = _placed(look_at(upload.file_name, upload.payload, upload.how, whole=whole))
    if not table.is_by_hand or upload.how.columns:
        return table
    known = imports.remembered_layout(reading(), signature=signature_of(table.headings))
    if known is None or len(known[0]) != len(table.headings):
        return table
    columns, dates = known
    return replace(table, how=replace(table.how, columns=columns, dates=upload.how.dates or dates))


def _placed(table: Table) -> Table:
    """The same; who has one locality need not choose it, nor the one point there is, where the list does not say."""
    how = table.how
    own = [place.code for place in imports.localities(reading(), actor=current_actor()) if place.own]
    points = [place.code for place in imports.points(reading(), actor=current_actor())]
    locality = how.locality or (own[0] if len(own) == 1 and not table.says[0] else "")
    point = how.point or (points[0] if len(points) == 1 and not table.says[1] else "")
    return replace(table, how=replace(how, locality=locality, point=point))


def is_remembered(table: Table) -> bool:
    """Whether somebody named columns under these headings before."""
    return imports.remembered_layout(reading(), signature=signature_of(table.headings)) is not None


def by_name(places: Iterable[PlaceChoice]) -> Places:
    """Codes of places by their folded codes and names."""
    return {folded(word): place.code for place in places for word in (*dict(place.names).values(), place.code)}


def check(table: Table) -> Checked:
    """Read the list and say what can be brought in. Raises RuleBroken."""
    actor = current_actor()
    localities = imports.localities(reading(), actor=actor)
    points = imports.points(reading(), actor=actor)
    read = read_list(
        table,
        localities=by_name(localities),
        points=by_name(points),
        today=now().today,
        remember=lambda unknown: remembered(unknown.of),
    )
    own = {place.code for place in localities if place.own}
    known = {place.code for place in localities}
    collecting = {place.code for place in points}
    chosen = table.how.locality, table.how.point
    needs_place = not all(said or told for said, told in zip(table.says, chosen, strict=True))
    households, bad = [], [*_bad_rows(table, read)]
    if needs_place:
        return Checked(read, (), tuple(bad), read.families.left_out, needs_place)
    for row in read.families.good:
        trouble = _place_trouble(row, own=own, known=known, points=collecting)
        rows = tuple(_row(line) for line in row.lines)
        if trouble is None:
            households.append(
                Brought(Household(row.external_id, row.locality or "", row.point or "", row.family), rows)
            )
        else:
            bad += [BadBack(rows[0], "", *trouble), *(BadBack(other) for other in rows[1:])]
    left_out = read.families.left_out + len(read.families.good) - len(households)
    in_order = sorted(bad, key=lambda each: (each.row.sheet, each.row.number))
    return Checked(read, tuple(households), tuple(in_order), left_out, needs_place)


def remembered(words: Mapping[WordKind, Iterable[str]]) -> Told:
    """What these words meant in lists before. A place that is none of the fund's any more is forgotten."""
    actor = current_actor()
    told = imports.remembered_words(reading(), words=words)
    places = {
        WordKind.LOCALITY: {place.code for place in imports.localities(reading(), actor=actor)},
        WordKind.POINT: {place.code for place in imports.points(reading(), actor=actor)},
    }
    return {
        kind: {folded(word): code for word, code in each.items() if kind not in places or code in places[kind]}
        for kind, each in told.items()
    }


def to_remember(told: Told) -> tuple[Layout, ...]:
    """What was explained on the pages of this list and is not known yet; of places, on a coordinator's word."""
    known = remembered(told)
    return tuple(
        layout_of_word(kind, word, meaning)
        for kind, words in told.items()
        for word, meaning in words.items()
        if known[kind].get(word) != meaning
        and may_remember_word(kind, word)
        and (kind in {WordKind.KINSHIP, WordKind.HAPPENED} or may_say_places())
    )


def _place_trouble(
    row: FamilyRow, *, own: set[str], known: set[str], points: set[str]
) -> tuple[Message, Message] | None:
    if not row.locality:
        return NO_LOCALITY, SAY_PLACE
    if not row.point:
        return NO_POINT, SAY_PLACE
    if row.locality not in known:
        return _("“%(place)s” is no locality of the fund.", place=row.locality[:60]), SAY_WHICH
    if row.locality not in own:
        return _("This family lives in a locality that is not yours."), _("Ask a coordinator to bring it in.")
    if row.point not in points:
        return _("“%(place)s” is no point of the fund.", place=row.point[:60]), SAY_WHICH
    return None


def _bad_rows(table: Table, read: ListRead) -> Iterator[BadBack]:
    """Each row that is wrong, with each of its reasons; then the other rows of families that were left out."""
    cells = {(sheet.name, row.number): row.cells for sheet in table.sheets for row in sheet.rows}
    told = set()
    for bad in read.families.bad:
        place = bad.sheet or table.sheet.name, bad.number
        told.add(place)
        row = RowBack(*place, cells.get(place, ()))
        yield BadBack(row, table.heading_of(bad.column), bad.reason, bad.remedy)
    for line in read.families.left:
        if (line.table.name, line.number) not in told:
            told.add((line.table.name, line.number))
            yield BadBack(_row(line))


def _row(line: Line) -> RowBack:
    return RowBack(line.table.name, line.number, line.cells)


def heads(table: Table, read: ListRead) -> tuple[Head, ...]:
    """What stands above the households of each sheet that is read."""
    found = []
    for place in filter(None, (read.mapping.families, read.mapping.members)):
        named = (each for each in table.sheets if place.sheet and folded(each.name) == folded(place.sheet))
        sheet = next(named, table.sheet if table.is_by_hand else table.sheets[0])
        first = next((row.number for row in sheet.rows if row.number >= place.header_row), place.header_row)
        last = first + place.skip_rows_after_header
        above = tuple(row.cells for row in sheet.rows if first <= row.number <= last)
        found.append(Head(sheet.name, above if place.header_row else ()))
    return tuple({head.sheet: head for head in found}.values())


# ---------------------------------------------------------------- given back


def given_back(heads_: Sequence[Head], bad: Iterable[BadBack]) -> tuple[ReturnedSheet, ...]:
    """The bad rows by sheet, one line a row, in the reader's language."""
    rows: dict[tuple[str, int], list[BadBack]] = defaultdict(list)
    for each in bad:
        rows[each.row.sheet, each.row.number].append(each)
    by_sheet: dict[str, list[ReturnedRow]] = {head.sheet: [] for head in heads_}
    for (sheet, number), reasons in sorted(rows.items()):
        by_sheet.setdefault(sheet, []).append(
            ReturnedRow(
                sheet,
                number,
                reasons[0].row.cells,
                " ".join(_why(each) for each in reasons if each.reason)
                or say(_("Another row of its family is wrong.")),
                " ".join(dict.fromkeys(say(each.remedy) for each in reasons if each.remedy)),
            )
        )
    above = {head.sheet: head.rows for head in heads_}
    return tuple(ReturnedSheet(name, above.get(name, ()), tuple(each)) for name, each in by_sheet.items() if each)


def held_rows(held: Iterable[HeldHousehold]) -> Iterator[BadBack]:
    """The rows of households that were set aside, the first of each with the reason."""
    for each in held:
        for place, row in enumerate(each.brought.rows):
            yield BadBack(row, "", None if place else each.reason, None if place else SET_ASIDE)


def _why(bad: BadBack) -> str:
    reason = say(bad.reason) if bad.reason else ""
    return f"{bad.column}: {reason}" if bad.column else reason


def may_say_places() -> bool:
    """Whether this person may say which places of the fund a list means: who brings families everywhere."""
    return current_actor().everywhere(Permission.IMPORT_FAMILIES)
