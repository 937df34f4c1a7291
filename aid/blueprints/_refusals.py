"""What the rules refuse is told where it can be mended: in the form, or above the page one comes back to.

What somebody may not do at all is no matter of a form: it goes on to the page that says so.
"""

from types import TracebackType
from typing import TypeGuard

from flask import flash

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.formats import say
from aid.forms.base import KomekForm


class blamed_on:
    """Until the end of the block, a broken rule is shown beside its field, and the view goes on after the block."""

    def __init__(self, form: KomekForm) -> None:
        self._form = form

    def __enter__(self) -> None:
        """Nothing is asked before."""

    def __exit__(
        self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Keep a broken rule for the form, and let everything else pass."""
        if not _is_mendable(failure):
            return False
        self._form.blame(failure)
        return True


class told_above:
    """Until the end of the block, a broken rule is told above the next page, for what has no form of its own."""

    def __init__(self, tone: str = "danger") -> None:
        self._tone = tone

    def __enter__(self) -> None:
        """Nothing is asked before."""

    def __exit__(
        self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Keep a broken rule for the next page, and let everything else pass."""
        if not _is_mendable(failure):
            return False
        flash(say(failure.message), self._tone)
        return True


def _is_mendable(failure: BaseException | None) -> TypeGuard[RuleBroken]:
    return isinstance(failure, RuleBroken) and not isinstance(failure, NotAllowed)
