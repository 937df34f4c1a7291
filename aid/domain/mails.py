"""A message of thanks on its way: where it stands, what may follow, to what address it can go, and what a mail server
said of it, without a word that names anybody.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from aid.domain.words import Message, _

LONGEST_WORDS: Final = 200
SHORTEST_NAMING: Final = 3  # letters: shorter parts of a name are also words of a server
HIDDEN: Final = "…"
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_CODE: Final = re.compile(r"[245]\d\d|[245]\.\d{1,3}\.\d{1,3}")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]{0,30}[.,:;!?]?")


class MailState(StrEnum):
    """Where a message of thanks stands. Those that nobody need look at again are SENT, ACCEPTED and the last two."""

    ASKED = "asked"  # somebody pressed send; nothing has left
    SENDING = "sending"  # written down before the message leaves
    SENT = "sent"  # the mail server took it
    FAILED = "failed"  # the mail server did not take it, or it never left
    UNKNOWN = "unknown"  # nobody heard whether it was taken: the worker or the line fell
    ACCEPTED = "accepted"  # a treasurer found that it arrived
    REOPENED = "reopened"  # a treasurer found that it did not: the donation waits for thanks again
    RETURNED = "returned"  # nothing was tried: the donation waits for thanks again


NEXT: Final[Mapping[MailState, frozenset[MailState]]] = MappingProxyType(
    {
        MailState.ASKED: frozenset({MailState.SENDING, MailState.RETURNED}),
        MailState.SENDING: frozenset({MailState.SENT, MailState.FAILED, MailState.UNKNOWN}),
        MailState.FAILED: frozenset({MailState.ACCEPTED, MailState.REOPENED}),
        MailState.UNKNOWN: frozenset({MailState.ACCEPTED, MailState.REOPENED}),
        MailState.SENT: frozenset(),
        MailState.ACCEPTED: frozenset(),
        MailState.REOPENED: frozenset(),
        MailState.RETURNED: frozenset(),
    }
)
"""What may follow on what. Nothing leads back to SENDING: no message is ever sent twice."""

MOVING: Final = (MailState.ASKED, MailState.SENDING)
IN_DOUBT: Final = (MailState.FAILED, MailState.UNKNOWN)
ARRIVED: Final = (MailState.SENT, MailState.ACCEPTED)
STANDING: Final = (*MOVING, *IN_DOUBT, *ARRIVED)
"""A donation has one such message at most: while there is one, no other is written."""

STATE_TITLES: Final[Mapping[MailState, Message]] = MappingProxyType(
    {
        MailState.ASKED: _("Waits to be sent"),
        MailState.SENDING: _("Being sent"),
        MailState.SENT: _("Sent"),
        MailState.FAILED: _("Not sent"),
        MailState.UNKNOWN: _("Not known whether it was sent"),
        MailState.ACCEPTED: _("Sent, as a treasurer found"),
        MailState.REOPENED: _("Not sent, as a treasurer found"),
        MailState.RETURNED: _("Given back before it was sent"),
    }
)


def why_no_mail_to(address: str | None) -> Message | None:
    """Say why no message can go to this address, or nothing. Only plain ones are written to: no quotes, no lists."""
    if not address:
        return _("No e-mail address is known.")
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return _("The e-mail address has signs that mail servers do not take; print the letter.")
    labels = ascii_domain(domain).split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return _("The e-mail address has signs that mail servers do not take; print the letter.")
    return None


def ascii_domain(domain: str) -> str:
    """A domain as mail servers write it; nothing where it can't be one."""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def spoken_by_server(words: str, *, naming: Iterable[str]) -> str:
    """What a mail server said, kept to its codes and plain words, without any that could name whom it was about.

    `naming` is all that names them: name, address lines, e-mail. A word is hidden when any part of those is in it.
    """
    parts = {part for each in naming for part in _parts(each)}
    kept = [word if _is_harmless(word, parts) else HIDDEN for word in words.split()]
    said = " ".join(word for place, word in enumerate(kept) if word != HIDDEN or kept[place - 1 : place] != [HIDDEN])
    return said[:LONGEST_WORDS]


def _parts(naming: str) -> set[str]:
    folded = naming.casefold()
    domain = ascii_domain(folded.rpartition("@")[2]) if "@" in folded else ""
    pieces = re.split(r"[\W_]+", folded) + domain.split(".")
    return {piece for piece in pieces if len(piece) >= SHORTEST_NAMING}


def _is_harmless(word: str, parts: set[str]) -> bool:
    if _CODE.fullmatch(word):
        return True
    folded = word.casefold()
    return bool(_WORD.fullmatch(word)) and not any(part in folded for part in parts)
