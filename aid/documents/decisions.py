"""From a decision to its record, with all names in one language."""

from aid.documents.record import DecisionRecord, RecordedVote, RecordLine
from aid.domain.languages import Language
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
        programme=in_language(dict(shown.titles), reader),
        purpose=in_language(dict(shown.purpose), reader),
        rule=(said.rule, *said.days),
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
        lines=tuple(RecordLine(line.code, line.amount, in_language(dict(line.point), reader)) for line in values.lines),
        demo=values.demo,
        attached=values.attached,
    )
