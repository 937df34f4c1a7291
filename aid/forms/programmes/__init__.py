"""Programmes as they are typed in, and as they are tried out before anything is proposed."""

from aid.forms.programmes.form import ProgrammeForm
from aid.forms.programmes.try_out import SHORTAGE_HINTS, TryOutForm

__all__ = ["SHORTAGE_HINTS", "ProgrammeForm", "TryOutForm"]
