"""What the rules refuse is told where it can be mended: in the form, or above the page one comes back to.

What somebody may not do at all is no matter of a form: it goes on to the page that says so.
"""

from flask import flash

from aid.domain.refusals import RuleBroken, TakesUp
from aid.formats import say
from aid.forms.base import KomekForm


class blamed_on(TakesUp):
    """A rule broken in the block is shown beside its field."""

    def __init__(self, form: KomekForm) -> None:
        self._form = form

    def _take_up(self, refusal: RuleBroken) -> None:
        self._form.blame(refusal)


class told_above(TakesUp):
    """A rule broken in the block is told above the next page, for what has no form of its own."""

    def __init__(self, tone: str = "danger") -> None:
        self._tone = tone

    def _take_up(self, refusal: RuleBroken) -> None:
        for one in refusal.each:
            flash(say(one.message), self._tone)
