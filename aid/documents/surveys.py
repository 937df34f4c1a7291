"""What a survey tells, on paper and as a table; and the words to say to a family in its language. No names."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.surveys.calls import (
    CALL_STATE_TITLES,
    FINDING_TITLES,
    RECEIVED_TITLES,
    SAID_TITLES,
    WAITED_TITLES,
    Said,
)
from aid.domain.surveys.results import Share
from aid.domain.words import Message, _
from aid.models.base import in_language
from aid.queries.people import FundFace
from aid.queries.surveys import SurveyPage

HEADINGS = ("question", "answer", "count", "of", "percent", "low", "high")
Table = tuple[Message, Sequence[tuple[Message | str, Share]]]
Row = tuple[str | int, ...]


def aloud(language: Language) -> Markup:
    """The words to say, to be read from the screen."""
    return laid_out("_survey_words.html", language=language)


def survey_pdf(page: SurveyPage, *, face: FundFace, made_at: datetime, language: Language) -> bytes:
    """The result on one page."""
    of: dict[str, object] = {
        "page": page,
        "title": in_language(dict(face.paper_titles), language),
        "made_at": made_at,
        "demo": face.demo,
        "state_titles": CALL_STATE_TITLES,
        "finding_titles": FINDING_TITLES,
        "tables": tables_of(page, language),
    }
    return press(laid_out("survey.html", language=language, **of))


def tables_of(page: SurveyPage, language: Language | str) -> list[Table]:
    """What families say, question by question, so far as it is told."""
    result, yes = page.result, SAID_TITLES[Said.YES]
    tables: list[Table] = [
        (_("Did it come to the family?"), [(RECEIVED_TITLES[kind], share) for kind, share in result.received.items()]),
        (_("All of it, by point"), page.point_shares(language)),
        (_("Did it give anybody money, or anything else, for it?"), [(yes, result.paid)] if result.paid else []),
        (_("Was it treated with respect?"), [(yes, result.respected)] if result.respected else []),
        (_("How long did it wait?"), [(WAITED_TITLES[kind], share) for kind, share in result.waited.items()]),
    ]
    return [table for table in tables if table[1]]


def as_rows(page: SurveyPage) -> Iterator[Row]:
    """The result as a table: codes of questions and answers, counts, shares and intervals in hundredths."""
    result = page.result
    yield HEADINGS
    yield ("families", "all", result.families, "", "", "", "")
    yield ("families", "asked", result.asked, "", "", "", "")
    for state, count in result.states.items():
        yield ("call", state.value, count, result.asked, "", "", "")
    for received, share in result.received.items():
        yield _share("received", received.value, share)
    if result.bounds:
        yield _share("received", "all, at worst", result.bounds.worst)
        yield _share("received", "all, at best", result.bounds.best)
    for waited, share in result.waited.items():
        yield _share("waited", waited.value, share)
    for question, yes in (("respected", result.respected), ("paid", result.paid)):
        if yes:
            yield _share(question, "yes", yes)
    for money in result.money:
        yield ("money", money.booked.currency, "", f"{money.booked.decimal():f}", "", money.low, money.high)
    for name, share in page.point_shares(Language.EN):
        yield _share("received all, at", name, share)


def _share(question: str, answer: str, share: Share) -> Row:
    return (question, answer, share.count, share.of, share.percent, share.low, share.high)
