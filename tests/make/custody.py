"""What goes wrong, for tests: somebody cut off and back again, families warned, unusual looks, a lock and two keys."""

from unittest.mock import patch
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import SuspensionReason
from aid.extensions import db
from aid.models.people import Person
from aid.perform import look
from aid.services import sightings
from aid.services.families import open_file
from aid.services.lockdowns import KeyTurned, lock, turn_key
from aid.services.suspensions import Suspended, reinstate, suspend
from aid.services.warnings import note_warned
from aid.vault.actor import Actor
from tests.make import do
from tests.make.families import make_family
from tests.make.fund import FoundedFund


def cut_off(fund: FoundedFund, who: Actor | str, *, by: Actor | None = None, **more: SuspensionReason) -> Suspended:
    """Somebody is arrested, and a colleague presses the button."""
    person = fund.actor(who) if isinstance(who, str) else who
    reason = more.get("reason", SuspensionReason.ARRESTED)
    return do(suspend, actor=by or fund.administrator, person_id=person.person_id, reason=reason)


def key(actor: Actor, *, now: Instant | None = None) -> KeyTurned:
    """Somebody turns their key at the locked page, with the next code of their phone."""
    with Session(db.engine) as session:
        person = session.get_one(Person, actor.person_id)
        public, step = person.hpke_public, person.totp_step + 1
    return do(turn_key, actor=actor, now=now, public=public, code=step)


def make_trouble(fund: FoundedFund) -> None:
    """All of it once, and everybody back at work."""
    family = make_family(fund)
    with patch.object(sightings, "quota_of", return_value=0):
        look(open_file, actor=fund.confirmer, family_id=family.family_id, why="confirm")
    done = cut_off(fund, fund.confirmer)
    warned: tuple[UUID, ...] = (family.family_id,)
    do(note_warned, actor=fund.coordinator, suspension_id=done.suspension_id, family_ids=warned)
    do(reinstate, actor=fund.coordinator, person_id=done.person_id)
    do(lock, actor=fund.distributor)
    key(fund.treasurer)
    key(fund.auditor)
