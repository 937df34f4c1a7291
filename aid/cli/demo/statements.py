"""The sample fund's statements: brought in, most lines of one explained, one split, some of each kind left open.

A batch with its payments, interest, a gift in another currency of which a bank kept a charge, and a bank's table.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.bank_lines import KnownBy
from aid.domain.bank_tables import StatementMapping
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.permissions import Role
from aid.domain.statement_files import look_through
from aid.domain.statements import Lost
from aid.domain.suggestions import Against, Fee, Gift, Proposal, Referred, Tie
from aid.extensions import reading
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount
from aid.perform import perform
from aid.queries.lines import OpenLine, open_lines, stranger_of
from aid.readers.statements import guessed_mapping, read_statement
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import EndOrder, end_line
from aid.services.lines.explaining import ByEntry, ByFee, ByGift, ByReference, EndPart, How
from aid.services.lines.rules import RuleOrder, teach
from aid.services.statements.accounts import accounts_of, own_accounts
from aid.services.statements.facts import facts_of
from aid.services.statements.waiting import Waiting
from aid.services.statements.whole_files import bring_in

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

FILE = Path(__file__).with_name("statement.xml")
TABLE = Path(__file__).with_name("table.csv")
MORE = "@today@,With love from Leeds,Sarah Brown,20.00,,2551.00\n"
"""What the bank's next table has beside: it lies with the documents, for whoever wants to bring one in."""
UNION = "GD0007"


def explain_statement(story: "Story", bank_code: str, *, reference: str) -> None:
    """A statement of the account in Gdańsk comes in, and the treasurer goes through its lines.

    `reference`: that a donor was given, and wrote into the text of a standing order.
    """
    story.say("Bringing in a statement of the account in Gdańsk, and explaining most of its lines")
    bank_id = reading().scalars(select(BankAccount.id).where(BankAccount.code == bank_code)).one()
    _bring(story, bank_id, reference)
    _set_union_apart(story, bank_id)
    for its_own in ("GD0001", "GD0002", "GD0003", "GD0004", "GD0005", "GD0006", "GD0009", "GD0014"):
        story.wait(minutes=1)
        line = _open(story, bank_id)[its_own]
        assert line.offer is not None, f"line {its_own} is plain"
        _accept(story, line, line.offer.proposal)
    _bring_table(story, "GBP")


def _bring(story: "Story", bank_id: UUID, reference: str) -> None:
    text = FILE.read_text("utf-8").replace("@reference@", f"{reference[:4]}.{reference[4:8]}.{reference[8:]}")
    _bring_file(story, bank_id, FILE.name, _of_today(story, text))


def _bring_table(story: "Story", currency: str) -> None:
    """A table of the bank that keeps the account in this currency; its lines are left open."""
    story.say("Bringing in a table of another bank")
    bank_id = reading().scalars(select(BankAccount.id).where(BankAccount.currency == currency)).one()
    text = TABLE.read_text("utf-8")
    written = _of_today(story, text)
    mapping = replace(guessed_mapping(written, file_name=TABLE.name).mapping, currency=currency)
    _bring_file(story, bank_id, TABLE.name, written, mapping)
    story.print(f"next-{TABLE.name}", _of_today(story, text + MORE))


def _of_today(story: "Story", text: str) -> bytes:
    return text.replace("@today@", story.now.today.isoformat()).encode()


def _bring_file(
    story: "Story", bank_id: UUID, name: str, written: bytes, mapping: StatementMapping | None = None
) -> None:
    lines = Waiting()
    seen = look_through(read_statement(written, file_name=name, mapping=mapping), lines.keep)
    assert all(problem.lost is Lost.NOTHING for problem in seen.problems), "the sample is whole"
    accounts = accounts_of(seen, own_accounts(reading()), chosen=bank_id)
    facts = facts_of(seen, accounts, sha256=hashlib.sha256(written).digest(), size=len(written))
    bring_in(lambda service, **what: _do(story, service, **what), file=facts, lines=lines)


def _set_union_apart(story: "Story", bank_id: UUID) -> None:
    """One line is for two purposes; what comes from that account is for school things from now on."""
    line = _open(story, bank_id)[UNION]
    purposes = {purpose.code: purpose.id for purpose in reading().scalars(select(Purpose))}
    donor = stranger_of(line.payment)
    assert donor is not None, "the line names a union"
    first = EndPart(Money(800_00, "EUR"), ByGift(donor, purposes["school"]))
    _do(story, end_line, order=EndOrder(line_id=line.id, parts=(first,)))
    story.wait(minutes=1)
    known = next(offer.proposal for offer in _open(story, bank_id)[UNION].offers if isinstance(offer.proposal, Gift))
    assert known.donor_id is not None, "they gave a minute ago"
    rest = EndPart(Money(700_00, "EUR"), ByGift(known.donor_id, purposes["general"]))
    _do(story, end_line, order=EndOrder(line_id=line.id, parts=(rest,)))
    other = line.payment.other if line.payment else None
    assert other is not None, "the line names a union"
    rule = RuleOrder(known_by=KnownBy.ACCOUNT, said=other.account, kind=EndKind.DONATION, purpose_id=purposes["school"])
    _do(story, teach, order=rule)


def _open(story: "Story", bank_id: UUID) -> dict[str, OpenLine]:
    """The open lines by the bank's references."""
    actor = story.the(Role.TREASURER).actor()
    found = open_lines(reading(), actor=actor, now=story.now, bank_id=bank_id)
    return {line.told.bank_reference: line for line in found.rows if line.told}


def _accept(story: "Story", line: OpenLine, proposal: Proposal) -> None:
    """Do what the one key does."""
    match proposal:
        case Against(other_id, kind):
            order = AgainstOrder(line_id=line.id, other_id=other_id, amount=line.still, kind=kind)
            _do(story, set_against, order=order)
        case _:
            part = EndPart(line.still, _how(line, proposal))
            _do(story, end_line, order=EndOrder(line_id=line.id, parts=(part,)))


def _how(line: OpenLine, proposal: Proposal) -> How:
    match proposal:
        case Tie(entry_id):
            return ByEntry(entry_id)
        case Fee(purpose_id):
            return ByFee(purpose_id)
        case Referred(reference_id, donor_id, _purpose_id):
            return ByReference(reference_id, donor_id)
        case Gift(donor_id, purpose_id):
            donor = donor_id or stranger_of(line.payment)
            assert donor is not None, "the line names somebody"
            return ByGift(donor, purpose_id)
    raise AssertionError(f"nothing else is accepted here: {proposal}")


def _do(story: "Story", service: Callable[..., Any], **what: Any) -> Any:
    return perform(key(), service, actor=story.the(Role.TREASURER).actor(), now=story.now, **what)
