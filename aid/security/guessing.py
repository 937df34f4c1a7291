"""Slowing of guesses: whoever tries a password or a code waits their turn, and a wrong one is counted."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, session

from aid.domain.refusals import RuleBroken, WrongGuess
from aid.domain.words import Message, n_
from aid.extensions import now, reading
from aid.perform import look
from aid.security.sessions import KomekSession
from aid.services import guesses, sign_ins
from aid.services.sign_ins import Recognised
from aid.services.signing import SigningKey, signing_key
from aid.vault.actor import Actor
from aid.vault.bundles import PrivateHalves

STRANGERS = 2  # bytes that are left of an account's name: so many rows at most, whatever handles are made up

ALIKE = 2  # digits of a gift's code


class TooManyTries(RuleBroken):
    """Nothing is tried for a while, right or wrong."""


def recognised(*, handle: str, password: str, code: str) -> Recognised:
    """Find out who this is, as `sign_ins.recognise`, slowed for guessers. Raises RuleBroken and Busy."""
    with slowed(sign_in_guess(handle)):
        return sign_ins.recognise(reading(), handle=handle, password=password, code=code, now=now())


def own_halves(actor: Actor, password: str) -> PrivateHalves:
    """What the password of who is signed in opens, slowed for who only found the sign-in. Raises RuleBroken, Busy."""
    guess_id = own_guess(actor)
    with slowed(guess_id):
        halves = sign_ins.open_own(reading(), actor=actor, password=password)
    forget_wrong(guess_id)
    return halves


def own_signing_key(actor: Actor, password: str) -> SigningKey:
    """The half a member signs with, slowed as `own_halves`. Raises RuleBroken and Busy."""
    guess_id = own_guess(actor)
    with slowed(guess_id):
        key = signing_key(reading(), actor=actor, password=password)
    forget_wrong(guess_id)
    return key


@contextmanager
def slowed(guess_id: bytes) -> Iterator[None]:
    """Refuse while it is too early, else try; a wrong try is counted. Raises RuleBroken."""
    if wait := guesses.seconds_to_wait(reading(), guess_id=guess_id, now=now()):
        raise TooManyTries(too_early(wait))
    try:
        yield
    except WrongGuess:
        look(guesses.count_wrong, actor=Actor.system(), guess_id=guess_id)
        raise


def sign_in_guess(handle: str) -> bytes:
    """Where wrong tries for this account are counted: this device's row, or that of all strangers."""
    device = session.device if isinstance(session, KomekSession) else None
    if device and guesses.is_known(reading(), handle=handle, device_id=device.row_id):
        return _id("device", device.row_id.hex(), handle)
    return _id("strangers", handle)[:STRANGERS]


def own_guess(actor: Actor) -> bytes:
    """Where wrong tries at the password of who is signed in are counted."""
    return _id("own", str(actor.id))


def forget_wrong(guess_id: bytes) -> None:
    """Wrong tries before the right one count no more."""
    if guesses.any_wrong(reading(), guess_id=guess_id):
        look(guesses.forget, actor=Actor.system(), guess_id=guess_id)


def gift_guess(code: str) -> bytes:
    """Where tries at a gift's code are counted: together with all that begin alike, whoever types them.

    So nobody's address is kept, a slip of one donor's hand keeps few others waiting, and who guesses at random is
    slowed everywhere at once.
    """
    return _id("gift", code[:ALIKE])


def _id(*words: str) -> bytes:
    key: bytes = current_app.config["GUESS_KEY"]
    return hmac.digest(key, "\0".join(words).encode("utf-8", "replace"), hashlib.sha256)


def too_early(seconds: int) -> Message:
    """How long nothing is tried."""
    if seconds <= 90:
        return n_(
            "Too many wrong tries. Try again in %(num)s second.",
            "Too many wrong tries. Try again in %(num)s seconds.",
            seconds,
        )
    minutes = -(-seconds // 60)
    return n_(
        "Too many wrong tries. Try again in %(num)s minute.",
        "Too many wrong tries. Try again in %(num)s minutes.",
        minutes,
    )
