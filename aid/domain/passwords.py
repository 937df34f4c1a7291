"""Passwords: what one must be to keep a person's keys, on a disk that was stolen and has all the time there is."""

from aid.domain.words import Message, _

SHORTEST, LONGEST = 15, 200
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses, each as dear as Argon2id makes it
_READ = 72  # zxcvbn takes time for what is long; what these letters are worth is enough to know


def why_not_this_password(password: str, *, handle: str) -> Message | None:
    """Say why a person can't have this password, or nothing."""
    if len(password) < SHORTEST:
        return _("This password is too short. Take at least %(shortest)s characters.", shortest=SHORTEST)
    if len(password) > LONGEST:
        return _("This password is too long. Take at most %(longest)s characters.", longest=LONGEST)
    if handle.casefold() in password.casefold():
        return _("This password has your handle in it. Choose words that nobody links to you.")
    from zxcvbn import zxcvbn  # its dictionaries take a moment to load, and most of the program needs none

    if zxcvbn(password[:_READ], user_inputs=[handle, "komek"])["score"] < LEAST_SCORE:
        return _("This password is easy to guess. Take four or five words that have nothing to do with each other.")
    return None
