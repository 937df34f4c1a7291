"""What happened to a family, as a cell of a list tells of it."""

from collections.abc import Iterator

from aid.domain.families import Circumstance
from aid.domain.words import _
from aid.readers.cells import SHOWN, Line, Unreadable, number_of, unknown_word
from aid.readers.mappings import CircumstanceMapping, folded

YES_OR_NO = _("Write yes or no, or leave the cell empty. If it tells more, choose “What happened” for this column.")


def told_by(rule: CircumstanceMapping, line: Line, column: str) -> Iterator[Circumstance]:
    """The circumstances one cell tells of. Raises Unreadable for a word nobody explained: need is not to be lost."""
    cell = line.cell(column)
    if rule.separator:
        for part in filter(str.strip, cell.split(rule.separator)):
            if folded(part) not in rule.words:
                raise unknown_word(line, column, part, Circumstance)
            if told := rule.words[folded(part)]:
                yield told
    elif rule.is_ and cell:
        if rule.nothing and folded(cell) not in rule.values | rule.nothing:
            raise Unreadable(line, column, _("“%(text)s” is neither yes nor no.", text=cell[:SHOWN]), YES_OR_NO)
        if _holds(rule, line, column):
            yield rule.is_


def _holds(rule: CircumstanceMapping, line: Line, column: str) -> bool:
    cell = line.cell(column)
    return folded(cell) in rule.values or (
        rule.more_than is not None and number_of(line, column, cell) > rule.more_than
    )
