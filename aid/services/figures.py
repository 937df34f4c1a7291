"""Figures for donors: how the fund publishes them, releasing them for good, and withdrawing a release."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.figures import check_delay
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.figures import FiguresChoice, FiguresPaper, FiguresRelease, FiguresWithdrawal
from aid.queries.figures.preview import preview
from aid.services import audit, counters
from aid.vault.actor import Actor

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """How figures are published from now on."""

    n: int


@dataclass(frozen=True, slots=True)
class Released:
    """These figures are told."""

    number: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A release is shown no more."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder:
    """What was looked at, and the papers that were printed of it, by language."""

    sha256: bytes
    papers: Mapping[str, bytes] = field(repr=False)


def choose(session: Session, *, actor: Actor, now: Instant, is_public: bool, delay_days: int, seen: int) -> Chosen:
    """Choose whether everybody may read the figures, and how old they must be. Raises RuleBroken."""
    actor.must(Permission.RELEASE_FIGURES)
    assert actor.person_id is not None, "a person chooses"
    check_delay(delay_days)
    n = counters.take(session, "figures_choice")
    if n != seen + 1:
        raise RuleBroken(_("Somebody else chose this a moment ago. Look at it again."))
    row = FiguresChoice(
        n=n, is_public=is_public, delay_days=delay_days, chosen_at=now.instant, chosen_by_id=actor.person_id
    )
    session.add(row)
    audit.say(session, "figures.chosen", made=[row])
    return Chosen(n)


def release(session: Session, *, actor: Actor, now: Instant, order: ReleaseOrder) -> Released:
    """Release what may be told today, as it was looked at. Raises RuleBroken where it is not that any more."""
    actor.must(Permission.RELEASE_FIGURES)
    assert actor.person_id is not None, "a person releases"
    number = counters.take(session, "figures_release")  # of two at once, one waits here
    found = preview(session, actor=actor, now=now)
    if found.new_blocks <= 0:
        raise RuleBroken(_("There is nothing new to tell."))
    if found.release.number != number or found.sha256 != order.sha256:
        raise RuleBroken(_("The figures are not any more what you looked at. Look at them again."))
    assert set(order.papers) == set(Language), "they are printed in each language"
    row = FiguresRelease(
        id=new_id(),
        number=number,
        until=str(found.release.until),
        delay_days=found.release.delay_days,
        content=found.content,
        sha256=found.sha256,
        released_at=now.instant,
        released_by_id=actor.person_id,
    )
    session.add(row)
    session.flush()
    papers = [FiguresPaper(release_id=row.id, language=lang, pdf=pdf) for lang, pdf in sorted(order.papers.items())]
    session.add_all(papers)
    audit.say(session, "figures.released", subject=row.id, made=[row, *papers])
    return Released(number)


def withdraw(session: Session, *, actor: Actor, now: Instant, number: int, reason: str) -> Withdrawn:
    """Show a release no more. It stays in the books, and copies of it may be anywhere. Raises RuleBroken."""
    actor.must(Permission.RELEASE_FIGURES)
    assert actor.person_id is not None, "a person withdraws"
    row = session.scalar(select(FiguresRelease).where(FiguresRelease.number == number).with_for_update())
    if row is None or session.get(FiguresWithdrawal, row.id) is not None:
        raise RuleBroken(_("There is no such release, or it was withdrawn already."))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RuleBroken(_("Write in a few words why, without any name."), field="reason")
    withdrawal = FiguresWithdrawal(
        release_id=row.id, reason=reason.strip(), withdrawn_at=now.instant, withdrawn_by_id=actor.person_id
    )
    session.add(withdrawal)
    audit.say(session, "figures.withdrawn", subject=row.id, made=[withdrawal])
    return Withdrawn(number)
