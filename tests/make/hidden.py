"""A donor who is never to be named, under words that stand nowhere else: planted the ways in which donors come."""

import secrets
from datetime import date
from uuid import UUID

from sqlalchemy import select

from aid.documents.thanking import in_public, letters
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.languages import Language
from aid.models.donations import Donation
from aid.models.statements import BankLine
from aid.services.lines.explaining import ByGift
from aid.services.support import Taking, release, take_message
from tests.make import do, rows
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.scanner import Scanner
from tests.make.statements import A, a_line, bring, make_ended
from tests.make.thanks import mail_server, reached_at, send_now

HIDDEN = {
    "name": "Wulfhildur Quastenbergsdóttir",
    "address": "Pfingstrosenstieg 93",
    "email": "wulfhildur@quastenberg.example",
    "account": "PL83101010230000261395100000",
    "text": "Haltet durch, wünscht Wulfhildur vom Pfingstrosenstieg",
}
HIDDEN_WORDS = [*HIDDEN.values(), *HIDDEN["name"].split(), "Pfingstrosenstieg"]
CLEAN = "Haltet durch, wir sind viele"
DAY = date(2026, 4, 7)


def hidden_details() -> DonorDetails:
    """Who they are."""
    return DonorDetails(
        kind=DonorKind.PERSON,
        name=HIDDEN["name"],
        address=(HIDDEN["address"], "18055 Rostock"),
        email=HIDDEN["email"],
        language=Language.EN,
        never_named=True,
    )


def make_hidden(fund: FoundedFund) -> UUID:
    """They gave by a bank line and by hand, were thanked by a letter and as a friend, and their words are shown."""
    line = a_line(81_00, day=DAY, other=HIDDEN["name"], account=HIDDEN["account"], text=HIDDEN["text"])
    bring(fund.treasurer, A([line], name="hidden"))
    [row] = rows(select(BankLine).where(BankLine.booked_on == DAY))
    make_ended(fund, row, ByGift(hidden_details(), fund.purposes["school"]))
    [gift] = rows(select(Donation).where(Donation.received_on == DAY))
    letters(fund.treasurer, [gift.id], secrets.token_hex(16))
    in_public(fund.treasurer, make_donation(fund, donor=gift.donor_id), secrets.token_hex(16), line=None)
    make_donation(fund, donor=gift.donor_id)
    make_mailed(fund, gift.donor_id)
    words = Taking(words=CLEAN, language="de", donor_id=gift.donor_id, line_id=row.id)
    taken = do(take_message, actor=fund.treasurer, order=words)
    do(release, actor=fund.coordinator, message_id=taken.message_id)
    return gift.donor_id


def make_mailed(fund: FoundedFund, donor_id: UUID) -> None:
    """A message to them is refused in words that name them, and another is taken."""
    refused, taken = (make_donation(fund, donor=donor_id) for _each in range(2))
    with mail_server() as server, reached_at(server.settings()):
        server.answer = lambda reader: f"550 5.1.1 <{reader}> {HIDDEN['name'].split()[0]} has moved from Quastenberg"
        send_now(fund, [refused])
        server.answer = lambda _reader: None
        send_now(fund, [taken])


def named_in(heaps: list[tuple[str, bytes]]) -> list[str]:
    """Where any of these words stands, in any spelling."""
    return sorted({f"{find.where}: {find.word} ({find.spelling})" for find in Scanner(*HIDDEN_WORDS).scan(heaps)})
