"""Refusals that leave no trace: what the rules say no to, in words for the person who asked."""

from collections.abc import Sequence
from types import TracebackType

from aid.domain.words import Message


class RuleBroken(Exception):
    """A rule says no. `field` names the form's field to show it beside, where there is one."""

    def __init__(self, message: Message, field: str | None = None) -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

    @property
    def each(self) -> Sequence["RuleBroken"]:
        """All that was refused."""
        return (self,)


class NotAllowed(RuleBroken):
    """The person may not do this, or not here."""


class WrongGuess(RuleBroken):
    """A password or a code is wrong: it is counted, and who guesses is slowed."""


class ManyBroken(RuleBroken):
    """Several rules say no at once. Whoever can tell but one tells the first."""

    def __init__(self, each: Sequence[RuleBroken]) -> None:
        super().__init__(each[0].message, each[0].field)
        self._each = tuple(each)

    @property
    def each(self) -> Sequence[RuleBroken]:
        """All that was refused."""
        return self._each


class TakesUp:
    """A block in which a broken rule is taken up, and what follows the block goes on.

    What somebody may not do at all is taken up by nobody: it goes on to the page that says so. A class, since a type
    checker must know that it may swallow what was raised.
    """

    def __enter__(self) -> None:
        """Nothing is asked before."""

    def __exit__(
        self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Take up a broken rule, and let everything else pass."""
        if not isinstance(failure, RuleBroken) or isinstance(failure, NotAllowed):
            return False
        self._take_up(failure)
        return True

    def _take_up(self, refusal: RuleBroken) -> None:
        raise NotImplementedError


class Refusals(TakesUp):
    """What several rules refuse, so that a person reads all of it at once. Each is asked in a block of its own:

    with refusals:
        check_number(order)
    with refusals:
        check_day(order)
    refusals.tell()
    """

    def __init__(self) -> None:
        self._each: list[RuleBroken] = []

    def _take_up(self, refusal: RuleBroken) -> None:
        self._each += refusal.each

    def tell(self) -> None:
        """Raise what was refused, if anything was."""
        if self._each:
            raise ManyBroken(self._each) if len(self._each) > 1 else self._each[0]
