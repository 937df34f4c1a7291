"""Families that wait: to be confirmed, to be erased, to be asked whether they still need the fund."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.families import FamilyState
from aid.domain.imports import Stage
from aid.domain.words import _, n_
from aid.models.families import Erasure, Family, FamilyVersion, Withdrawal, written_by
from aid.models.households import came_back
from aid.models.imports import BroughtKind, BroughtList, BroughtPart, PartKind
from aid.queries.today.waiting import Waiting, oldest
from aid.queries.withdrawals import is_quiet
from aid.vault.actor import Actor


def to_confirm(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Families of one's own localities that somebody else wrote down."""
    last = aliased(FamilyVersion)
    rows = select(last.at).select_from(Family)
    rows = rows.join(last, (last.family_id == Family.id) & (last.version == Family.version))
    rows = rows.where(
        Family.state == FamilyState.REGISTERED, Family.locality_id.in_(actor.localities), ~written_by(actor.id)
    )
    found = oldest(session, rows)
    title = n_("family to confirm", "families to confirm", found.count)
    hint = _("Somebody who did not register it says that it is real.")
    return Waiting("families.waiting", found.count, title, hint, found.since)


def to_erase(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Families that somebody else took out of the fund, and whose files are still here."""
    gone = exists().where(Erasure.family_id == Withdrawal.family_id)
    found = oldest(session, select(Withdrawal.at).where(Withdrawal.by_id != actor.id, ~gone, ~came_back()))
    title = n_("family to erase", "families to erase", found.count)
    return Waiting("withdrawals.index", found.count, title, None, found.since, patience=7)


def to_ask_about(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Families to which nothing happened for a year."""
    quiet = select(func.count()).select_from(Family).where(is_quiet(actor=actor, today=now.today))
    count = session.scalar(quiet) or 0
    title = n_("family without anything for a year", "families without anything for a year", count)
    return Waiting("withdrawals.index", count, title, _("Ask whether they still need the fund."))


def lists_to_finish(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Lists of families that this person brought, which are not in or have something left to decide."""
    held = exists().where(BroughtPart.list_id == BroughtList.id, BroughtPart.kind == PartKind.HELD)
    open_ = (BroughtList.stage != Stage.ENDED) | held
    of_families = BroughtList.what == BroughtKind.FAMILIES
    found = oldest(session, select(BroughtList.kept_at).where(BroughtList.person_id == actor.id, of_families, open_))
    title = n_("list to finish", "lists to finish", found.count)
    return Waiting("imports.index", found.count, title, _("What waits is thrown away after seven days."), found.since)
