"""The catalogue of goods: what can be bought, kept and handed out. A change is a new version of a good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.goods import Item, check_items, is_code, is_variant
from aid.domain.ids import new_id
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import in_language
from aid.models.fund import Fund
from aid.models.goods import Good
from aid.services import audit
from aid.vault.actor import Actor

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodOrder:
    """A good as a coordinator writes it."""

    code: str
    names: Mapping[str, str]  # by language
    variants: tuple[str, ...] = ()
    contents: tuple[Item, ...] = ()
    in_use: bool = True


@dataclass(frozen=True, slots=True)
class GoodWritten:
    """A version of a good now stands."""

    good_id: UUID
    version: int


def write_good(
    session: Session, *, actor: Actor, now: Instant, order: GoodOrder, changes: int | None = None
) -> GoodWritten:
    """Write a good, or the version after the one that `changes` names. Raises RuleBroken beside its field."""
    actor.must(Permission.MANAGE_STOCK)
    assert actor.person_id is not None, "a person writes the catalogue"
    session.execute(select(Fund.id).with_for_update())  # one after the other: two may think of the same code
    _check(session, order)
    newest = session.scalar(select(func.max(Good.version)).where(Good.code == order.code))
    if changes is None and newest is not None:
        raise RuleBroken(_("There is a good with this code already; change that one."), "code")
    if changes is not None and changes != newest:
        raise RuleBroken(_("Someone changed this good meanwhile. Look at it again."))
    good = Good(
        id=new_id(),
        code=order.code,
        version=(newest or 0) + 1,
        names=dict(order.names),
        variants=list(order.variants),
        contents=[item.plain() for item in order.contents],
        in_use=order.in_use,
        written_by_id=actor.person_id,
        written_at=now.instant,
    )
    session.add(good)
    session.flush()
    audit.say(session, "good.written", subject=good.id, made=[good])
    return GoodWritten(good.id, good.version)


def catalogue(session: Session, codes: Iterable[str] | None = None) -> dict[str, Good]:
    """The newest version of each good, or of these, by code."""
    newest = select(Good.code, func.max(Good.version).label("version")).group_by(Good.code).subquery()
    chosen = select(Good).join(newest, (newest.c.code == Good.code) & (newest.c.version == Good.version))
    if codes is not None:
        chosen = chosen.where(Good.code.in_(set(codes)))
    return {good.code: good for good in session.scalars(chosen.order_by(Good.code))}


def check_known(session: Session, items: Sequence[Item]) -> None:
    """Raise RuleBroken unless each item is a good of the catalogue, in one of its variants where it has any."""
    if not items:
        return
    goods = catalogue(session, [item.code for item in items])
    for item in items:
        good = goods.get(item.code)
        if good is None or not good.in_use:
            raise RuleBroken(_("There is no good %(good)s in the catalogue.", good=item.good), "items")
        if item.variant not in (good.variants or [""]):
            raise RuleBroken(
                _("%(good)s is not in the catalogue: choose one of its variants.", good=item.good), "items"
            )


def _check(session: Session, order: GoodOrder) -> None:
    if not is_code(order.code):
        raise RuleBroken(_("A code is small Latin letters, digits and hyphens, such as school-bag."), "code")
    languages = session.execute(select(Fund.languages)).scalar_one()
    for language in map(Language, languages):
        name = order.names.get(language, "").strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise RuleBroken(
                _("Write the name in this language too: %(language)s.", language=OWN_NAMES[language]),
                f"name_{language}",
            )
    for variant in order.variants:
        if not is_variant(variant) or order.variants.count(variant) > 1:
            raise RuleBroken(_("Variants are short and each stands once, such as 34, 35, 36."), "variants")
    if order.variants and order.contents:
        raise RuleBroken(_("A kit has no variants: make a kit for each."), "variants")
    check_items(order.contents)
    if any(item.code == order.code for item in order.contents):
        raise RuleBroken(_("A kit can't hold itself."), "contents")
    check_known(session, order.contents)
    kits = [code for code, good in catalogue(session, [item.code for item in order.contents]).items() if good.contents]
    if kits:
        raise RuleBroken(_("A kit holds goods and no other kits."), "contents")


@dataclass(frozen=True, slots=True)
class GoodWords:
    """How goods are said: each by its name in a language, with its variant, its number and what a kit holds."""

    goods: Mapping[str, Good]

    def name(self, good: str, language: Language | str) -> str:
        """A good by its whole code: “Boots (36)”. A code that the catalogue does not have stays as it is."""
        item = Item(good, 1)
        known = self.goods.get(item.code)
        name = in_language(known.names, language) if known else item.code
        return f"{name} ({item.variant})" if item.variant else name

    def brief(self, item: Item, language: Language | str) -> str:
        """So many of a good, whatever is in it: “School bag × 2”."""
        return f"{self.name(item.good, language)} × {item.quantity}"

    def say(self, item: Item, language: Language | str) -> str:
        """So many of a good: “School bag × 2 (Pen × 4)”."""
        said, holds = self.brief(item, language), self.holds(item, language)
        return f"{said} ({holds})" if holds else said

    def holds(self, item: Item, language: Language | str) -> str:
        """What a kit holds: “Pen × 4, Notebook × 5”; nothing for a good that is no kit."""
        known = self.goods.get(item.code)
        inside = [Item.from_plain(plain) for plain in known.contents] if known else []
        return ", ".join(self.brief(part, language) for part in inside)

    def say_all(self, plain: Iterable[str], language: Language | str) -> tuple[str, ...]:
        """A line's items, as they are said."""
        return tuple(self.say(Item.from_plain(each), language) for each in plain)


def words_for(session: Session, plain: Iterable[str]) -> GoodWords:
    """How these lines' items are said, whatever kits among them hold."""
    codes = {Item.from_plain(each).code for each in plain}
    if not codes:
        return GoodWords({})
    goods = catalogue(session, codes)
    inside = {Item.from_plain(part).code for good in goods.values() for part in good.contents}
    return GoodWords({**catalogue(session, inside - goods.keys()), **goods} if inside else goods)
