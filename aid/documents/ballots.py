"""Ballot papers for members without a phone: what is voted on, by which number, boxes to mark. No vote by itself."""

from dataclasses import dataclass

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.quorum import RECUSAL_TITLES
from aid.domain.words import Message
from aid.models.base import in_language
from aid.queries.minutes import BallotValues, Subject


@dataclass(frozen=True, slots=True)
class BallotItem:
    """One proposal on a ballot paper."""

    number: int
    kind: Message
    title: str
    purpose: str
    total: Money
    lines: int
    version: int
    root: tuple[str, ...]  # in groups of four


def ballots_pdf(values: BallotValues, language: Language) -> bytes:
    """A ballot paper for each member, in one language."""
    items = [
        BallotItem(
            number=item.number,
            kind=values.subjects[item.allocation_id].kind,
            title=title_of(values.subjects[item.allocation_id], language),
            purpose=purpose_of(values.subjects[item.allocation_id], language),
            total=item.total,
            lines=item.lines,
            version=item.version,
            root=in_fours(item.content_root),
        )
        for item in values.items
    ]
    page = laid_out(
        "ballots.html",
        language=language,
        values=values,
        items=items,
        title=in_language(dict(values.fund.paper_titles), language),
        reasons=tuple(RECUSAL_TITLES.values()),
    )
    return press(page)


def title_of(subject: Subject, language: Language) -> str:
    """A programme's title, where the proposal has one."""
    return in_language(dict(subject.titles), language) if subject.titles else ""


def purpose_of(subject: Subject, language: Language) -> str:
    """Whose money it is, where it spends any."""
    return in_language(dict(subject.purpose), language) if subject.purpose else ""


def in_fours(hash_: bytes) -> tuple[str, ...]:
    """A hash to compare by eye or voice: groups of four."""
    digits = hash_.hex()
    return tuple(digits[start : start + 4] for start in range(0, len(digits), 4))
