"""What the rules refuse is told where it can be mended: in the form, or above the page one comes back to.

What somebody may not do at all is no matter of a form: it goes on to the page that says so.
"""

from types import TracebackType

from flask import flash

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.formats import say
from aid.forms.base import KomekForm


class _Mending:
    """Until the end of the block, a broken rule is told, and the view goes on after the block.

    A class, since a type checker must know that it may swallow what was raised.
    """

    def __enter__(self) -> None:
        """Nothing is asked before."""

    def __exit__(
        self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Tell a broken rule, and let everything else pass."""
        if not isinstance(failure, RuleBroken) or isinstance(failure, NotAllowed):
            return False
        self._tell(failure)
        return True

    def _tell(self, refusal: RuleBroken) -> None:
        raise NotImplementedError


class blamed_on(_Mending):
    """A rule broken in the block is shown beside its field."""

    def __init__(self, form: KomekForm) -> None:
        self._form = form

    def _tell(self, refusal: RuleBroken) -> None:
        self._form.blame(refusal)


class told_above(_Mending):
    """A rule broken in the block is told above the next page, for what has no form of its own."""

    def __init__(self, tone: str = "danger") -> None:
        self._tone = tone

    def _tell(self, refusal: RuleBroken) -> None:
        for one in refusal.each:
            flash(say(one.message), self._tone)
