"""What a donor writes on the public page: who gives, for what, and how they wish to be thanked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self
from uuid import UUID

from aid.domain.donations import DonorDetails, ThanksWish, check_donor
from aid.domain.refusals import RuleBroken
from aid.domain.thanks import one_line
from aid.domain.words import Message, _

WISH_TITLES: Final[Mapping[ThanksWish, Message]] = MappingProxyType(
    {
        ThanksWish.LETTER: _("By a letter"),
        ThanksWish.EMAIL: _("By e-mail"),
        ThanksWish.PUBLISHED: _("By a line on the fund’s page"),
        ThanksWish.NOT_AT_ALL: _("Not at all"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reference stands for. Only the donors' ring reads it."""

    donor: DonorDetails = field(repr=False)  # with how they wish to be thanked, and their own line
    purpose_id: UUID
    campaign_id: UUID | None
    currency: str  # of the account that was shown

    def plain(self) -> dict[str, Any]:
        """The wish as a sealed record holds it."""
        return {
            "donor": self.donor.plain(),
            "purpose": self.purpose_id.bytes,
            "campaign": self.campaign_id.bytes if self.campaign_id else None,
            "currency": self.currency,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The wish that `plain` wrote."""
        return cls(
            donor=DonorDetails.from_plain(plain["donor"]),
            purpose_id=UUID(bytes=plain["purpose"]),
            campaign_id=UUID(bytes=plain["campaign"]) if plain["campaign"] else None,
            currency=plain["currency"],
        )


def check_wish(wish: Wish) -> None:
    """Raise RuleBroken, beside its field, unless a donor can wish so."""
    if wish.donor.thanks is None:
        raise RuleBroken(_("Choose how you wish to be thanked."), field="thanks")
    check_donor(wish.donor)
    lines = (wish.donor.name, wish.donor.own_line, *wish.donor.address)
    if any(line != one_line(line) for line in lines if line):
        raise RuleBroken(_("There is a sign in it that can't be seen; type it anew."), field="name")
