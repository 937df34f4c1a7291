"""Accepting many at once: payments of a batch, lines that are certain; and undoing many. Nothing is done unseen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.forms.lines import GONE, how_of
from aid.queries.lines import OpenLine, PaymentRow, certain_offer, stranger_of
from aid.services.corrections import CorrectionAnswerOrder
from aid.services.lines.ends import EndOrder
from aid.services.lines.explaining import EndPart
from aid.services.lines.undoing import ReopenOrder

WHAT = "what-"
END = "end-"
ASKED = "asked-"
_KEY = re.compile(r"[0-9a-f]{32}")


class PaymentsForm(KomekForm):
    """What payments of a batch are, as it was chosen for each: `what-7` is the offer of the seventh, or nothing."""

    minor = HiddenField()

    def order(self, line: OpenLine, rows: Sequence[PaymentRow]) -> EndOrder:
        """The payments that were chosen, as parts of their line. Raises RuleBroken for what was not offered.

        Of a line that changed since, the one that is asked twice gets its answer again, and the others their refusal.
        """
        chosen = {_number(name.removeprefix(WHAT)): what for name, what in _chosen().items()}
        if not chosen:
            raise RuleBroken(_("Choose at least one payment."))
        by_number = {row.n: row for row in rows}
        unchanged = self.minor.data == str(line.still.minor)
        return EndOrder(
            line_id=line.id,
            parts=tuple(_part(by_number.get(n), what, unchanged=unchanged) for n, what in sorted(chosen.items())),
        )


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() else 0


def _part(row: PaymentRow | None, what: str, *, unchanged: bool) -> EndPart:
    if row is None or row.amount is None or (unchanged and what not in {offer.what for offer in row.offers}):
        raise RuleBroken(GONE)
    try:
        return EndPart(row.amount, how_of(what, stranger_of(row.payment)), payment=row.n)
    except ValueError:
        raise RuleBroken(GONE) from None


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line of many, as it was ticked: the offer, what was open of it then, and its own key."""

    line_id: UUID
    what: str
    minor: int
    key: str

    def order(self, line: OpenLine) -> EndOrder:
        """The line as it was accepted. Raises RuleBroken for what is not certain any more."""
        offer = certain_offer(line)
        if self.minor == line.still.minor and (offer is None or offer.what != self.what):
            raise RuleBroken(GONE)
        try:
            how = how_of(self.what, None)
        except ValueError:
            raise RuleBroken(GONE) from None
        part = EndPart(Money(self.minor, line.still.currency), how)
        return EndOrder(line_id=line.id, parts=(part,))


class ManyForm(KomekForm):
    """Lines that were ticked: each is its own act, with its own key."""

    def accepted(self) -> list[Accepted]:
        """Those that were ticked, as they were shown."""
        return [
            Accepted(UUID(id_), what, _number(request.form.get(f"minor-{id_}", "")), key)
            for id_, what in ((name.removeprefix(WHAT), what) for name, what in _chosen().items())
            if _is_id(id_) and _KEY.fullmatch(key := request.form.get(f"key-{id_}", ""))
        ]


def _is_id(said: str) -> bool:
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False


def _chosen() -> dict[str, str]:
    return {name: what for name, what in request.form.items() if name.startswith(WHAT) and what}


class UndoManyForm(KomekForm):
    """What lines ended as, ticked to be undone, for one reason: each is its own act, with its own key."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def orders(self) -> list[tuple[str, ReopenOrder]]:
        """What was ticked, each with its key; the latest first, as it was shown."""
        reason = str(self.reason.data)
        return [(key, ReopenOrder(end_id=id_, reason=reason)) for id_, key in _ticked(END)]


class AgreeManyForm(KomekForm):
    """Corrections that are ticked to be agreed to, for one reason: each is its own act, with its own key."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def orders(self) -> list[tuple[str, CorrectionAnswerOrder]]:
        """What was ticked, each with its key."""
        reason = str(self.reason.data)
        return [(key, CorrectionAnswerOrder(asked_id=id_, agrees=True, reason=reason)) for id_, key in _ticked(ASKED)]


def _ticked(beginning: str) -> Iterator[tuple[UUID, str]]:
    """What was ticked, by its id, with the key that its box carries."""
    for name, key in request.form.items():
        if name.startswith(beginning) and _is_id(id_ := name.removeprefix(beginning)) and _KEY.fullmatch(key):
            yield UUID(id_), key
