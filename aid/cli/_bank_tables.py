"""How `import-statement` reads a bank's table: by a file that says it, or as it was said on the page before."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from aid.domain.bank_tables import StatementMapping
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.readers.statements import CHUNK, is_table
from aid.readers.statements.views import TableSeen, look_at_table
from aid.readers.tables import BOUNDS
from aid.services.statements.layouts import layout_for


def mapping_of(file: Path, given: Path | None, *, bank_id: UUID | None) -> StatementMapping | None:
    """How the file's table is read; nothing for what is no table. Raises RuleBroken where nobody said it."""
    with file.open("rb") as stream:
        if not is_table(stream.read(CHUNK)):
            return None
    seen = _looked_at(file)
    said = _from_file(given, seen) if given else layout_for(reading(), signature=seen.signature, bank_id=bank_id)
    if said is None:
        raise RuleBroken(
            _(
                "Nobody has said yet what the columns of this table are. Bring it once on the page “Statements of the "
                "bank”, or write it into a file, beginning with what --guess prints, and pass it with --mapping."
            )
        )
    if said.missing:
        raise RuleBroken(said.missing[0])
    return replace(said, account=said.account or seen.mapping.account)


def guessed(file: Path) -> str:
    """How a table is most likely read, as a file for `--mapping`. Raises RuleBroken for what is no table."""
    seen = _looked_at(file)
    plain = seen.mapping.plain()
    return json.dumps({"headings": list(seen.headings), **plain}, ensure_ascii=False, indent=1)


def _looked_at(file: Path) -> TableSeen:
    with file.open("rb") as stream:
        return look_at_table(stream.read(BOUNDS.file_bytes + 1), file_name=file.name)


def _from_file(given: Path, seen: TableSeen) -> StatementMapping:
    """What a file says; what it leaves out is as it is guessed."""
    known = {each.name for each in fields(StatementMapping)}
    try:
        told: dict[str, Any] = json.loads(given.read_text(encoding="utf-8"))
        told = {name: value for name, value in told.items() if name in known}
        mapping = StatementMapping.from_plain({**seen.mapping.plain(), **told})
    except (ValueError, TypeError, AttributeError) as fault:
        raise RuleBroken(
            _("The mapping file can’t be read (%(fault)s). Begin with what --guess prints.", fault=str(fault)[:200])
        ) from None
    if len(mapping.columns) != len(seen.headings):
        raise RuleBroken(
            _(
                "The mapping names %(named)s columns, and the table has %(there)s.",
                named=len(mapping.columns),
                there=len(seen.headings),
            )
        )
    return mapping
