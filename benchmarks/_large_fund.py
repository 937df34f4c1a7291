"""A fund with as many confirmed families as a benchmark needs, each with sealed facts, made quickly."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from aid import create_app
from aid.cli.demo.people import User, found_with_people
from aid.cli.demo.story import plan_of_demo
from aid.domain.clock import Instant
from aid.domain.entitlement import ProgrammeRule
from aid.domain.families import Circumstance, Facts, FamilyState, Kinship, MemberFacts, plain
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.rings import RingKind
from aid.extensions import db, now, upgrade_once
from aid.models.families import Family
from aid.models.fund import Locality, Point, Purpose
from aid.models.goods import Good
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.perform import perform
from aid.services import records
from aid.services.programmes import ProgrammeOrder, write_programme
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from config import Config


@dataclass(frozen=True, slots=True)
class LargeFund:
    """A founded fund with so many families, and who proposes in it."""

    app: Flask
    families: int
    coordinator: User

    @contextmanager
    def open(self) -> Iterator[Actor]:
        """Work in it."""
        with self.app.app_context():
            yield self.coordinator.actor()

    def programme(self, rule: ProgrammeRule) -> UUID:
        """A programme that gives to nobody yet."""
        with self.open() as actor, Session(db.engine) as session:
            purpose = session.scalars(select(Purpose.id).order_by(Purpose.code)).first()
            assert purpose is not None
            titles = {"kk": "Өлшеу", "ru": "Замер", "en": "Measured"}
            order = ProgrammeOrder(titles=titles, purpose_id=purpose, rule=rule, valid_days=30, grace_days=7)
            written = perform(f"{new_id().int:032x}", write_programme, actor=actor, order=order)
        return written.programme_id


def make_fund(folder: Path, families: int) -> LargeFund:
    """Found the sample fund and put families into it, past the pages: only what allocating reads."""
    app = create_app(Config(data=folder))
    upgrade_once(app)
    with app.app_context():
        users = found_with_people(plan_of_demo(), now=now())
        coordinator = next(user for user in users.values() if Permission.PROPOSE in user.actor().permissions)
        with Session(db.engine.execution_options(writes=True)) as session:
            _put_families(session, coordinator.actor(), families, now())
            session.add(_a_good(coordinator.actor(), now()))
            session.commit()
    return LargeFund(app, families, coordinator)


def _a_good(actor: Actor, moment: Instant) -> Good:
    """What the benchmark's programme gives beside money."""
    return Good(
        id=new_id(),
        code="school-bag",
        version=1,
        names={"en": "School bag"},
        variants=[],
        contents=[],
        in_use=True,
        written_by_id=actor.person_id,
        written_at=moment.instant,
    )


def _put_families(session: Session, actor: Actor, count: int, moment: Instant) -> None:
    chance = random.Random(count)
    places = session.execute(select(Locality.id, Locality.ring_id).order_by(Locality.code)).all()
    points = session.scalars(select(Point.id).order_by(Point.code)).all()
    needs = session.scalars(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).one()
    targets = records.targets(session, [needs, *(ring for _place, ring in places)])
    rows: list[dict[str, Any]] = []
    new: list[records.New] = []
    for number in range(count):
        locality, ring = places[number % len(places)]
        family = new_id()
        rows.append(_row(family, number, locality, points[number % len(points)], moment))
        facts = canonical(plain(some_facts(chance, moment.today)))
        new.append(records.New(family, family, facts, (targets[ring], targets[needs])))
    session.execute(insert(Family.__table__), rows)  # type: ignore[arg-type]
    records.put_all(session, new, kind=RecordKind.FACTS, keyring=actor.keyring)


def _row(family: UUID, number: int, locality: UUID, point: UUID, moment: Instant) -> dict[str, Any]:
    return {
        "id": family,
        "code": f"{number:09}",
        "locality_id": locality,
        "registered_in_id": locality,
        "registered_at": moment.instant - timedelta(days=number % 90),
        "point_id": point,
        "language": Language.KK,
        "state": FamilyState.CONFIRMED,
        "version": 1,
        "confirmed_version": 1,
    }


def some_facts(chance: random.Random, today: date) -> Facts:
    """Two adults and up to five children; something happened to most of them."""
    children = tuple(_child(chance, today) for _each in range(chance.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 5))))
    adults = (MemberFacts(Kinship.WORKER, chance.randint(1965, 2003)), MemberFacts(Kinship.PARTNER, 1985))
    happened = frozenset(chance.sample(list(Circumstance), chance.choice((1, 1, 1, 2, 3))))
    stopped = today - timedelta(days=chance.randint(20, 200))
    return Facts((*adults, *children), happened, stopped, stopped)


def _child(chance: random.Random, today: date) -> MemberFacts:
    born = today.year - chance.randint(0, 17)
    grade = min(11, today.year - born - 6)
    return MemberFacts(
        Kinship.CHILD, born, grade if grade >= 0 else None, clothes_size="128", shoe_size=str(chance.randint(26, 41))
    )
