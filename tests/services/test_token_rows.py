"""A family is found from the moment it is registered, wherever its tokens lie just then."""

from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.models.families import FreshTokens, IndexToken
from aid.perform import look
from aid.services import token_rows
from aid.services.families import LooksLike, Registration, register
from aid.services.family_index import find_families
from aid.services.token_rows import Findable
from tests.make import do, rows
from tests.make.families import a_family, make_family
from tests.make.fund import FoundedFund

PHONE = "+77011112233"
NEVER = 1 << 62


@pytest.fixture(autouse=True)
def no_registration_puts_tokens_in_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_rows, "EVERY", NEVER)


def writing() -> Session:
    return Session(db.engine.execution_options(writes=True))


def settle() -> None:
    with writing() as session:
        token_rows.settle(session)
        session.commit()


def by_phone(fund: FoundedFund) -> list[str]:
    return [family.code for family in look(find_families, actor=fund.registrar, text=PHONE).families]


def with_each(session: Session, locality_id: UUID, *tokens: bytes) -> set[UUID]:
    return token_rows.with_each_of(session, locality_id, tokens, most=200)


def with_one(session: Session, locality_id: UUID, *tokens: bytes) -> set[tuple[bytes, UUID]]:
    return set(token_rows.with_one_of(session, locality_id, tokens))


def test_a_family_is_found_before_and_after_its_tokens_are_put_in_their_places(fund: FoundedFund) -> None:
    registered, other = make_family(fund, phone=PHONE), make_family(fund, locality="new-town", point="school-5")
    settle()
    settled = rows(select(func.count()).select_from(IndexToken).where(IndexToken.family_id == registered.family_id))
    assert by_phone(fund) == [registered.code]
    assert rows(select(FreshTokens)) == []
    assert settled[0] >= 15
    assert set(rows(select(IndexToken.locality_id))) == {fund.localities[code] for code in ("old-town", "new-town")}

    again = do(register, actor=fund.registrar, order=_order(fund, phone=PHONE))
    assert isinstance(again, LooksLike)
    assert again.codes == (registered.code,)
    assert registered.code != other.code


def test_many_families_at_once_go_to_their_places_at_once(fund: FoundedFund) -> None:
    families = [make_family(fund) for _each in range(token_rows.MANY)]
    locality = fund.localities["old-town"]
    with writing() as session:
        token_rows.delete_of(session, [family.family_id for family in families])
        findable = [Findable(locality, family.family_id, 1, [b"token"]) for family in families]
        token_rows.write(session, findable[1:])
        assert session.scalar(select(func.count()).select_from(FreshTokens)) == token_rows.MANY - 1
        assert len(with_each(session, locality, b"token")) == token_rows.MANY - 1

        session.execute(delete(FreshTokens))
        token_rows.write(session, findable)
        assert session.scalar(select(func.count()).select_from(FreshTokens)) == 0
        assert len(with_each(session, locality, b"token")) == token_rows.MANY


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_end_of_one_token_with_the_beginning_of_the_next_is_no_token(fund: FoundedFund) -> None:
    family, locality = make_family(fund).family_id, fund.localities["old-town"]
    with writing() as session:
        token_rows.delete_of(session, [family])
        token_rows.write(session, [Findable(locality, family, 1, [b"abcde", b"fghij", b"cdefg"])])

        assert with_one(session, locality, b"abcde", b"cdefg", b"hijcd", b"zzzzz") == {
            (b"abcde", family),
            (b"cdefg", family),
        }
        assert with_each(session, locality, b"fghij", b"cdefg") == {family}
        assert with_each(session, locality, b"fghij", b"hijcd") == set()
        assert with_each(session, fund.localities["new-town"], b"abcde") == set()


@pytest.mark.parametrize("app", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_who_puts_tokens_in_their_places_waits_for_nobody_and_misses_nobody(fund: FoundedFund) -> None:
    first, second = make_family(fund, phone=PHONE), make_family(fund)
    with writing() as correcting:
        correcting.execute(delete(FreshTokens).where(FreshTokens.family_id == first.family_id))
        settle()
        correcting.rollback()

    assert rows(select(FreshTokens.family_id)) == [first.family_id]
    assert rows(select(IndexToken.family_id).distinct()) == [second.family_id]
    assert by_phone(fund) == [first.code]


def test_now_and_then_a_registration_puts_all_of_them_in_their_places(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_rows, "EVERY", 1)

    registered = make_family(fund, phone=PHONE)

    assert rows(select(FreshTokens)) == []
    assert by_phone(fund) == [registered.code]


def _order(fund: FoundedFund, *, phone: str) -> Registration:
    return Registration(fund.localities["old-town"], fund.points["club"], a_family(surname="Басқақызы", phone=phone))
