"""Nothing typed is lost: a form sent after the sign-in had ended is sealed to its owner, and offered again."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models.people import Draft, Person, PersonState, SignIn
from aid.vault import hpke
from aid.vault.actor import Actor
from aid.vault.cbor import canonical, load
from aid.vault.padding import pad, unpad

KEPT_FOR = timedelta(hours=12)
LARGEST = 256 * 1024  # bytes of a form; a longer one is not kept


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form as it was sent: where to, and its fields in order."""

    path: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether the form was kept; it is not when nobody knows whose it was."""

    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """The form is gone."""


def keep(session: Session, *, actor: Actor, now: Instant, sign_in_id: bytes, form: SentForm) -> Kept:
    """Seal a form to the person whose sign-in has ended. They alone can open it; a later form takes its place."""
    session.execute(delete(Draft).where(Draft.kept_at < now.instant - KEPT_FOR))
    owner = session.scalar(
        select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.id == sign_in_id, Person.state == PersonState.ACTIVE)
    )
    content = canonical([form.path, form.fields])
    if owner is None or len(content) > LARGEST:
        return Kept(None)
    sealed = hpke.seal(owner.hpke_public, pad(content), _info(owner.id))
    session.merge(Draft(person_id=owner.id, sealed=sealed, kept_at=now.instant))
    return Kept(owner.id)


def kept_form(session: Session, *, actor: Actor) -> SentForm | None:
    """The form that waits for this person, if one does."""
    draft = session.get(Draft, actor.id)
    private = actor.keyring.private
    if draft is None or private is None or actor.id is None:
        return None
    path, fields = load(unpad(hpke.open_(private, draft.sealed, _info(actor.id))), largest=2 * LARGEST)
    return SentForm(path, tuple((name, value) for name, value in fields))


def throw_away(session: Session, *, actor: Actor, now: Instant) -> ThrownAway:
    """Forget the form that was kept."""
    session.execute(delete(Draft).where(Draft.person_id == actor.id))
    return ThrownAway()


def _info(person_id: UUID) -> bytes:
    return canonical(["komek/1/draft", person_id])
