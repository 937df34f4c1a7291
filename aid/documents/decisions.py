"""From a decision to its record, with all names in one language."""

from collections.abc import Mapping

from aid.documents.record import DecisionRecord, RecordedVote, RecordLine, Words
from aid.domain.languages import Language
from aid.domain.words import Message
from aid.models.base import in_language
from aid.queries.committee import RecordValues


def decision_record(values: RecordValues, reader: Language) -> DecisionRecord:
    """The record of a decision, as one language prints it."""
    shown = values.allocation
    said = shown.sentences
    return DecisionRecord(
        fund_name=in_language(dict(values.fund), reader),
        paper_title=in_language(dict(values.paper_titles), reader),
        number=shown.number,
        programme=_said(shown.titles, reader),
        purpose=_said(shown.purpose, reader),
        rule=(said.rule, *said.terms, *said.days) if said else shown.rules,
        proposed_by=shown.proposed_by,
        proposed_at=shown.proposed_at,
        families=shown.families,
        children=shown.children,
        total=shown.total,
        available_before=values.available_before,
        available_after=values.available_after,
        quorum=shown.quorum,
        members=values.members,
        votes=tuple(
            RecordedVote(vote.member, vote.choice, vote.cast_at, vote.key, vote.signature, vote.reason)
            for vote in values.votes
        ),
        carried=values.carried,
        decided_at=values.decided_at,
        notice_until=values.notice_until,
        content_root=shown.content_root.hex(),
        ledger_head=values.ledger_head,
        audit_head=values.audit_head,
        lines=tuple(
            RecordLine(line.code, line.amount, in_language(dict(line.point), reader), line.items)
            for line in values.lines
        ),
        demo=values.demo,
        attached=values.attached,
    )


def _said(names: Mapping[str, str] | Message, reader: Language) -> Words:
    """A name that the fund wrote, in the record's language, or one that is still to be said in it."""
    return names if isinstance(names, Message) else in_language(dict(names), reader)
