"""Ending bank lines, as it is chosen and typed: what a line is, how much of it, and rules that are taught."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from wtforms import BooleanField, Field, HiddenField, RadioField, SearchField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from aid.domain.donations import DonorDetails
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.forms._money import Purposes, money_of, must_be_money, purpose_choices
from aid.forms.base import KomekForm
from aid.forms.donors import DonorFields
from aid.queries.donors import DonorRow
from aid.services.lines.against import AgainstOrder
from aid.services.lines.ends import EndOrder
from aid.services.lines.explaining import ByArrival, ByEntry, ByFee, ByGift, ByInterest, ByReference, EndPart, How
from aid.services.lines.undoing import ReopenOrder

NEW = "new"
UNDONE_BY = [
    (EndKind.MISTAKE, _("A mistake of the bank, and it took it back")),
    (EndKind.REFUND, _("Money that was sent back to where it came from")),
]
FOR_THE_SECOND = _("For the second person")
GONE = _("This can’t be accepted any more. Look at the line again.")


class AcceptForm(KomekForm):
    """One suggestion, as it was shown, for what was open of the line then."""

    what = HiddenField()
    minor = HiddenField()

    def must_be_offered(self, offered: Collection[str], *, still: Money) -> None:
        """Refuse what would not be suggested any more, as a new donor who is known by now. Raises RuleBroken.

        Of a line that changed since, the one that is asked twice gets its answer again, and the others their refusal.
        """
        if self.minor.data == str(still.minor) and self.what.data not in offered:
            raise RuleBroken(GONE)

    def order(self, line_id: UUID, *, currency: str, stranger: DonorDetails | None) -> EndOrder | AgainstOrder:
        """The suggestion as a value. Raises RuleBroken for what nobody suggested."""
        what = str(self.what.data or "")
        try:
            amount = Money(int(self.minor.data or 0), currency)
            if what.startswith("against:"):
                _against, other_id, kind = what.split(":")
                return AgainstOrder(line_id=line_id, other_id=UUID(other_id), amount=amount, kind=EndKind(kind))
            how = how_of(what, stranger)
        except (IndexError, ValueError):
            raise RuleBroken(GONE) from None
        return EndOrder(line_id=line_id, parts=(EndPart(amount, how),))


def how_of(what: str, stranger: DonorDetails | None) -> How:
    """What an offer says, by its name in a form. Raises ValueError."""
    kind, *parts = what.split(":")
    match kind, *parts:
        case "entry", entry_id:
            return ByEntry(UUID(entry_id))
        case "gift", "new", purpose_id if stranger:
            return ByGift(stranger, UUID(purpose_id))
        case "gift", donor_id, purpose_id:
            return ByGift(UUID(donor_id), UUID(purpose_id))
        case "reference", reference_id, donor_id:
            return ByReference(UUID(reference_id), UUID(donor_id) if donor_id != "new" else None)
        case "fee", purpose_id:
            return ByFee(UUID(purpose_id))
        case "interest", purpose_id:
            return ByInterest(UUID(purpose_id))
        case "arrived", remittance_id:
            return ByArrival(UUID(remittance_id))
    raise ValueError(kind)


class PartForm(KomekForm):
    """So much of a line."""

    amount = StringField(_("How much of the line"), validators=[InputRequired(_("Write the amount."))])

    def __init__(self, *, currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount, beside the field."""
        must_be_money(field, self.currency)

    @property
    def money(self) -> Money:
        """The amount that was typed."""
        return money_of(self.amount, self.currency)

    def how(self) -> How:
        """What this part is."""
        raise NotImplementedError

    def order(self, line_id: UUID) -> EndOrder | AgainstOrder:
        """The part as a value."""
        return EndOrder(line_id=line_id, parts=(EndPart(self.money, self.how()),))


class FeeLineForm(PartForm):
    """A part that the bank took for itself."""

    purpose = RadioField(_("Which purpose bears it"), validators=[InputRequired(_("Choose which purpose bears it."))])
    reason = TextAreaField(FOR_THE_SECOND)

    def __init__(self, *, purposes: Purposes, **given: Any) -> None:
        super().__init__(**given)
        self.purpose.choices = purpose_choices(purposes)

    def how(self) -> How:
        """A fee."""
        return ByFee(UUID(self.purpose.data), str(self.reason.data or ""))


class InterestLineForm(PartForm):
    """A part that the bank gave."""

    purpose = RadioField(_("Purpose"), validators=[InputRequired(_("Choose what the money is for."))])
    reason = TextAreaField(FOR_THE_SECOND)

    def __init__(self, *, purposes: Purposes, **given: Any) -> None:
        super().__init__(**given)
        self.purpose.choices = purpose_choices(purposes)

    def how(self) -> How:
        """Interest."""
        return ByInterest(UUID(self.purpose.data), str(self.reason.data or ""))


class EntryLineForm(PartForm):
    """A part that an entry of the books explains."""

    entry = RadioField(_("Entry"), validators=[InputRequired(_("Choose the entry."))])

    def __init__(self, *, entries: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.entry.choices = list(entries)

    def how(self) -> How:
        """The entry that was chosen."""
        return ByEntry(UUID(self.entry.data))


class GiftLineForm(DonorFields, PartForm):
    """A part that is a donation: of somebody found, or of somebody new, who is typed in as in the donors' room."""

    q = SearchField(_("Look for a donor by name"))
    donor = RadioField(_("Who gave"), validators=[InputRequired(_("Choose who gave."))])
    purpose = RadioField(_("Purpose"), validators=[InputRequired(_("Choose what the money is for."))])
    never_named = BooleanField(_("Never name this donor"))

    def __init__(
        self,
        *,
        donors: Sequence[tuple[str, str]],
        purposes: Purposes,
        languages: Mapping[str, str],
        unions: Sequence[DonorRow],
        **given: Any,
    ) -> None:
        super().__init__(**given)
        self.donor.choices = [*donors, (NEW, _("Somebody new: as written below"))]
        self.purpose.choices = purpose_choices(purposes)
        self.offer(languages=languages, unions=unions)
        if self.donor.data != NEW:  # nobody is asked for the language of somebody who is known
            self.language.validators = [Optional()]

    def how(self) -> How:
        """A donation."""
        return ByGift(self._donor(), UUID(self.purpose.data))

    def _donor(self) -> DonorDetails | UUID:
        if self.donor.data != NEW:
            return UUID(self.donor.data)
        return replace(self.details(), never_named=bool(self.never_named.data))


class AgainstForm(PartForm):
    """A part that another line undoes."""

    other = RadioField(_("The line that undoes it"), validators=[InputRequired(_("Choose the other line."))])
    kind = RadioField(_("What it was"), choices=UNDONE_BY, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(FOR_THE_SECOND)

    def __init__(self, *, others: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.other.choices = list(others)

    def order(self, line_id: UUID) -> AgainstOrder:
        """The two lines as a value."""
        return AgainstOrder(
            line_id=line_id,
            other_id=UUID(self.other.data),
            amount=self.money,
            kind=EndKind(self.kind.data),
            reason=str(self.reason.data or ""),
        )


class UndoForm(KomekForm):
    """Why an end is undone."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def order(self, end_id: UUID) -> ReopenOrder:
        """What is undone, as a value."""
        return ReopenOrder(end_id=end_id, reason=str(self.reason.data))
