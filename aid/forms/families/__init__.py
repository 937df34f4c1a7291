"""A family as it is typed in, sought, opened and confirmed."""

from aid.forms.families.asking import ConfirmForm, OpenForm, SearchForm
from aid.forms.families.family import FamilyForm, typed_at_first, typed_from, typed_of
from aid.forms.families.meanwhile import Meanwhile, Written, taken_of

__all__ = [
    "ConfirmForm",
    "FamilyForm",
    "Meanwhile",
    "OpenForm",
    "SearchForm",
    "Written",
    "taken_of",
    "typed_at_first",
    "typed_from",
    "typed_of",
]
