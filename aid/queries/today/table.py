"""What waits at the tables: a word on somebody who is not on the list, and codes that nobody knows."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.queries import refused, strangers
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor


def strangers_waiting(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Somebody who is not on a family's list stands at a table, and a second person is asked."""
    count = strangers.count_waiting(session, actor=actor, now=now)
    title = n_("collector not on the list waits for your word", "collectors not on the list wait for your word", count)
    hint = _("Go to the table, look at the person and the paper, and then agree.")
    return Waiting("strangers.index", count, title, hint)


def odd_codes(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Somebody tries unknown codes, more than tired hands do."""
    count, since = refused.odd(session, actor=actor, now=now)
    title = n_("person tried many unknown codes", "people tried many unknown codes", count)
    hint = _("Ask at the table: false papers, a wrong point, or somebody who guesses.")
    return Waiting("collections.refused", count, title, hint, since, patience=1)
