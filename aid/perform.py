"""The only commit: a form's key is answered once, whatever happens between the commit and the answer."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from sqlalchemy import Insert, bindparam, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.outcomes import outcome_from_plain, outcome_plain
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _
from aid.extensions import now as this_moment
from aid.extensions import reading, writing
from aid.models.audit import Performed
from aid.models.custody import Lockdown
from aid.models.people import Person, PersonState
from aid.models.ready import Ready, keep_connection
from aid.services import audit
from aid.services.collector import resting_collector
from aid.services.lockdowns import LOCKED
from aid.vault.actor import Actor
from aid.vault.cbor import canonical

ATTEMPTS = 5
WHILE_LOCKED = frozenset({"lockdowns.lock", "lockdowns.turn_key"})
"""What people do in a locked fund."""
PASSING = frozenset({"40001", "40P01"})  # serialisation failure, deadlock

Outcome = TypeVar("Outcome")


def perform(
    key: str, action: Callable[..., Outcome], *, actor: Actor, now: Instant | None = None, **what: Any
) -> Outcome:
    """Do an action once for this key, and give the same answer to whoever asks again.

    `key` is the form's 128 random bits in hex. An action is a service: it takes a session, the actor and `now`, and
    what is asked. Raises RuleBroken, which leaves no trace; a refusal to be remembered is an outcome.
    """
    asked = canonical([_name(action), actor.person_id, what])
    request = _Request(bytes.fromhex(key), action, actor, asked)

    def once(session: Session, moment: Instant) -> Outcome:
        if not _take(session, request, moment):
            answer: Outcome = _answered(session, request)
            return answer
        outcome = action(session, actor=actor, now=moment, **what)
        told = json.dumps(outcome_plain(outcome), ensure_ascii=False, sort_keys=True)
        _TELL.run(session, {"its_id": request.id, "told": told})
        return outcome

    return _commit(once, action, actor=actor, now=now)


def look(action: Callable[..., Outcome], *, actor: Actor, now: Instant | None = None, **what: Any) -> Outcome:
    """Open something sealed: what was seen is committed as a sighting before the answer is given."""

    def once(session: Session, moment: Instant) -> Outcome:
        return action(session, actor=actor, now=moment, **what)

    return _commit(once, action, actor=actor, now=now)


@resting_collector()
def _commit(
    once: Callable[[Session, Instant], Outcome], action: Callable[..., Outcome], *, actor: Actor, now: Instant | None
) -> Outcome:
    """Run, write the audit lines last, commit; begin again after a deadlock or a serialisation failure."""
    moment = now or this_moment()
    reading().rollback()  # what was read before the write is read anew after it
    for attempt in range(1, ATTEMPTS + 1):
        with Session(writing(), expire_on_commit=False) as session:
            try:
                keep_connection(session)
                _refuse_cut_off(session, actor, _name(action))
                outcome = once(session, moment)
                audit.write_down(session, actor_id=actor.person_id, now=moment)
                session.commit()
            except DBAPIError as failure:
                session.rollback()
                if attempt == ATTEMPTS or getattr(failure.orig, "sqlstate", None) not in PASSING:
                    raise
                time.sleep(0.01 * 2**attempt)
            else:
                return outcome
    raise AssertionError("the last attempt raises")


def _refuse_cut_off(session: Session, actor: Actor, action: str) -> None:
    """Let nobody write who was cut off since their request began, and nobody in a locked fund. Raises NotAllowed.

    The row's lock is the one that a suspension waits for: what was begun before it is done, and nothing comes after it.
    """
    if actor.person_id is None:
        return
    state, is_locked = _STANDING.first(session, {"person": actor.person_id}) or (None, False)
    if state is PersonState.SUSPENDED:
        raise NotAllowed(_("This account was cut off. Nothing was done."))
    if is_locked and action not in WHILE_LOCKED:
        raise NotAllowed(LOCKED)


def _standing() -> Ready:
    """A person's state, held, and whether the fund is locked."""
    person, lockdown = Person.__table__, Lockdown.__table__
    locked = exists().where(lockdown.c.lifted_at.is_(None))
    theirs = select(person.c.state, locked).where(person.c.id == bindparam("person"))
    return Ready(theirs.with_for_update(read=True, key_share=True, of=person))


_STANDING = _standing()
_PERFORMED = Performed.__table__
_ITS_ID = _PERFORMED.c.id == bindparam("its_id")
_TELL = Ready(update(_PERFORMED).where(_ITS_ID).values(outcome=bindparam("told")))  # type: ignore[arg-type]


class _Request:
    """An idempotency key, and what was asked under it."""

    def __init__(self, key: bytes, action: Callable[..., Any], actor: Actor, asked: bytes) -> None:
        if len(key) != 16:
            raise ValueError("an idempotency key is 128 bits")
        self.id = hashlib.sha256(key).digest()
        self.action = action
        self.actor_id = actor.person_id
        self.digest = hmac.digest(key, asked, hashlib.sha256)


def _take(session: Session, request: _Request, now: Instant) -> bool:
    """Take the key by INSERT. A rival with the same key waits here, and then finds it taken."""
    row = {
        "id": request.id,
        "actor_id": request.actor_id,
        "action": _name(request.action),
        "digest": request.digest,
        "outcome": "",
        "at": now.instant,
    }
    insert = _insert_new(session.get_bind().dialect.name)
    return insert.first(session, row) is not None  # psycopg counts no rows of an INSERT


@cache
def _insert_new(dialect: str) -> Ready:
    kind = postgresql if dialect == "postgresql" else sqlite
    insert: Insert = kind.insert(_PERFORMED).on_conflict_do_nothing()
    return Ready(insert.returning(_PERFORMED.c.id))


def _answered(session: Session, request: _Request) -> Any:
    """The answer given before, to the same person asking the same; anything else is refused."""
    row = session.scalars(select(Performed).where(Performed.id == request.id)).one()
    same = row.actor_id == request.actor_id and hmac.compare_digest(row.digest, request.digest)
    if not same or row.action != _name(request.action):
        raise RuleBroken(
            _(
                "This form was already sent with other contents. "
                "Open the page anew and check what was done before you repeat it."
            )
        )
    return outcome_from_plain(json.loads(row.outcome), _kinds(request.action))


def _name(action: Callable[..., Any]) -> str:
    return f"{action.__module__.removeprefix('aid.services.')}.{action.__name__}"


@cache
def _kinds(action: Callable[..., Any]) -> Mapping[str, type]:
    """The outcomes an action may return, by name, from its annotation."""
    returns = get_type_hints(action)["return"]
    kinds = get_args(returns) if isinstance(returns, UnionType) else (returns,)
    return {kind.__name__: kind for kind in kinds}
