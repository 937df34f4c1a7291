"""A family as it is typed in, sought, opened and confirmed."""

from aid.forms.families.asking import ConfirmForm, OpenForm, SearchForm
from aid.forms.families.correcting import CorrectionForm, typed_from, typed_of
from aid.forms.families.family import FamilyForm
from aid.forms.families.meanwhile import Meanwhile, Written, taken_of
from aid.forms.families.registering import RegistrationForm, typed_at_first

__all__ = [
    "ConfirmForm",
    "CorrectionForm",
    "FamilyForm",
    "Meanwhile",
    "OpenForm",
    "RegistrationForm",
    "SearchForm",
    "Written",
    "taken_of",
    "typed_at_first",
    "typed_from",
    "typed_of",
]
