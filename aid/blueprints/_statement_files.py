"""A statement's file between its pages: opened, gone through as it was chosen, and what bringing it in comes to."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from aid.domain.bank_tables import StatementMapping, why_not_remember
from aid.domain.imports import Stage
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.statement_files import FileSeen
from aid.domain.statements import StatementItem
from aid.domain.words import Message
from aid.extensions import reading
from aid.models.imports import BroughtKind, PartKind
from aid.queries import banks
from aid.queries.banks import BankRow
from aid.readers.statements import CHUNK, is_table, read_statement
from aid.readers.statements.views import TableSeen, look_at_table
from aid.security import current_actor
from aid.services.imports.lists import OpenList, open_list
from aid.services.statements import signs
from aid.services.statements.accounts import OwnAccount, accounts_of, is_to_choose, new_signs, own_accounts
from aid.services.statements.bringing import FileFacts
from aid.services.statements.facts import facts_of
from aid.services.statements.stepping import Learnt
from aid.services.statements.waiting import Waiting, gone_through
from aid.services.statements.whole_files import WouldAdd, would_add


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits, as it came, and how it was chosen to be read."""

    list_id: UUID
    name: str
    payload: bytes = field(repr=False)
    mapping: StatementMapping | None
    bank: str  # the code of the account that was chosen, or nothing

    @property
    def is_table(self) -> bool:
        """Whether it is read by a mapping."""
        return is_table(self.payload[:CHUNK])


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that waits, gone through; without an account, `facts` is none and `refusal` says why."""

    upload: Upload
    seen: FileSeen
    lines: Waiting
    accounts: dict[int, OwnAccount]
    facts: FileFacts | None
    refusal: Message | None
    is_to_choose: bool
    is_remembered: bool  # the account was chosen for a file like it before
    signs: dict[str, UUID] = field(repr=False)


def upload_of(list_id: UUID) -> Upload | None:
    """One's own file that waits to be brought in; none where it waits no more."""
    waits = waiting(list_id)
    if waits is None or waits.row.stage is not Stage.READ:
        return None
    payload, how = waits.take(reading(), PartKind.FILE), waits.value(reading(), PartKind.HOW)
    if payload is None:
        return None
    mapping = how["how"].get("mapping")
    told = StatementMapping.from_plain(mapping) if mapping else None
    return Upload(list_id, how["file"], payload, told, how["how"].get("bank", ""))


def waiting(list_id: UUID) -> OpenList | None:
    """One's own file, waiting or being brought in; none where there is no such one."""
    try:
        kept = open_list(reading(), actor=current_actor(), list_id=list_id)
    except NotAllowed:
        raise
    except RuleBroken:
        return None
    return kept if kept.row.what is BroughtKind.STATEMENT else None


def looked_at(upload: Upload) -> Looked:
    """Go through a file as it was chosen. Raises RuleBroken for what can't be read."""
    own = own_accounts(reading())
    chosen = next((account for account in own if account.code == upload.bank), None)
    seen, lines = read_through(upload.payload, upload.name, chosen.currency if chosen else "", upload.mapping)
    choose = is_to_choose(seen, own)
    meant = signs.meant(signs.signs(reading(), current_actor().keyring))
    try:
        accounts = accounts_of(seen, own, chosen=chosen.id if chosen else None, meant=meant)
        digest = hashlib.sha256(upload.payload).digest()
        facts = facts_of(seen, accounts, sha256=digest, size=len(upload.payload))
    except RuleBroken as refusal:
        return Looked(upload, seen, lines, {}, None, refusal.message, choose, is_remembered=False, signs={})
    said = new_signs(seen, own, accounts)
    is_remembered = choose and chosen is None
    return Looked(upload, seen, lines, accounts, facts, None, choose, is_remembered, said)


def read_through(
    payload: bytes, name: str, currency: str, mapping: StatementMapping | None
) -> tuple[FileSeen, Waiting]:
    """What a file holds, and its lines. Raises RuleBroken."""

    def read(told: str) -> Iterator[StatementItem]:
        return read_statement(payload, file_name=name, currency=told, mapping=mapping)

    return gone_through(read, currency=currency)


def table_of(upload: Upload) -> TableSeen:
    """A file that is a table, read as it was chosen, or as it was guessed. Raises RuleBroken."""
    return look_at_table(upload.payload, file_name=upload.name, mapping=upload.mapping)


def in_currency_of(seen: FileSeen) -> list[BankRow]:
    """The fund's accounts that the file can be of."""
    named = {statement.currency for statement in seen.statements if statement.currency}
    own = banks.bank_accounts(reading(), actor=current_actor())
    return [bank for bank in own if not named or bank.currency in named]


def adds(found: Looked) -> WouldAdd | None:
    """What it would add; none while nobody knows which account it is of."""
    if found.facts is None:
        return None
    return would_add(reading(), actor=current_actor(), file=found.facts, lines=found.lines)


def learnt_of(found: Looked) -> Learnt:
    """What is remembered when it is brought in: which account it is of, and what its columns are."""
    if found.upload.mapping is None:
        return Learnt(signs=found.signs)
    table = table_of(found.upload)
    if why_not_remember(table.headings):
        return Learnt()
    banks_of = tuple({account.id: None for account in found.accounts.values()})
    return Learnt(signs=found.signs, signature=table.signature, mapping=found.upload.mapping.plain(), banks=banks_of)
