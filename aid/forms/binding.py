"""Fields made once and copied for each form: making them anew, with all their checks, is half of what a form takes.

The first field of a kind is kept as it was before it had a form, a name or a value; the next ones are copies of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from wtforms import Field
from wtforms.fields.core import Flags, Label, UnboundField
from wtforms.meta import DefaultMeta

_OF_ONE_FORM = frozenset({"_form", "meta", "_translations", "name", "short_name", "id", "label"})
_KEPT = "komek_first"
"""Under this name a field that is not bound yet keeps what the first one of it was made of."""


class QuickMeta(DefaultMeta):  # type: ignore[misc]
    """How a field is bound to a form."""

    def bind_field(self, form: Any, unbound_field: UnboundField, options: Mapping[str, Any]) -> Field:
        """A field of this form. What stands in a list is made anew: its name is its label."""
        if "prefix" not in options or callable(unbound_field.kwargs.get("choices")):
            return super().bind_field(form, unbound_field, options)
        first: _First | None = vars(unbound_field).get(_KEPT)
        if first is None:
            field = super().bind_field(form, unbound_field, options)
            setattr(unbound_field, _KEPT, _First(field))
            return field
        return first.again(form, **options)


def _same_flags(flags: Flags) -> Flags:
    same = Flags()
    vars(same).update(vars(flags))
    return same


_COPIED: Mapping[type, Callable[[Any], Any]] = {list: list, dict: dict, set: set, Flags: _same_flags}
"""What a form may change of a field of its own."""


class _First:
    """What a field was made of, before it had a value; nothing of the form it was made for."""

    def __init__(self, field: Field) -> None:
        self.kind = type(field)
        self.text = field.label.text
        self.id = None if field.id == field.name else field.id
        self.made = {name: value for name, value in vars(field).items() if name not in _OF_ONE_FORM}
        self.copied = [(name, _COPIED[type(value)]) for name, value in self.made.items() if type(value) in _COPIED]
        for changing, copied in self.copied:  # the first field is one of a form too
            self.made[changing] = copied(self.made[changing])

    def again(self, form: Any, *, name: str, prefix: str, translations: Any) -> Field:
        """The same field for another form."""
        field = object.__new__(self.kind)
        its = vars(field)
        its.update(self.made)
        for changing, copied in self.copied:
            its[changing] = copied(its[changing])
        whole = prefix + name
        its.update(_form=form, meta=form.meta, short_name=name, name=whole, id=self.id or whole)
        its["label"] = Label(its["id"], self.text)
        if translations is not None:
            its["_translations"] = translations
        return field
