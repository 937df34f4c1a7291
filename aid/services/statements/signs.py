"""What files say of themselves that mean one of the fund's accounts: chosen once by a treasurer, and remembered.

What a file says (a number that is no IBAN, or a table's headings where it names no account) is sealed to the donors'
ring; the database shows which account something means, and not what.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.statements import StatementBegun
from aid.domain.words import _
from aid.models.records import RecordKind
from aid.models.statements import AccountSign
from aid.services import audit, records
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring

TABLE = "table "


@dataclass(frozen=True, slots=True)
class Sign:
    """What means one of the fund's accounts."""

    id: UUID
    bank_id: UUID
    said: str = field(repr=False)
    at: datetime
    by_id: UUID

    @property
    def is_table(self) -> bool:
        """Whether a table is known by its headings, since it names no account."""
        return self.said.startswith(TABLE)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The account has to be chosen anew."""


def sign_of(begun: StatementBegun) -> str:
    """What a statement says of its account, or what kind of table it is; nothing where it says nothing of itself."""
    said = "".join(sign for sign in begun.account.upper() if sign.isalnum())
    if said:
        return f"{said} {begun.currency}".strip()
    return f"{TABLE}{begun.table} {begun.currency}".strip() if begun.table else ""


def signs(session: Session, keyring: Keyring) -> list[Sign]:
    """Everything that means an account, opened; nothing for who is not in the donors' ring."""
    if not keyring.has(donors_ring(session)):
        return []
    rows = session.scalars(select(AccountSign).order_by(AccountSign.at, AccountSign.id)).all()
    ids = [row.id for row in rows]
    opened = records.take_out_all(session, kind=RecordKind.ACCOUNT_SIGN, row_ids=ids, keyring=keyring)
    latest = {opened[row.id]["said"]: row for row in rows if row.id in opened}
    return [
        Sign(row.id, row.bank_id, said, row.at, row.by_id) for said, row in latest.items() if row.bank_id is not None
    ]


def meant(known: Iterable[Sign]) -> dict[str, UUID]:
    """The account that each sign means."""
    return {sign.said: sign.bank_id for sign in known}


def remember(session: Session, *, actor: Actor, now: Instant, said: Mapping[str, UUID]) -> list[AccountSign]:
    """Remember which account each of these means, unless that is known; the rows it made."""
    known = meant(signs(session, actor.keyring))
    new = {sign: bank_id for sign, bank_id in said.items() if known.get(sign) != bank_id}
    return [_put(session, actor=actor, now=now, said=sign, bank_id=bank_id) for sign, bank_id in new.items()]


def forget_sign(session: Session, *, actor: Actor, now: Instant, sign_id: UUID) -> Forgotten:
    """Let the account be chosen anew when such a file comes. What was brought in stays. Raises RuleBroken."""
    actor.must(Permission.IMPORT_STATEMENTS)
    known = next((sign for sign in signs(session, actor.keyring) if sign.id == sign_id), None)
    if known is None:
        raise RuleBroken(_("This is forgotten already."))
    row = _put(session, actor=actor, now=now, said=known.said, bank_id=None)
    audit.say(session, "statement.account_forgotten", subject=row.id, made=[row])
    return Forgotten()


def _put(session: Session, *, actor: Actor, now: Instant, said: str, bank_id: UUID | None) -> AccountSign:
    assert actor.person_id is not None, "a person says it"
    row = AccountSign(id=new_id(), bank_id=bank_id, at=now.instant, by_id=actor.person_id)
    session.add(row)
    session.flush()
    ring = donors_ring(session)
    targets = [records.targets(session, [ring])[ring]]
    records.put(
        session,
        {"said": said},
        kind=RecordKind.ACCOUNT_SIGN,
        row_id=row.id,
        rings=targets,
        keyring=actor.keyring,
    )
    return row
