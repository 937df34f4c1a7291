"""What a survey tells, on paper and as a table; and the words to say to a family in its language. No names."""

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.surveys.calls import CALL_STATE_TITLES, FINDING_TITLES, RECEIVED_TITLES, WAITED_TITLES
from aid.domain.surveys.results import Share
from aid.models.base import in_language
from aid.queries.people import FundFace
from aid.queries.surveys import SurveyPage

HEADINGS = ("question", "answer", "count", "of", "percent", "low", "high")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute."""
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
        "received_titles": RECEIVED_TITLES,
        "waited_titles": WAITED_TITLES,
        "finding_titles": FINDING_TITLES,
        "point_shares": page.point_shares(language),
    }
    return press(laid_out("survey.html", language=language, **of))


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
        yield _share("received all, at", f"'{name}" if name.startswith(FORMULA) else name, share)


def _share(question: str, answer: str, share: Share) -> Row:
    return (question, answer, share.count, share.of, share.percent, share.low, share.high)
