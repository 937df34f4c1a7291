"""Refusals that leave no trace: what the rules say no to, in words for the person who asked."""

from aid.domain.words import Message


class RuleBroken(Exception):
    """A rule says no. `field` names the form's field to show it beside, where there is one."""

    def __init__(self, message: Message, field: str | None = None) -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(RuleBroken):
    """The person may not do this, or not here."""


class WrongGuess(RuleBroken):
    """A password or a code is wrong: it is counted, and who guesses is slowed."""
