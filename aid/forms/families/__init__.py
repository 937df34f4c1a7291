"""A family as it is typed in, sought, opened and confirmed."""

from aid.forms.families.asking import ConfirmForm, OpenForm, SearchForm
from aid.forms.families.family import FamilyForm, typed_at_first, typed_from

__all__ = ["ConfirmForm", "FamilyForm", "OpenForm", "SearchForm", "typed_at_first", "typed_from"]
