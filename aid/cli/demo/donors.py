"""The sample fund's donors: a union's branch, two who may be one, one who is never to be named, and words of theirs."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.documents.support import SupportSheet, sheet_pdf
from aid.domain.donations import DonorDetails, DonorKind, ThanksWish
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.statements import BankLine
from aid.perform import perform
from aid.queries import donors, support
from aid.queries.lines.line import line_page
from aid.services.donors.changing import never_name
from aid.services.donors.entering import add_donor
from aid.services.support import Taking, release, take_message

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

CLEAN = {"Für die Kinder. Kopf hoch!": "de", "Solidarity from Luleå": "en", "Trzymajcie się": "pl"}
"""Texts of payments that name nobody, and their languages."""
IN_KAZAKH = ("Solidarity from Luleå", "Лулео қаласынан ынтымақ: біз сіздермен біргеміз")


def know_donors(story: "Story") -> None:
    """What a treasurer does with donors, and what of their words a coordinator lets families see."""
    story.say("Entering a branch and a donor who is never to be named; showing families what donors wrote")
    treasurer = story.the(Role.TREASURER).actor()
    [union, *_rest] = donors.unions(reading(), actor=treasurer)
    _do(story, add_donor, details=_branch(union.id))
    hidden = _do(story, add_donor, details=_quiet()).donor_id
    _do(story, never_name, donor_id=hidden, version=1)
    taken = _take_words(story)
    story.wait(minutes=40)
    coordinator = story.the(Role.COORDINATOR).actor()
    for message_id in taken[:-1]:  # one waits
        perform(key(), release, actor=coordinator, now=story.now, message_id=message_id)
    rows = support.shown(reading(), actor=coordinator, language="kk")
    story.print("support.pdf", sheet_pdf(SupportSheet(Language.KK, rows, demo=True)))


def _take_words(story: "Story") -> list[UUID]:
    treasurer, taken = story.the(Role.TREASURER).actor(), []
    for line_id in reading().scalars(select(BankLine.id).order_by(BankLine.number)).all():
        page = line_page(reading(), actor=treasurer, now=story.now, line_id=line_id)
        text = page.line.payment.text if page and page.line.payment else ""
        if text not in CLEAN:
            continue
        donor_id = support.giver_of(reading(), actor=treasurer, line_id=line_id)
        order = Taking(words=text, language=CLEAN[text], donor_id=donor_id, line_id=line_id)
        taken.append(_do(story, take_message, order=order).message_id)
        if text == IN_KAZAKH[0]:
            again = Taking(words=IN_KAZAKH[1], language="kk", same_as=taken[-1])
            taken.append(_do(story, take_message, order=again).message_id)
    return taken


def _branch(union_id: UUID) -> DonorDetails:
    return DonorDetails(
        kind=DonorKind.BRANCH,
        name="Local 17, retired members",
        address=("Waalhaven 4", "3089 Rotterdam"),
        language=Language.EN,
        thanks=ThanksWish.LETTER,
        union_id=union_id,
    )


def _quiet() -> DonorDetails:
    return DonorDetails(
        kind=DonorKind.PERSON, name="Jonas Weber", address=("Am Wall 3", "28195 Bremen"), language=Language.EN
    )


def _do(story: "Story", service: Any, **what: Any) -> Any:
    return perform(key(), service, actor=story.the(Role.TREASURER).actor(), now=story.now, **what)
