"""What pages that say whose gift a line is share: whom to choose from, what it seems to be, and the form for both."""

from collections.abc import Sequence

from aid.domain.money import Money
from aid.domain.payments import Payment
from aid.domain.permissions import Permission
from aid.domain.suggestions import Gift, Referred
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms._money import as_typed
from aid.forms.lines import NEW, GiftLineForm
from aid.queries import donors, lines, programmes
from aid.queries.thanks_words import languages_added
from aid.security import current_actor


def donors_to_choose(offers: Sequence[lines.Offer], sought: str) -> list[tuple[str, str]]:
    """Whoever it may be, and whoever was looked for."""
    names: dict[str, str] = {}
    for offer in offers:
        if isinstance(offer.proposal, Gift | Referred) and offer.proposal.donor_id and offer.donor:
            names[str(offer.proposal.donor_id)] = offer.donor.name or say(_("Without a name"))
    if sought:
        for row in donors.donors(reading(), actor=current_actor(), name=sought).rows:
            town = ", ".join(row.details.address[-1:])
            names[str(row.id)] = ", ".join(filter(None, (row.details.name or say(_("Without a name")), town)))
    return list(names.items())


def gift_form(
    offers: Sequence[lines.Offer], payment: Payment | None, amount: Money | None, *, currency: str, sought: str
) -> GiftLineForm:
    """The form for a gift, with what it seems to be."""
    actor, choices = current_actor(), donors_to_choose(offers, sought)
    return GiftLineForm(
        donors=choices,
        purposes=programmes.purposes(reading()),
        languages=languages_added(reading()),
        unions=donors.unions(reading(), actor=actor) if actor.may(Permission.SEE_DONORS) else (),
        currency=currency,
        data=_as_it_seems(offers, payment, amount, choices),
    )


def _as_it_seems(
    offers: Sequence[lines.Offer], payment: Payment | None, amount: Money | None, choices: Sequence[tuple[str, str]]
) -> dict[str, object]:
    offered = next((offer.proposal for offer in offers if isinstance(offer.proposal, Gift)), None)
    seems: dict[str, object] = {"donor": choices[0][0] if choices else NEW}
    if amount:
        seems["amount"] = as_typed(amount)
    if offered:
        seems["purpose"] = str(offered.purpose_id)
    if stranger := lines.stranger_of(payment):
        seems |= {"kind": stranger.kind, "name": stranger.name, "language": stranger.language}
        seems["address"] = "\n".join(stranger.address)
    return seems
