"""What services return: frozen outcomes, stored so that a repeated request gets the same answer."""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any
from uuid import UUID

from aid.domain.words import value_from_plain, value_plain


def transient() -> Any:
    """A field given once and never stored, such as a printed code; a repeated request finds None in it."""
    return field(default=None, metadata={"transient": True}, compare=False, repr=False)


def outcome_plain(outcome: Any) -> dict[str, Any]:
    """A frozen outcome as JSON holds it, without what is transient."""
    kept = {f.name: _plain(getattr(outcome, f.name)) for f in fields(outcome) if not f.metadata.get("transient")}
    return {"kind": type(outcome).__name__, "fields": kept}


def outcome_from_plain(plain: Mapping[str, Any], kinds: Mapping[str, type]) -> Any:
    """The outcome that `outcome_plain` wrote, of one of the kinds that the action may return."""
    return kinds[plain["kind"]](**{name: _from_plain(value) for name, value in plain["fields"].items()})


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case UUID():
            return {"uuid": str(value)}
        case tuple():
            return {"tuple": [_plain(item) for item in value]}
    return value_plain(value)


def _from_plain(plain: Any) -> Any:
    match plain:
        case None | bool():
            return plain
        case {"uuid": text}:
            return UUID(text)
        case {"tuple": items}:
            return tuple(_from_plain(item) for item in items)
    return value_from_plain(plain)
