"""A fund with as many printed vouchers as a benchmark collects, at one point, put past the pages: families whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, inspect, select, update
from sqlalchemy.orm import Session

from aid.cli.demo.people import User
from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.codes import voucher_code
from aid.domain.ids import new_id
from aid.domain.permissions import Role
from aid.domain.vouchers import VoucherState
from aid.extensions import db, now
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.base import Base
from aid.models.families import Family
from aid.models.fund import CommitteePolicy, Point, Purpose
from aid.models.people import Person, PersonPoint, RingMembership, RoleGrant, SignIn
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.security.sessions import PIN
from aid.vault import hpke
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie
from aid.vault.rings import seal_ring
from aid.vault.tokens import TokenMaker
from benchmarks._web_fund import WebFund, make_web_fund

MINOR = 30_000_00
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CollectFund:
    """The fund, who hands out, where, and the digits of its papers."""

    fund: WebFund
    people: Sequence[User]  # who hands out there
    point_id: UUID
    digits: tuple[str, ...]
    foreign: tuple[str, ...]  # digits of papers of another point

    def end_some(self, digits: Sequence[str]) -> tuple[str, ...]:
        """Cancel the voucher of the first paper and let the second one's expire."""
        actor = self.actor_in_app()
        with self.fund.app.app_context(), db.engine.execution_options(writes=True).begin() as connection:
            ring_id = connection.execute(select(Point.ring_id).where(Point.id == self.point_id)).scalar_one()
            tokens = TokenMaker(actor.keyring.current(ring_id).index_key)
            for code, state in zip(digits, (VoucherState.VOID, VoucherState.EXPIRED), strict=True):
                its = select(Paper.voucher_id).where(Paper.code_mac == tokens.code_mac(code)).scalar_subquery()
                connection.execute(update(Voucher).where(Voucher.id == its).values(state=state))
            db.session.remove()
        return tuple(digits)

    def actor_in_app(self) -> Actor:
        """Who hands out, from outside the fund."""
        with self.fund.app.app_context():
            return self.actor()

    def sign_in(self, table: int = 0) -> SignInCookie:
        """A table that is signed in and has its PIN: each with somebody of its own."""
        cookie = self.fund.sign_in(self.people[table % len(self.people)])
        with self.fund.app.app_context(), db.engine.execution_options(writes=True).begin() as connection:
            jar = cookie.seal_jar({PIN: "135790"})
            connection.execute(update(SignIn).where(SignIn.id == cookie.row_id).values(jar=jar))
        return cookie

    def actor(self) -> Actor:
        """Who hands out."""
        return self.people[0].actor()


def make_collect_fund(data: Path, vouchers: int, tables: int) -> CollectFund:
    """So many families, each with a voucher of one allocation printed for their point, and so many who hand out."""
    fund = make_web_fund(data, vouchers)
    with fund.app.app_context():
        handing = [user for user in fund.users.values() if Role.DISTRIBUTOR in user.roles]
        distributor = next(user for user in handing if fund.point_id in user.actor().points)
        people = (distributor, *(_colleague(distributor, number) for number in range(1, tables)))
        digits = _print(fund, distributor.actor())
        foreign = _print_elsewhere(fund)
        db.session.remove()
        db.engine.dispose()
    return CollectFund(fund, people, fund.point_id, digits, foreign)


def _colleague(like: User, number: int) -> User:
    """Somebody else with the same role, point and rings, and keys of their own."""
    pair, its = hpke.new_pair(), new_id()
    user = replace(like, handle=f"{like.handle}{number}", private=pair.private)
    with Session(db.engine.execution_options(writes=True)) as session:
        person = session.scalars(select(Person).where(Person.handle == like.handle)).one()
        keyring = like.actor().keyring
        own = {"id": its, "handle": user.handle, "hpke_public": pair.public}
        rings = [(ref, seal_ring(keyring.ring(ref), pair.public, its)) for ref in keyring.memberships]
        _put(session, Person, [_row(person) | own])
        for kind, rows in ((RoleGrant, person.grants), (PersonPoint, person.points)):
            _put(session, kind, [_row(row) | {"person_id": its} for row in rows])
        members = [{"ring_id": ref.ring_id, "epoch": ref.epoch, "sealed": sealed} for ref, sealed in rings]
        _put(session, RingMembership, [{"person_id": its, **member} for member in members])
        session.commit()
    return user


def _row(of: Base) -> dict[str, Any]:
    return {column.key: getattr(of, column.key) for column in inspect(type(of)).columns}


def _print(fund: WebFund, actor: Actor) -> tuple[str, ...]:
    """An allocation that was carried, and its papers."""
    moment = now()
    with Session(db.engine.execution_options(writes=True)) as session:
        point = session.get_one(Point, fund.point_id)
        tokens = TokenMaker(actor.keyring.current(point.ring_id).index_key)
        families = session.execute(select(Family.id, Family.code).order_by(Family.id)).all()
        allocation = _allocation(session, actor, len(families))
        allocation_id = allocation["id"]
        batch = {
            "id": new_id(),
            "number": 1,
            "allocation_id": allocation_id,
            "point_id": point.id,
            "printed_by_id": actor.person_id,
            "printed_at": moment.instant,
            "papers": len(families),
            "reason": None,
        }
        _put(session, PrintBatch, [batch])
        digits = [voucher_code() for _family in families]
        lines, vouchers, papers = [], [], []
        for n, (family, code) in enumerate(zip(families, digits, strict=True), start=1):
            row_id = new_id()
            given = {"amount_minor": MINOR, "currency": "KZT", "point_id": point.id, "family_id": family.id}
            hashes = {"facts_hash": b"", "line_hash": b""}
            its = {"id": row_id, "allocation_id": allocation_id, **given}
            lines.append({**its, **hashes, "version": 1, "n": n, "family_code": family.code, "items": []})
            until = moment.today + timedelta(days=30)
            days = {"valid_until": until, "grace_until": until, "issued_point_id": point.id}
            stands = {"state": VoucherState.PRINTED, "papers": 1, "serial": n}
            vouchers.append({**its, **days, **stands, "purpose_id": allocation["purpose_id"]})
            mac = {"code_mac": tokens.code_mac(code), "point_id": point.id}
            papers.append({"id": new_id(), "voucher_id": row_id, "number": 1, "batch_id": batch["id"], **mac})
        for kind, rows in ((AllocationLine, lines), (Voucher, vouchers), (Paper, papers)):
            _put(session, kind, rows)
        session.commit()
    return tuple(digits)


def _print_elsewhere(fund: WebFund) -> tuple[str, ...]:
    """A newer paper of one voucher, under the keys of another point."""
    coordinator = next(user for user in fund.users.values() if Role.COORDINATOR in user.roles).actor()
    with Session(db.engine.execution_options(writes=True)) as session:
        other = session.scalars(select(Point).where(Point.id != fund.point_id).order_by(Point.code)).first()
        first = session.scalars(select(Paper).order_by(Paper.id)).first()
        assert other is not None, "the sample fund has several points"
        assert first is not None, "there are papers"
        code = voucher_code()
        mac = TokenMaker(coordinator.keyring.current(other.ring_id).index_key).code_mac(code)
        row = {"id": new_id(), "voucher_id": first.voucher_id, "number": 2, "batch_id": first.batch_id}
        _put(session, Paper, [{**row, "point_id": other.id, "code_mac": mac}])
        session.commit()
    return (code,)


def _allocation(session: Session, actor: Actor, families: int) -> Mapping[str, Any]:
    purpose_id = session.scalars(select(Purpose.id).order_by(Purpose.code)).first()
    policy = session.scalars(select(CommitteePolicy.version)).first()
    allocation = {
        "id": new_id(),
        "number": 1,
        "kind": AllocationKind.GRANT,
        "programme_id": None,
        "purpose_id": purpose_id,
        "state": AllocationState.CARRIED,
        "version": 1,
    }
    version = {
        "allocation_id": allocation["id"],
        "version": 1,
        "proposed_by_id": actor.person_id,
        "proposed_at": now().instant,
        "policy_version": policy,
        "content_root": b"",
        "currency": "KZT",
        "total_minor": families * MINOR,
        "families": families,
        "children": 0,
        "unconfirmed": 0,
        "not_eligible": 0,
    }
    _put(session, Allocation, [allocation])
    _put(session, AllocationVersion, [version])
    return allocation


def _put(session: Session, kind: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    table = kind.__table__
    assert isinstance(table, Table)
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(table), list(rows[start : start + AT_ONCE]))
