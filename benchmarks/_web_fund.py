"""A fund of so many whole families, made up: sealed, findable, audited, each waiting to be confirmed."""

import random
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.cli.demo.people import User, found_with_people
from aid.cli.demo.story import plan_of_demo
from aid.domain.clock import Instant
from aid.domain.consent import LATEST_WORDING
from aid.domain.duplicates import terms_of
from aid.domain.families import BirthDate, Circumstance, Consent, Family, Kinship, Member
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.extensions import db, now, upgrade_once
from aid.models.fund import Point
from aid.models.people import Person
from aid.perform import perform
from aid.services import audit, family_index
from aid.services.families.entering import enter
from aid.services.families.homes import home_of
from aid.services.families.rows import fresh_codes
from aid.services.sign_ins import begin
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie
from config import Config

FIRST_NAMES = (
    "Асан Үміт Айша Дәулет Бақыт Гүлнәр Ерасыл Серік Жанна Мадина Нұрай Тимур Ғалым Сәуле Әлия Дамир Қуат Роза "
    "Инкар Марат Лаура Ұлан Камила Санжар Аружан Ерлан Шолпан Диас Томирис Нұрлан Бота Төлеген Зере Арман Еркежан "
    "Жомарт Мөлдір Алина Бекзат Өмір Айгүл Болат Гүлжан Дана Ержан Жанар Зарина Қайрат Ләйла Мұрат Назым Олжас"
).split()
SYLLABLES = "ба ва га да за ка ла ма на ра са та".split()
SOUGHT = ("Үш", "Табылған")  # three families have somebody of this name
HITS = 3
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class WebFund:
    """A founded fund with so many families, all of one locality, and who works there."""

    app: Flask
    data: Path
    families: int
    users: Mapping[str, User]
    locality_id: UUID
    point_id: UUID

    def who(self, role: Role) -> User:
        """Somebody of this role who works in that locality, or wherever they work."""
        holders = [user for user in self.users.values() if role in user.roles]
        with self.app.app_context():
            here = [user for user in holders if self.locality_id in user.actor().localities]
        return (here or holders)[0]

    def strangers(self, seed: int) -> Iterator[Family]:
        """Families that are not there yet."""
        with self.app.app_context():
            today = now().today
        return some_families(random.Random(seed), today)

    def sign_in(self, user: User) -> SignInCookie:
        """A cookie that is signed in, without asking password and phone."""
        with self.app.app_context():
            return signed_in(user)


def signed_in(user: User) -> SignInCookie:
    """A cookie that is signed in, without asking password and phone."""
    actor = user.actor()
    with Session(db.engine) as session:
        person = session.get_one(Person, actor.id)
        public, step = person.hpke_public, person.totp_step + 1
    cookie = SignInCookie.new()
    private = cookie.seal_private(user.private)
    key, row_id = secrets.token_hex(16), cookie.row_id
    perform(key, begin, actor=actor, private=private, public=public, step=step, row_id=row_id)
    return cookie


def make_web_fund(data: Path, families: int) -> WebFund:
    """Found the sample fund, and write families down in it as the page does, only many at once."""
    data.mkdir()
    app = create_app(Config(data=data))
    upgrade_once(app)
    with app.app_context():
        users = found_with_people(plan_of_demo(), now=now())
        registrar = next(user for user in users.values() if Role.REGISTRAR in user.roles).actor()
        locality_id = min(registrar.localities)
        with Session(db.engine) as session:
            points = select(Point.id).where(Point.locality_id == locality_id).order_by(Point.code)
            point_id = session.scalars(points).first() or session.scalars(select(Point.id)).first()
        assert point_id is not None
        fund = WebFund(app, data, families, users, locality_id, point_id)
        _write(fund, registrar)
        db.session.remove()
        db.engine.dispose()
    return fund


def _write(fund: WebFund, registrar: Actor) -> None:
    made = some_families(random.Random(fund.families), now().today)
    sought = set(range(0, fund.families, max(fund.families // HITS, 1))[:HITS])
    for start in range(0, fund.families, AT_ONCE):
        with Session(db.engine.execution_options(writes=True)) as session:
            numbers = range(start, min(start + AT_ONCE, fund.families))
            families = [_sought(next(made)) if number in sought else next(made) for number in numbers]
            _write_some(session, fund, registrar, families, now())


def _write_some(session: Session, fund: WebFund, registrar: Actor, families: list[Family], moment: Instant) -> None:
    home = home_of(session, actor=registrar, locality_id=fund.locality_id, point_id=fund.point_id)
    entries = [
        enter(session, actor=registrar, now=moment, home=home, code=code, family=family)
        for code, family in zip(fresh_codes(session, len(families)), families, strict=True)
    ]
    session.flush()
    family_index.add(
        session,
        [(home.index, entry.family.id, terms_of(family)) for entry, family in zip(entries, families, strict=True)],
    )
    for entry in entries:
        audit.say(session, "family.registered", subject=entry.family.id, made=[entry.family, entry.version])
    audit.write_down(session, actor_id=registrar.person_id, now=moment)
    session.commit()


def _sought(family: Family) -> Family:
    first, *others = family.members
    return replace(family, members=(replace(first, name=" ".join(SOUGHT)), *others))


def some_families(chance: random.Random, today: date) -> Iterator[Family]:
    """Families of five, one after the other, no two with one surname and phone."""
    while True:
        surname = "".join(chance.choice(SYLLABLES) for _each in range(6)).title()
        first, fathers = chance.sample(FIRST_NAMES, 5), chance.sample(FIRST_NAMES, 3)
        adults = tuple(
            Member(f"{name} {surname} {father}ұлы", BirthDate(chance.randint(1965, 2000), 3, 1), kinship)
            for name, father, kinship in zip(first, fathers, (Kinship.WORKER, Kinship.PARTNER), strict=False)
        )
        grades = chance.sample(range(1, 11), 3)
        children = tuple(
            Member(f"{name} {surname} {first[0]}ұлы", BirthDate(today.year - 6 - grade, 5, 3), Kinship.CHILD, grade)
            for name, grade in zip(first[2:], grades, strict=True)
        )
        yield Family(
            members=(*adults, *children),
            phone=f"+7701{chance.randrange(10**7):07}",
            address=f"{surname} көшесі {chance.randint(1, 200)}",
            circumstances=frozenset({Circumstance.DISMISSED}),
            workplace="Мұнайшы",
            dismissed_on=today - timedelta(days=90),
            wages_stopped_on=today - timedelta(days=120),
            language=Language.KK,
            collectors=tuple(adult.name or "" for adult in adults),
            check_word="алма",
            consent=Consent(today, LATEST_WORDING),
        )
