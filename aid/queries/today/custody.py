"""What an arrest leaves to do: families to warn, accounts that look unusual, records under old keys."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.queries.exposure import left_to_warn, unusual_looks
from aid.queries.resealing import left_under_old_keys
from aid.queries.stops import waits_for_word
from aid.queries.today.waiting import Waiting
from aid.services.stops import stop_in_force
from aid.vault.actor import Actor


def to_warn(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Families that an account in wrong hands had opened, and nobody warned them yet: each hour counts."""
    left = left_to_warn(session)
    title = n_("family to warn", "families to warn", left.count)
    hint = _("A colleague was cut off who had opened their records.")
    return Waiting("custody.exposures", left.count, title, hint, left.since, patience=0)


def unusual(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Accounts that opened more families in a day than their work explains."""
    found = unusual_looks(session, actor=actor, now=now)
    title = n_("account opened unusually many families", "accounts opened unusually many families", len(found))
    since = min((looks.at for looks in found), default=None)
    hint = _("Call them: a busy day, or somebody else?")
    return Waiting("custody.exposures", len(found), title, hint, since, patience=0)


def to_say_of_stop(session: Session, actor: Actor, now: Instant) -> Waiting:
    """An emergency stop to which this member has not signed a word yet."""
    stop = stop_in_force(session, now=now) if waits_for_word(session, actor=actor, now=now) else None
    title = n_("emergency stop waits for your word", "emergency stops wait for your word", int(stop is not None))
    hint = _("Call who pressed it, then say whether it stays or is lifted.")
    return Waiting("stop.index", int(stop is not None), title, hint, stop.at if stop else None, patience=0)


def to_reseal(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Records that are still under keys of before somebody left."""
    count = left_under_old_keys(session, actor=actor).total
    title = n_("record is still under old keys", "records are still under old keys", count)
    return Waiting("custody.re_seal", count, title, _("After somebody left, they are sealed under the new ones."))
