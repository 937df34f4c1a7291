"""The disbursement record: what the committee decided, by whose signed votes, and each sum by family code."""

from dataclasses import dataclass
from datetime import datetime

from aid.documents.layout import laid_out
from aid.documents.press import Attached, press
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.quorum import CHOICE_TITLES, Choice
from aid.domain.words import Message
from aid.queries.attached import sum_of

Words = Message | str
"""A sentence still to be said in the record's language, or words that people wrote."""


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """One member's last word, as it was signed."""

    member: str  # handle
    choice: Choice
    cast_at: datetime
    key: str  # fingerprint of the member's voting key
    signature: str  # its beginning, to compare with the ledger
    reason: Words | None = None  # why a member stepped out


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What one family receives, by its code; or a point, in goods or cash."""

    family_code: str | None
    amount: Money
    point: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Everything the record of one decision says."""

    fund_name: str
    paper_title: str
    number: int  # of the allocation
    programme: Words
    purpose: Words
    rule: tuple[Words, ...]
    proposed_by: str
    proposed_at: datetime
    families: int
    children: int
    total: Money
    available_before: Money | None  # none where nothing is spent
    available_after: Money | None
    quorum: int
    members: int
    votes: tuple[RecordedVote, ...]  # those who stepped out among them
    carried: bool
    decided_at: datetime
    notice_until: datetime | None  # none when rejected
    content_root: str  # hex, as the votes signed it
    ledger_head: str
    audit_head: str
    lines: tuple[RecordLine, ...]
    demo: bool = False
    attached: bytes = b""  # the same in codes and numbers, for docs/verify_record.py

    def cast(self, choice: Choice) -> int:
        """How many members answered this."""
        return sum(vote.choice is choice for vote in self.votes)

    def signers(self) -> tuple[str, ...]:
        """Who signs the paper: the members who voted."""
        return tuple(vote.member for vote in self.votes if vote.choice is not Choice.RECUSAL)


def record_pdf(record: DecisionRecord, language: Language) -> bytes:
    """The record as PDF, in one language, with its content inside."""
    return press(record_page(record, language), attached=attached_to(record))


def record_page(record: DecisionRecord, language: Language) -> str:
    """The record laid out, for the press."""
    content = {"record": record, "choices": Choice, "choice_titles": CHOICE_TITLES}
    attached_sum = sum_of(record.attached) if record.attached else ""
    return laid_out("record.html", language=language, attached_sum=attached_sum, **content)


def attached_to(record: DecisionRecord, *, name: str = "komek-record.json") -> tuple[Attached, ...]:
    """The content that goes inside the record's PDF."""
    if not record.attached:
        return ()
    return (Attached(name, record.attached, f"Record {record.number}", record.decided_at),)
