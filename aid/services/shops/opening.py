"""A shop takes vouchers from now on: a point with keys of its own, and what was agreed with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.fund import LONGEST_NAME
from aid.domain.ids import new_id
from aid.domain.permissions import Permission, Role
from aid.domain.points import PointKind
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Fund, Locality, Point
from aid.models.ledger import Currency
from aid.models.people import Person, PersonState, Ring, RingEpoch, RingMembership, RoleGrant
from aid.models.shops import ShopAgreement
from aid.services import audit, banks, rings
from aid.vault.actor import Actor

WORDS_AT_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a shop gives for vouchers, in each of the fund's languages. Nothing: whatever the family chooses."""

    may_buy: Mapping[str, str]
    may_not_buy: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """A shop as a coordinator describes it: the name on its sign in each of the fund's languages, and what it gives."""

    names: Mapping[str, str]
    locality_id: UUID | None  # none was chosen
    currency: str
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class ShopOpened:
    """Vouchers can be collected at this shop, once somebody there has its keys."""

    point_id: UUID


@dataclass(frozen=True, slots=True)
class AgreementChanged:
    """Something else is agreed with a shop from now on."""

    point_id: UUID


def open_shop(session: Session, *, actor: Actor, now: Instant, order: ShopOrder) -> ShopOpened:
    """Open a point that is a shop. Its keys go to all who hold those of every point, and to the recovery key.

    Who works there gets them as others do: their work is changed, and a colleague admits them. Raises RuleBroken.
    """
    assert actor.person_id is not None, "a person agrees with a shop"
    session.execute(select(Fund.id).with_for_update())
    names = check_shop(session, actor=actor, order=order)
    ring = rings.make(session, kind=RingKind.POINT, now=now)
    for person_id, public in _keepers(session):
        rings.admit(session, keys=ring.keys, person_id=person_id, public=public)
    point = Point(
        id=new_id(),
        code=_code(session),
        names=names,
        locality_id=order.locality_id,
        ring_id=ring.ring.id,
        kind=PointKind.SHOP,
    )
    session.add(point)
    session.flush()
    made: list[Permanent] = [ring.ring, ring.epoch, point]
    for currency in session.scalars(select(Currency.code).order_by(Currency.code)).all():
        made += banks.open_books(session, currency=currency)
    agreement = _agreement(point.id, 1, order.currency, order.agreed, by=actor.person_id, now=now)
    session.add(agreement)
    audit.say(session, "shop.opened", subject=point.id, made=[*made, agreement])
    return ShopOpened(point.id)


def check_shop(session: Session, *, actor: Actor, order: ShopOrder) -> dict[str, str]:
    """The names of a shop that can be opened, as they are kept. Raises RuleBroken beside its field."""
    actor.must(Permission.AGREE_WITH_SHOPS)
    refusals, names = Refusals(), dict[str, str]()
    with refusals:
        names = _names(session, order.names, session.execute(select(Fund.languages)).scalar_one())
    with refusals:
        if order.locality_id is None or session.get(Locality, order.locality_id) is None:
            raise RuleBroken(_("Choose a locality of the list."), "locality")
    with refusals:
        if session.get(Currency, order.currency) is None:
            raise RuleBroken(_("Choose a currency that the fund has an account in."), "currency")
    with refusals:
        _both(order.agreed)
    refusals.tell()
    return names


def change_agreement(
    session: Session, *, actor: Actor, now: Instant, point_id: UUID, version: int, agreed: Agreed
) -> AgreementChanged:
    """Write what is agreed with a shop anew; `version` is the one that was seen. Raises RuleBroken."""
    actor.must(Permission.AGREE_WITH_SHOPS)
    assert actor.person_id is not None, "a person agrees with a shop"
    session.execute(select(Fund.id).with_for_update())
    before = agreement_of(session, point_id)
    if before is None:
        raise RuleBroken(_("There is no such shop."))
    if before.version != version:
        raise RuleBroken(_("Somebody else changed this meanwhile. Look at it again."))
    after = _agreement(point_id, version + 1, before.currency, agreed, by=actor.person_id, now=now)
    if (after.may_buy, after.may_not_buy) == (before.may_buy, before.may_not_buy):
        raise RuleBroken(_("Nothing was changed."))
    session.add(after)
    audit.say(session, "shop.agreed", subject=point_id, made=[after])
    return AgreementChanged(point_id)


def agreement_of(session: Session, point_id: UUID) -> ShopAgreement | None:
    """What is agreed with a shop now; nothing for a table of the fund."""
    newest = select(ShopAgreement).where(ShopAgreement.point_id == point_id)
    return session.scalar(newest.order_by(ShopAgreement.version.desc()).limit(1))


def _agreement(point_id: UUID, version: int, currency: str, agreed: Agreed, *, by: UUID, now: Instant) -> ShopAgreement:
    may_buy, may_not_buy = _both(agreed)
    return ShopAgreement(
        point_id=point_id,
        version=version,
        currency=currency,
        may_buy=may_buy,
        may_not_buy=may_not_buy,
        written_by_id=by,
        written_at=now.instant,
    )


def _both(agreed: Agreed) -> tuple[dict[str, str], dict[str, str]]:
    """What may be bought and what may not, as it is kept. Raises RuleBroken for each that can't be."""
    refusals, may, may_not = Refusals(), dict[str, str](), dict[str, str]()
    with refusals:
        may = _words(agreed.may_buy, "may_buy")
    with refusals:
        may_not = _words(agreed.may_not_buy, "may_not_buy")
    refusals.tell()
    return may, may_not


def _words(said: Mapping[str, str], field: str) -> dict[str, str]:
    """Words in each language that has any: what is said in one is said in all. Raises RuleBroken."""
    words = {language: " ".join(text.split()) for language, text in said.items()}
    if any(words.values()) and not all(words.values()):
        raise RuleBroken(_("Write it in every language, or leave all of them empty."), field)
    if any(len(text) > WORDS_AT_MOST for text in words.values()):
        raise RuleBroken(_("Write at most %(most)s letters.", most=WORDS_AT_MOST), field)
    return words if any(words.values()) else {}


def _names(session: Session, said: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    names = {language: " ".join(said.get(language, "").split()) for language in languages}
    if not all(0 < len(name) <= LONGEST_NAME for name in names.values()):
        raise RuleBroken(
            _("Write the shop’s name in every language, with up to %(longest)s letters.", longest=LONGEST_NAME), "names"
        )
    taken = {name.casefold() for there in session.scalars(select(Point.names)) for name in there.values()}
    if taken & {name.casefold() for name in names.values()}:
        raise RuleBroken(_("Another point is called that. Choose a name that nobody takes for the other."), "names")
    return names


def _code(session: Session) -> str:
    """shop-2: the second one."""
    shops = session.scalar(select(func.count()).select_from(Point).where(Point.kind == PointKind.SHOP)) or 0
    codes = set(session.scalars(select(Point.code)))
    return next(code for n in range(shops + 1, shops + 2 + len(codes)) if (code := f"shop-{n}") not in codes)


def _keepers(session: Session) -> Sequence[Row[UUID, bytes]]:
    """Coordinators whom colleagues admitted to a ring of the whole fund: they hold every point's keys."""
    admitted = select(RingMembership.person_id).join(Ring, Ring.id == RingMembership.ring_id)
    newest = select(func.max(RingEpoch.epoch)).where(RingEpoch.ring_id == Ring.id).correlate(Ring).scalar_subquery()
    admitted = admitted.where(Ring.kind == RingKind.MATCHING, RingMembership.epoch == newest)
    coordinators = select(RoleGrant.person_id).where(RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None))
    people = select(Person.id, Person.hpke_public).where(
        Person.id.in_(admitted), Person.id.in_(coordinators), Person.state == PersonState.ACTIVE
    )
    return session.execute(people.order_by(Person.id).with_for_update(read=True)).all()
