"""Signing as a member of the committee: the password opens the key, for one request and one signature."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken, WrongGuess
from aid.domain.words import _
from aid.models.people import Person
from aid.services.people import bundle_of
from aid.vault.actor import Actor
from aid.vault.bundles import WrongPassword, open_bundle


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The half a member signs with, opened by the password typed for one signature. Shown nowhere."""

    private: bytes = field(repr=False)


def signing_key(session: Session, *, actor: Actor, password: str) -> SigningKey:
    """Open the half a member signs with, by their password. Slow by design: call it before `perform`."""
    actor.must(Permission.VOTE)
    person = session.get_one(Person, actor.person_id)
    try:
        halves = open_bundle(bundle_of(person), password, person.id)
    except WrongPassword:
        raise WrongGuess(_("This is not your password. Nothing was signed."), "password") from None
    if halves.ed25519 is None:
        raise RuleBroken(_("You have no voting key yet. Ask an administrator to admit you to the committee."))
    return SigningKey(halves.ed25519)
