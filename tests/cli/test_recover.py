"""`recover`: three shares and a copy let a coordinator in again, and nothing else does."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.cli import recover
from aid.domain.custody import SuspensionReason
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.extensions import db
from aid.models.custody import KeyReset
from aid.models.families import Family
from aid.models.people import Person, PersonState, Ring
from aid.perform import look
from aid.queries.lockdowns import is_locked
from aid.queries.recovery import recovery_state
from aid.services.families import open_file
from aid.services.lockdowns import lock
from aid.services.people import Invitation, bundle_of, enrol, prepare_invitation, prepare_keys
from aid.services.readmission import generation_of, who_may_return
from aid.services.suspensions import suspend
from aid.services.verification import head_of, verify
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle
from aid.vault.shares import new_secret, recovery_keys
from config import Config
from tests.conftest import HouseOf
from tests.make import do, rows, see
from tests.make.backups import empty_place, sealed_backup
from tests.make.databases import SqliteHouse
from tests.make.families import make_family
from tests.make.fund import LEAST, FoundedFund, actor_with
from tests.make.recovery import secret


@pytest.fixture
def fund(house_of: HouseOf, monkeypatch: pytest.MonkeyPatch) -> FoundedFund:
    """A founded fund in a folder, whose registrar was arrested: its rings are in their second epoch."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("aid.cli.recover.prepare_invitation", _quick)
    house = house_of("sqlite")
    house.restore("founded")
    with house.app.app_context():
        founded = FoundedFund(house.app)
        make_family(founded, surname="Бірінші")
        arrested = founded.registrar.person_id
        do(suspend, actor=founded.administrator, person_id=arrested, reason=SuspensionReason.ARRESTED)
    return founded


def _quick(handle: str, *, person_id: UUID) -> Invitation:
    return prepare_invitation(handle, person_id=person_id, cost=LEAST)


def folder_of(house_of: HouseOf) -> Path:
    house = house_of("sqlite")
    assert isinstance(house, SqliteHouse)
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()
    return house.folder


@pytest.fixture
def shares(tmp_path: Path) -> Path:
    file = tmp_path / "shares.txt"
    file.write_text("\n".join(secret().mnemonics[1:4]))
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(recover.command, [str(argument) for argument in arguments])


def returned(answer: Result) -> dict[str, str]:
    """First passwords by handle."""
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["holds"] is True
    assert all(person["keys_lacking"] == 0 for person in said["people"])
    return {person["handle"]: person["first_password"] for person in said["people"]}


def enrolled(handle: str, password: str) -> Actor:
    """A person who signed in with their first password and took keys of their own."""
    with Session(db.engine) as session:
        person = session.scalars(select(Person).where(Person.handle == handle)).one()
        first = open_bundle(bundle_of(person), password, person.id)
    keys, halves = prepare_keys(
        person_id=person.id, password="new quiet herons", totp=b"t" * 20, votes=False, cost=LEAST
    )
    do(enrol, actor=actor_with(handle, first.hpke), keys=keys)
    return actor_with(handle, halves.hpke)


def test_from_a_backup_the_people_named_open_what_their_work_needs(
    fund: FoundedFund, shares: Path, tmp_path: Path
) -> None:
    backup, new = tmp_path / "komek.age", tmp_path / "new"
    with fund.app.app_context():
        backup.write_bytes(sealed_backup(secret().backup_recipient))
        head = see(head_of)
        make_family(fund, by=fund.registrar2, confirmed=False, surname="Кейінгі")  # after the backup

    answer = run(
        "--backup", backup, "--into", new, "--readmit", "dina", "--readmit", "timur", "--shares-file", shares, "--json"
    )

    passwords = returned(answer)
    with create_app(Config(data=new, testing=True)).app_context():
        dina, timur = (enrolled(handle, passwords[handle]) for handle in ("dina", "timur"))
        [family_id] = rows(select(Family.id))
        opened = look(open_file, actor=dina, family_id=family_id, why="correct")
        assert opened.family.members[0].name == "Нұрлан Бірінші"
        assert len(timur.keyring.memberships) == 1
        assert rows(select(KeyReset.by_id)) == [None, None]
        assert see(head_of).seq > head.seq
        state = see(recovery_state, actor=dina)
        assert state.current is not None
        assert state.current.used_at is not None
        with Session(db.engine) as session:
            assert list(verify(session)) == []
        db.engine.dispose()
    assert all(secret_word not in answer.output for secret_word in ("AGE-SECRET", secret().mnemonics[2]))


def test_a_data_folder_is_copied_and_stays_as_it_is(
    fund: FoundedFund, house_of: HouseOf, shares: Path, tmp_path: Path
) -> None:
    with fund.app.app_context():
        before = see(head_of)
    folder = folder_of(house_of)

    returned(run("--data", folder, "--into", tmp_path / "new", "--readmit", "dina", "--shares-file", shares, "--json"))

    with fund.app.app_context():
        assert see(head_of) == before
        assert rows(select(Person.state).where(Person.handle == "dina")) == [PersonState.ACTIVE]


@pytest.mark.postgres
def test_the_copy_may_be_on_postgresql(fund: FoundedFund, house_of: HouseOf, shares: Path, tmp_path: Path) -> None:
    folder = folder_of(house_of)
    with empty_place("postgres", tmp_path) as place:
        url = place.config["KOMEK"].database_url
        arguments = ("--into", tmp_path / "new", "--database-url", url, "--readmit", "dina", "--shares-file", shares)

        passwords = returned(run("--data", folder, *arguments, "--json"))

        with place.app_context():
            dina = enrolled("dina", passwords["dina"])
            [family_id] = rows(select(Family.id))
            assert look(open_file, actor=dina, family_id=family_id, why="correct").family.members


def test_without_a_treasurer_at_work_the_donors_go_to_the_coordinator(
    fund: FoundedFund, house_of: HouseOf, shares: Path, tmp_path: Path
) -> None:
    with fund.app.app_context():
        timur = fund.treasurer.person_id
        do(suspend, actor=fund.administrator, person_id=timur, reason=SuspensionReason.ARRESTED)
        donors = rows(select(Ring.id).where(Ring.kind == RingKind.DONORS))[0]
    arguments = ("--into", tmp_path / "new", "--readmit", "dina", "--shares-file", shares, "--json")

    passwords = returned(run("--data", folder_of(house_of), *arguments))

    with create_app(Config(data=tmp_path / "new", testing=True)).app_context():
        assert enrolled("dina", passwords["dina"]).keyring.has(donors)
        db.engine.dispose()


def test_a_copy_of_a_locked_fund_is_open_to_whom_shares_let_in(
    fund: FoundedFund, house_of: HouseOf, shares: Path, tmp_path: Path
) -> None:
    with fund.app.app_context():
        do(lock, actor=fund.distributor)
    arguments = ("--into", tmp_path / "new", "--readmit", "dina", "--shares-file", shares, "--json")

    passwords = returned(run("--data", folder_of(house_of), *arguments))

    with create_app(Config(data=tmp_path / "new", testing=True)).app_context():
        assert not see(is_locked)
        enrolled("dina", passwords["dina"])
        with Session(db.engine) as session:
            assert list(verify(session)) == []
        db.engine.dispose()
    with fund.app.app_context():
        assert see(is_locked)  # the fund itself stays as it was


def test_what_is_refused_leaves_a_place_where_it_can_be_tried_again(
    fund: FoundedFund, house_of: HouseOf, shares: Path, tmp_path: Path
) -> None:
    folder, new, few = folder_of(house_of), tmp_path / "new", tmp_path / "few.txt"
    few.write_text("\n".join(secret().mnemonics[:2]))

    for handle, file, why in (("dina", few, "not enough shares: "), ("nobody", shares, "Nobody here is called nobody")):
        answer = run("--data", folder, "--into", new, "--readmit", handle, "--shares-file", file)
        assert (answer.exit_code, why in answer.stderr) == (1, True), answer.output
        assert "First passwords" not in answer.stdout
    assert run("--into", new, "--readmit", "dina", "--shares-file", shares).exit_code == 2

    answer = run("--data", folder, "--into", new, "--readmit", "dina", "--shares-file", shares)
    assert answer.exit_code == 0, answer.output
    assert "make new ones" in answer.stdout


def test_shares_of_another_fund_let_nobody_in_nor_do_ours_who_is_cut_off(fund: FoundedFund) -> None:
    with fund.app.app_context():
        with pytest.raises(RuleBroken, match="of another fund"):
            see(generation_of, public=recovery_keys(new_secret()).public)
        with pytest.raises(RuleBroken, match="aigul is cut off"):
            see(who_may_return, handle="aigul")
