"""Writing aid programmes. A change is a new version: what was voted on keeps the rule it was computed by."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entitlement import ProgrammeRule, Variant, check_rule
from aid.domain.ids import new_id
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.fund import Fund, Purpose
from aid.models.programmes import Programme
from aid.services import audit
from aid.services.goods import catalogue
from aid.vault.actor import Actor

LONGEST_TITLE = 120
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOrder:
    """An aid rule as a coordinator writes it."""

    titles: Mapping[str, str]  # by language
    purpose_id: UUID
    rule: ProgrammeRule
    valid_days: int  # from the end of notice to a voucher's last day
    grace_days: int  # after it, before the money goes back
    in_parts: bool = False  # whether goods may be collected one by one


@dataclass(frozen=True, slots=True)
class ProgrammeWritten:
    """A version of a programme now stands."""

    programme_id: UUID
    version: int


def write_programme(
    session: Session, *, actor: Actor, now: Instant, order: ProgrammeOrder, changes: UUID | None = None
) -> ProgrammeWritten:
    """Write a programme, or the next version of the one that `changes` names. Raises RuleBroken beside its field."""
    actor.must(Permission.WRITE_PROGRAMMES)
    assert actor.person_id is not None, "a person writes programmes"
    _check(session, order)
    programme_id = new_id()
    code, version = _next_version(session, changes) if changes else (str(programme_id), 1)
    programme = Programme(
        id=programme_id,
        code=code,
        version=version,
        titles=dict(order.titles),
        purpose_id=order.purpose_id,
        rule=order.rule.plain(),
        valid_days=order.valid_days,
        grace_days=order.grace_days,
        in_parts=order.in_parts,
        written_at=now.instant,
        written_by_id=actor.person_id,
    )
    if changes and not _says_more(session.get_one(Programme, changes), programme):
        raise RuleBroken(_("Nothing is different from version %(version)s.", version=version - 1))
    session.add(programme)
    audit.say(session, "programme.written", subject=programme_id, made=[programme])
    return ProgrammeWritten(programme_id, version)


def _says_more(before: Programme, now: Programme) -> bool:
    """Whether a new version says anything that the one before it does not."""
    names = ("titles", "purpose_id", "valid_days", "grace_days", "in_parts")
    was, is_ = ProgrammeRule.from_plain(before.rule), ProgrammeRule.from_plain(now.rule)
    return was != is_ or any(getattr(before, name) != getattr(now, name) for name in names)


def lock_programme(session: Session, code: str) -> int:
    """Let nobody else change or propose this programme until the commit; return its newest version."""
    first = select(Programme.id).where(Programme.code == code, Programme.version == 1).with_for_update()
    session.execute(first).one()
    return session.execute(select(func.max(Programme.version)).where(Programme.code == code)).scalar_one()


def _next_version(session: Session, changes: UUID) -> tuple[str, int]:
    old = session.get(Programme, changes)
    if old is None:
        raise RuleBroken(_("This programme does not exist; choose one from the list."))
    newest = lock_programme(session, old.code)
    if old.version != newest:
        raise RuleBroken(
            _("Someone changed this programme meanwhile. Look at version %(version)s first.", version=newest)
        )
    return old.code, newest + 1


def _check(session: Session, order: ProgrammeOrder) -> None:
    languages = session.execute(select(Fund.languages)).scalar_one()
    for language in map(Language, languages):
        title = order.titles.get(language, "").strip()
        if not title:
            raise RuleBroken(
                _("Write the title in this language too: %(language)s.", language=OWN_NAMES[language]),
                f"title_{language}",
            )
        if len(title) > LONGEST_TITLE:
            raise RuleBroken(
                _("A title has at most %(most)s letters; shorten it.", most=LONGEST_TITLE), f"title_{language}"
            )
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("Choose the purpose whose money this programme gives."), "purpose_id")
    if not 1 <= order.valid_days <= LONGEST_DAYS:
        raise RuleBroken(_("Write a number of days from 1 to %(most)s.", most=LONGEST_DAYS), "valid_days")
    if not 0 <= order.grace_days <= LONGEST_DAYS:
        raise RuleBroken(_("Write a number of days from 0 to %(most)s.", most=LONGEST_DAYS), "grace_days")
    check_rule(order.rule)
    _check_goods(session, order.rule)


def _check_goods(session: Session, rule: ProgrammeRule) -> None:
    """Goods are in the catalogue; those that have sizes are given by size, and no others."""
    goods = catalogue(session, [gift.good for gift in rule.goods]) if rule.goods else {}
    for gift in rule.goods:
        good = goods.get(gift.good)
        if good is None or not good.in_use:
            raise RuleBroken(_("There is no good %(good)s in the catalogue.", good=gift.good), "goods")
        if bool(good.variants) is (gift.variant is Variant.ONE):
            raise RuleBroken(
                _("%(good)s comes in variants: say by what each child gets its own.", good=gift.good)
                if good.variants
                else _("%(good)s has no variants: all get it alike.", good=gift.good),
                "goods",
            )
