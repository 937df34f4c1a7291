"""A meeting's minutes on paper, and after them the record of each decision, in one file to sign by hand."""

from dataclasses import dataclass

from aid.documents.ballots import in_fours, purpose_of, title_of
from aid.documents.decisions import decision_record
from aid.documents.layout import laid_out
from aid.documents.press import bind
from aid.documents.record import attached_to, record_page
from aid.domain.allocations import ALLOCATION_STATE_TITLES, AllocationState
from aid.domain.languages import Language
from aid.domain.meetings import HOLD_TITLES, QUESTION_TITLES, HoldReason, QuestionReason
from aid.domain.money import Money
from aid.domain.quorum import CHOICE_TITLES, RECUSAL_TITLES, Choice, RecusalReason
from aid.domain.words import Message
from aid.models.base import in_language
from aid.queries.minutes import PrintedMinutes
from aid.vault.minutes import MinutedItem


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One proposal as the minutes print it."""

    item: MinutedItem
    kind: Message
    title: str
    purpose: str
    state: Message
    total: Money
    root: tuple[str, ...]

    def cast(self, choice: Choice) -> int:
        """How many members answered this."""
        return sum(vote.choice == choice.value for vote in self.item.votes)

    def sum_of(self, minor: int) -> Money:
        """An amount in the proposal's currency."""
        return Money(minor, self.item.currency)


def minutes_pdf(values: PrintedMinutes, language: Language) -> bytes:
    """The minutes and the records of what was decided, as one PDF."""
    records = [decision_record(record, language) for record in values.records]
    attached = [one for record in records for one in attached_to(record, name=f"komek-record-{record.number}.json")]
    return bind([_page(values, language), *(record_page(record, language) for record in records)], attached=attached)


def _page(values: PrintedMinutes, language: Language) -> str:
    minutes = values.minutes
    return laid_out(
        "minutes.html",
        language=language,
        minutes=minutes,
        handles=minutes.handles,
        fund_name=in_language(dict(values.fund.names), language),
        title=in_language(dict(values.fund.paper_titles), language),
        demo=values.fund.demo,
        items=[_item(values, item, language) for item in minutes.items],
        signers=[one.handle for one in minutes.people if one.at_table or one.from_afar],
        hash=in_fours(values.hash),
        audit_seq=values.audit_seq,
        audit_hash=in_fours(values.audit_hash),
        choices=Choice,
        choice_titles={choice.value: title for choice, title in CHOICE_TITLES.items()},
        recusal_titles={reason.value: RECUSAL_TITLES[reason] for reason in RecusalReason},
        question_titles={reason.value: QUESTION_TITLES[reason] for reason in QuestionReason},
        hold_titles={reason.value: HOLD_TITLES[reason] for reason in HoldReason},
    )


def _item(values: PrintedMinutes, item: MinutedItem, language: Language) -> MinutesItem:
    subject = values.subjects[item.allocation]
    return MinutesItem(
        item=item,
        kind=subject.kind,
        title=title_of(subject, language),
        purpose=purpose_of(subject, language),
        state=ALLOCATION_STATE_TITLES[AllocationState(item.state)],
        total=Money(item.total_minor, item.currency),
        root=in_fours(item.content_root),
    )
