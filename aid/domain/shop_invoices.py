"""How far a shop's invoice has come: taken in, agreed to by a second person, paid; or withdrawn before that."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from aid.domain.words import Message, _

WORDS_AT_MOST: Final = 300


class InvoiceState(StrEnum):
    """How far an invoice has come."""

    NOTHING = "nothing"  # of it was accepted
    WAITS = "waits"  # for a second person's word
    TO_PAY = "to_pay"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


INVOICE_STATE_TITLES: Mapping[InvoiceState, Message] = MappingProxyType(
    {
        InvoiceState.NOTHING: _("refused"),
        InvoiceState.WAITS: _("waits for a second person"),
        InvoiceState.TO_PAY: _("to be paid"),
        InvoiceState.PAID: _("paid"),
        InvoiceState.WITHDRAWN: _("withdrawn"),
    }
)


class WithdrawnReason(StrEnum):
    """Why an invoice that was kept is not paid after all."""

    MISTYPED = "mistyped"
    TAKEN_BACK = "taken_back"
    NOT_AS_ON_PAPER = "not_as_on_paper"
    OTHER = "other"


WITHDRAWN_TITLES: Mapping[WithdrawnReason, Message] = MappingProxyType(
    {
        WithdrawnReason.MISTYPED: _("It was typed wrong, and is taken in anew"),
        WithdrawnReason.TAKEN_BACK: _("The shop took it back"),
        WithdrawnReason.NOT_AS_ON_PAPER: _("It is not what the shop’s paper says"),
        WithdrawnReason.OTHER: _("Something else is wrong with it"),
    }
)
"""As a shop reads it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """What the rules need to know of an invoice."""

    accepted: int  # in minor units
    approved: bool
    paid: bool
    withdrawn: bool

    @property
    def state(self) -> InvoiceState:
        """How far it has come."""
        if self.withdrawn:
            return InvoiceState.WITHDRAWN
        if self.paid:
            return InvoiceState.PAID
        if not self.accepted:
            return InvoiceState.NOTHING
        return InvoiceState.TO_PAY if self.approved else InvoiceState.WAITS


def why_not_approve(state: InvoiceState, *, is_own: bool) -> Message | None:
    """Say why this person does not agree to this invoice, or nothing. `is_own`: whoever took it in."""
    if state in _OVER:
        return _OVER[state]
    if state is InvoiceState.TO_PAY:
        return _("Somebody agreed to this invoice already.")
    return _("You took this invoice in yourself. Somebody else compares it with the paper.") if is_own else None


def why_not_pay(state: InvoiceState) -> Message | None:
    """Say why an invoice may not be paid, or nothing."""
    if state is InvoiceState.WAITS:
        return _("A second person compares this invoice with the paper first, and agrees.")
    return _OVER.get(state)


def why_not_words(reason: WithdrawnReason, words: str) -> Message | None:
    """Say why this does not say why an invoice is withdrawn, or nothing."""
    if reason is WithdrawnReason.OTHER and not words:
        return _("Write what is wrong with it.")
    return _("Write at most %(most)s letters.", most=WORDS_AT_MOST) if len(words) > WORDS_AT_MOST else None


def why_not_withdraw(state: InvoiceState) -> Message | None:
    """Say why an invoice stays, or nothing."""
    return _OVER[state] if state in (InvoiceState.PAID, InvoiceState.WITHDRAWN) else None


_OVER: Mapping[InvoiceState, Message] = MappingProxyType(
    {
        InvoiceState.NOTHING: _("Nothing of this invoice was accepted, so nothing is paid."),
        InvoiceState.PAID: _("This invoice is paid already."),
        InvoiceState.WITHDRAWN: _("This invoice was withdrawn."),
    }
)
