"""What was wrong in a statement, and what to do: kinds of problems are kept, their words are the reader's."""

from collections.abc import Mapping
from types import MappingProxyType

from aid.domain.statements import Lost, ProblemKind
from aid.domain.words import Message, _

PROBLEM_TITLES: Mapping[ProblemKind, Message] = MappingProxyType(
    {
        ProblemKind.UNREADABLE: _("It could not be read"),
        ProblemKind.TOO_FINE: _("An amount has more digits than its currency"),
        ProblemKind.NO_ACCOUNT: _("It does not say which account it is of"),
        ProblemKind.NO_CURRENCY: _("It names no currency"),
        ProblemKind.NO_DAY: _("It has no day"),
        ProblemKind.ODD: _("It is written oddly, but can be read"),
        ProblemKind.BALANCE: _("Its lines do not explain its balances"),
        ProblemKind.TOTAL: _("A total of the bank differs from the lines"),
        ProblemKind.BROKEN_OFF: _("The file breaks off"),
    }
)

_BRING_AGAIN = _("Ask your bank for this line, or for the file anew. Bring it again: only what is missing is added.")

REMEDIES: Mapping[ProblemKind, Message] = MappingProxyType(
    {
        ProblemKind.UNREADABLE: _BRING_AGAIN,
        ProblemKind.TOO_FINE: _("Ask your bank for the exact amount. Nothing is rounded here: the line stays out."),
        ProblemKind.NO_ACCOUNT: _("Look whether the account that was chosen for it is the right one."),
        ProblemKind.NO_CURRENCY: _(
            "Choose the account when you bring the file: its currency stands for the missing one."
        ),
        ProblemKind.NO_DAY: _BRING_AGAIN,
        ProblemKind.ODD: _("Nothing: look at the line once, and compare it with your bank."),
        ProblemKind.BALANCE: _(
            "A line may be missing, or be there twice. Ask your bank for all statements of these days."
        ),
        ProblemKind.TOTAL: _("Compare this place with your bank. What the lines say counts."),
        ProblemKind.BROKEN_OFF: _("Save the file anew at your bank and bring it again: only what is missing is added."),
    }
)


def remedy(kind: ProblemKind, lost: Lost) -> Message:
    """What to do about a problem; of what could be read but for a part, that part is all there is to ask for."""
    if lost is Lost.FIELD:
        return _("The line is in. Look up what is missing of it at your bank, if you need it.")
    if lost is Lost.REST:
        return REMEDIES[ProblemKind.BROKEN_OFF]
    if lost is Lost.LINE and kind not in {ProblemKind.TOO_FINE, ProblemKind.NO_CURRENCY}:
        return _BRING_AGAIN
    return REMEDIES[kind]
