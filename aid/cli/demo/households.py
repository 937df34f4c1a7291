"""Families of the sample fund live on: a birth, a parting, a move, a corrected phone, a return; and cards for some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.documents.cards import Card, cards_pdf
from aid.documents.keeping import kept_forms
from aid.domain.consent import LATEST_WORDING
from aid.domain.families import BirthDate, Consent, FamilyState, Kinship, Member, WithdrawalReason
from aid.domain.families.life import LifeEvent, LifeReason
from aid.domain.families.parting import Parting
from aid.domain.families.words import HistoryKind
from aid.domain.permissions import Permission, Role
from aid.extensions import reading
from aid.models.families import Family
from aid.models.fund import Point
from aid.perform import look, perform
from aid.queries import papers
from aid.services.cards import print_cards
from aid.services.confirmations import confirm
from aid.services.families import Correction, OpenedFile, correct, open_file
from aid.services.families.living import live
from aid.services.families.moving import Move, move
from aid.services.families.parting import part
from aid.services.families.returning import come_back
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

CARDS = 10
LARGE = 4  # members of a family that parts


def families_live_on(story: Story) -> None:
    """What happens to families between two rounds, each thing once."""
    story.say("Families live on: a birth, a parting, a move, a corrected phone, a return")
    coordinator = story.the(Role.COORDINATOR).actor()
    born, reached, moved, back, *others = _confirmed()
    _is_born(story, coordinator, born)
    _is_reached(story, coordinator, reached)
    _moves(story, coordinator, moved)
    _leaves_and_returns(story, coordinator, back)
    _parts(story, coordinator, others)
    _print_cards(story, coordinator)


def _confirmed() -> list[UUID]:
    """The families that were registered last, of whom something may be told."""
    rows = select(Family.id).where(Family.state == FamilyState.CONFIRMED).order_by(Family.code.desc()).limit(24)
    return list(reading().scalars(rows))


def _opened(story: Story, actor: Actor, family_id: UUID, why: str) -> OpenedFile:
    return look(open_file, actor=actor, now=story.now, family_id=family_id, why=why)


def _is_born(story: Story, actor: Actor, family_id: UUID) -> None:
    """A child comes, and a confirmer of the place says again that the family is as written."""
    today = story.now.today
    version = _opened(story, actor, family_id, "life").version
    child = Member("Айзере", BirthDate.of(today), Kinship.CHILD)
    event = LifeEvent(HistoryKind.BORN, today, LifeReason.BIRTH, who=child)
    perform(key(), live, actor=actor, now=story.now, family_id=family_id, version=version, event=event)
    story.wait(minutes=20)
    here = reading().get_one(Family, family_id).locality_id
    others = [user.actor() for user in story.with_role(Role.CONFIRMER)]
    second = next((one for one in others if one.may(Permission.CONFIRM_FAMILIES, locality=here)), None)
    if second:
        perform(key(), confirm, actor=second, now=story.now, family_id=family_id, version=version + 1)


def _is_reached(story: Story, actor: Actor, family_id: UUID) -> None:
    """A phone number is corrected: nobody has to confirm that."""
    file = _opened(story, actor, family_id, "correct")
    family = replace(file.family, phone="+77015550199")
    order = Correction(family_id, file.version, file.point_id, family)
    perform(key(), correct, actor=actor, now=story.now, order=order)


def _moves(story: Story, actor: Actor, family_id: UUID) -> None:
    """To another point, of another locality if there is one."""
    file = _opened(story, actor, family_id, "move")
    points = reading().scalars(select(Point).where(Point.id != file.point_id).order_by(Point.code)).all()
    there = next((point for point in points if point.locality_id != file.locality_id), None) or points[0]
    order = Move(
        family_id, file.version, there.locality_id, there.id, story.now.today, "Жаңа көше 5", file.family.phone
    )
    perform(key(), move, actor=actor, now=story.now, order=order)


def _leaves_and_returns(story: Story, actor: Actor, family_id: UUID) -> None:
    reason = WithdrawalReason.OWN_WISH
    perform(key(), withdraw, actor=actor, now=story.now, family_id=family_id, reason=reason)
    story.wait(hours=2)
    version = _opened(story, actor, family_id, "return").version
    consent = Consent(story.now.today, LATEST_WORDING)
    perform(key(), come_back, actor=actor, now=story.now, family_id=family_id, version=version, consent=consent)


def _parts(story: Story, actor: Actor, family_ids: list[UUID]) -> None:
    """The first large family: a partner takes a child along."""
    for family_id in family_ids:
        file = _opened(story, actor, family_id, "split")
        if len(file.family.members) >= LARGE:
            break
    else:
        return
    today = story.now.today
    last = len(file.family.members) - 1
    going = frozenset({1, last})
    parting = Parting(
        on=today,
        going=going,
        collector=file.family.members[1].name or "Айгүл",
        check_word="самал",
        phone="+77015550198",
        address="Бейбітшілік көшесі 9",
        consent=Consent(today, LATEST_WORDING),
        staying=file.family.members[0].name,
    )
    perform(key(), part, actor=actor, now=story.now, family_id=family_id, version=file.version, parting=parting)


def _print_cards(story: Story, actor: Actor) -> None:
    """One sheet of cards, in the families' own languages."""
    in_fund = select(Family.code).where(Family.state != FamilyState.WITHDRAWN).order_by(Family.code).limit(CARDS)
    codes = tuple(reading().scalars(in_fund))
    printed = perform(key(), print_cards, actor=actor, now=story.now, codes=codes)
    cards = [Card(code, language, title, printed.demo) for code, language, title in printed.cards]
    story.print("cards.pdf", b"".join(cards_pdf(cards, style=papers.style(reading()), kept=kept_forms())))
