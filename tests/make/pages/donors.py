"""Pages about donors, two entries of one donor, and words of theirs that families see."""

from uuid import UUID

from sqlalchemy import select

from aid.forms.donors import text_of
from aid.models.donations import Donation
from aid.models.donors import DonorMerge, DonorParting
from aid.models.statements import BankLine
from aid.models.support import SupportAnswer, SupportMessage, SupportTakenDown
from aid.models.thanks import ThanksMail
from tests.make.donors import make_donor, make_published, make_union, told
from tests.make.fund import FoundedFund
from tests.make.hidden import DAY
from tests.make.pages.visits import Pages, Press, Visit, also, at, first, sent


def pages_of_donors(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    merge, kept, other = (
        first(column, DonorMerge.id.not_in(select(DonorParting.merge_id)))
        for column in (DonorMerge.id, DonorMerge.kept_id, DonorMerge.other_id)
    )
    union, twin = make_union(fund, "Dokkerne"), make_donor(fund, name="Ingrid Solheim")
    hidden = first(Donation.donor_id, Donation.received_on == DAY)
    mailed = first(Donation.id, Donation.donor_id == hidden, Donation.id.in_(select(ThanksMail.donation_id)))
    make_published(fund, twin)
    asked = first(SupportMessage.id, SupportMessage.id.not_in(select(SupportAnswer.message_id)))
    down = select(SupportTakenDown.message_id)
    shown = first(SupportAnswer.message_id, SupportAnswer.shows, SupportAnswer.message_id.not_in(down))
    return {
        "timur": [
            *at("/donors/", "/donors/new", f"/donors/{kept}", f"/donors/{twin}/change", f"/donors/{twin}/never-named"),
            *at(f"/donors/{hidden}/may-be-named", "/donors/merges/", f"/donors/merges/{twin}/{hidden}"),
            *at(f"/donors/merges/{merge}/part", "/support/all", "/donors/find-anew"),
            sent(f"/donors/merges/with/{twin}", {"q": "Solheim"}),
            *also(f"/donors/new?union={union}", f"/donors/{union}", f"/donors/{hidden}", f"/donors/{other}"),
            *also(sent("/donors/", {"q": "Solheim"}), f"/support/take?same_as={shown}", f"/support/{shown}"),
            _overtaken(fund, str(twin)),
            *at(f"/support/take?line={first(BankLine.id)}"),
            *also(f"/support/take?donor={twin}", Visit(f"/donors/merges/{other}/part", status=404)),
        ],
        "dina": [
            *at("/support/waiting", f"/support/{asked}", f"/support/{shown}/take-down"),
            *also("/support/", f"/support/{shown}"),
        ],
        "olga": also(f"/donations/{mailed}"),
        "nurlan": [*at("/support/?language=en"), *also(Visit("/donors/", status=403))],
    }


def _overtaken(fund: FoundedFund, donor_id: str) -> Visit:
    """A correction that somebody else was quicker with."""
    stands = text_of(told(fund, UUID(donor_id)))
    typed = {"name": "Ingrid Berg", "version": "0", "base": stands, "theirs": ""}
    return sent(f"/donors/{donor_id}/change", Press(typed=typed))
