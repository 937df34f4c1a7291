"""What a family is told on paper: why it was given what it was, and how its objection was answered. A code, no name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.explanations import Explanation
from aid.domain.languages import Language
from aid.domain.objections import ABOUT_SAID, ObjectionReason, Reply, said_of
from aid.domain.words import Message
from aid.models.base import in_language
from aid.queries.cases import ObjectionPage
from aid.queries.families import FamilyPage
from aid.queries.people import FundFace
from aid.services.objections import CaseWords


@dataclass(frozen=True, slots=True)
class WhySheet:
    """Why, list by list, for one family."""

    title: str
    code: str
    language: Language
    lists: tuple[Explanation, ...]
    printed_on: date
    demo: bool = False


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """How one objection was answered, in the family's language."""

    title: str
    code: str
    number: int
    language: Language
    reason: ObjectionReason
    opened_at: datetime
    reply: Reply
    words: str | None
    answered_at: datetime
    by_committee: bool
    printed_on: date
    demo: bool = False

    @property
    def about(self) -> Message:
        """What the family objected to, as it is told to it."""
        return ABOUT_SAID[self.reason]

    @property
    def said(self) -> tuple[Message, ...]:
        """The answer in sentences."""
        return said_of(self.reply)


def why_sheet(fund: FundFace, family: FamilyPage, lists: Sequence[Explanation], *, today: date) -> WhySheet:
    """The small sheet that says why, in the family's language."""
    title = in_language(dict(fund.paper_titles), family.language)
    return WhySheet(title, family.code, family.language, tuple(lists), printed_on=today, demo=fund.demo)


def answer_sheet(fund: FundFace, case: ObjectionPage, words: CaseWords, *, today: date) -> AnswerSheet:
    """The latest answer, as the family takes it home."""
    last = case.answers[-1]
    return AnswerSheet(
        title=in_language(dict(fund.paper_titles), case.language),
        code=case.code,
        number=case.number,
        language=case.language,
        reason=case.reason,
        opened_at=case.opened_at,
        reply=last.reply,
        words=words.replies.get(last.n),
        answered_at=last.at,
        by_committee=last.n == 2,
        printed_on=today,
        demo=fund.demo,
    )


def aloud(lists: Sequence[Explanation], language: Language) -> Markup:
    """Why, in the family's language, to be read to it from the screen."""
    return laid_out("_why.html", language=language, lists=lists)


def why_pdf(sheet: WhySheet) -> bytes:
    """The small sheet that a family takes home."""
    return press(laid_out("why.html", language=sheet.language, sheet=sheet, lists=sheet.lists))


def answer_pdf(sheet: AnswerSheet) -> bytes:
    """The answer as a family takes it home."""
    return press(laid_out("answer.html", language=sheet.language, sheet=sheet))
