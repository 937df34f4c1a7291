"""The family's slip at the table: opened once for the green page, which carries a mark that it was shown.

Who hands out sends the mark back: it says that this person has seen this very slip for this voucher, and how many may
collect. So the slip is not opened a second time, and who was chosen is still the person whose name stood there.
"""

import hmac
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import MOST_COLLECTORS, Slip
from aid.models.ready import Ready
from aid.models.records import Record, RecordKind
from aid.services import records, sightings
from aid.services.collections.finding import Good, Here
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from aid.vault.failures import NoKey
from aid.vault.tokens import TokenKind, TokenMaker


def slip_of(session: Session, *, found: Good, actor: Actor, now: Instant) -> Slip | None:
    """Open the family's slip, and record the look. None when this point has no key to it any more."""
    assert actor.id is not None, "the system hands out nothing"
    family_id = found.voucher.family_id
    try:
        opened = records.take_out(session, kind=RecordKind.SLIP, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        return None
    if opened is None:
        return None
    sightings.saw(session, person_id=actor.id, families=[family_id], what=RecordKind.SLIP, why="collect", now=now)
    return Slip.from_plain(opened)


def mark_of(session: Session, *, found: Good, here: Here, actor: Actor, collectors: int) -> str:
    """What the green page carries: how many may collect, and the point's word that this person was shown who."""
    version = _version_of(session, found)
    assert version is not None, "it was opened a moment ago"
    return _marked(found, here=here, actor=actor, version=version, collectors=collectors)


def collectors_shown(session: Session, *, found: Good, here: Here, actor: Actor, mark: str) -> int | None:
    """How many may collect, as this person was shown; nothing where the slip is another by now, or was never shown."""
    count, version = mark.partition(".")[0], _version_of(session, found)
    if version is None or count not in _COUNTS:
        return None
    own = _marked(found, here=here, actor=actor, version=version, collectors=int(count))
    return int(count) if hmac.compare_digest(own.encode(), mark.encode()) else None


def _marked(found: Good, *, here: Here, actor: Actor, version: int, collectors: int) -> str:
    tokens = TokenMaker(actor.keyring.current(here.ring_id).index_key)
    shown = canonical([actor.person_id, found.voucher.id, version, collectors])
    return f"{collectors}.{tokens.mark(TokenKind.SLIP, shown).hex()}"


def _version_of(session: Session, found: Good) -> int | None:
    """Each time when somebody else may collect, the slip is written anew and counted on."""
    row = _VERSION.first(session, {"family": found.voucher.family_id})
    return row[0] if row else None


_COUNTS = frozenset(map(str, range(MOST_COLLECTORS + 1)))
_SLIP = cast(Table, Record.__table__).c
_VERSION = Ready(select(_SLIP.version).where(_SLIP.kind == RecordKind.SLIP, _SLIP.row_id == bindparam("family")))
