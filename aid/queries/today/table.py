"""What waits at the tables: a word on somebody who is not on the list, and codes that nobody knows."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.queries import point_lists, refused, strangers
from aid.queries.today.waiting import Waiting, oldest
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


def lists_to_enter(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Lists of days without network whose day is over, and that nobody closed."""
    found = oldest(session, point_lists.lists_to_enter(actor=actor, now=now))
    title = n_("paper list is not entered yet", "paper lists are not entered yet", found.count)
    hint = _("Enter what was handed out by it, and destroy the paper.")
    one = found.alone("list_id")
    return Waiting(
        "point_lists.show" if one else "point_lists.index", found.count, title, hint, found.since, 1, values=one
    )


def late_to_decide(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Lines of such lists that do not go together with the books."""
    found = oldest(session, point_lists.waiting_lines(actor=actor))
    title = n_("line of a paper list to decide", "lines of paper lists to decide", found.count)
    hint = _("The paper says something else than the books: see both, and say what is true.")
    one = found.alone("line_id")
    return Waiting(
        "point_lists.line" if one else "point_lists.index", found.count, title, hint, found.since, 2, values=one
    )
