"""Whatever is changed behind the program's back is found, and named."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.extensions import db
from aid.models import Base
from aid.models.allocations import AllocationVersion, Decision, Vote
from aid.models.audit import AuditLine
from aid.models.families import Family
from aid.models.founding import FoundingAct
from aid.services import audit, verification
from aid.services.verification import PROOFS, Anchor, head_of, prove_anchor, verify
from aid.services.verification.rows import kinds
from aid.vault.acts import act_hash
from aid.vault.signatures import new_signing_pair, sign
from tests.make.forging import (
    PERMANENT_TABLES,
    as_named,
    change_one_byte,
    fixed_columns,
    forge,
    forging,
    found,
    key_of,
    some_row,
)
from tests.make.lived import whole

__all__ = ["whole"]

ROWS = [table for table in PERMANENT_TABLES if table != "audit_line"]
FIXED = {name: fixed_columns(name) for name in ROWS}

ONE = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
"""What the proofs ask is asked of both in a fund that holds; what is found of a forged row does not depend on which."""


def named(session: Session, *proofs: str) -> set[tuple[str, str]]:
    return {(finding.what, finding.item) for finding in found(session, *proofs)}


def tables_named(session: Session, *proofs: str) -> set[str]:
    return {finding.what for finding in found(session, *proofs)}


def test_a_fund_that_only_the_program_wrote_holds(whole: Flask) -> None:
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_every_permanent_table_has_rows_to_forge(whole: Flask) -> None:
    with Session(db.engine) as session:
        empty = [kind.__tablename__ for kind in kinds() if session.scalars(select(kind).limit(1)).first() is None]

    assert empty == []


def test_a_byte_changed_in_a_permanent_row_is_named(whole: Flask) -> None:
    """In every fixed column: the first of every table at once, then the second of each, and so on."""
    most = max(len(columns) for columns in FIXED.values())
    tried = set()
    for place in range(most if db.engine.dialect.name == "sqlite" else 2):  # both read rows by the same names
        with forging() as session:
            forged = {}
            for name, columns in FIXED.items():
                for column in columns[place : place + 1]:
                    table = Base.metadata.tables[name]
                    row = some_row(session, table, column)
                    if row is not None and change_one_byte(session, table, column, row):
                        forged[name, column] = (name, as_named(row, key_of(table)))
            told = named(session, "rows")
        assert [of for of, finding in forged.items() if finding not in told] == []
        tried |= {name for name, _column in forged}

    assert tried == set(ROWS)


@pytest.mark.parametrize("column", ["at", "actor_id", "act", "subject_id", "made", "previous", "hash"])
def test_a_byte_changed_in_an_audit_line_is_named(whole: Flask, column: str) -> None:
    table = Base.metadata.tables["audit_line"]
    with forging() as session:
        row = some_row(session, table, column)
        assert row is not None
        assert change_one_byte(session, table, column, row)

        assert ("audit_line", str(row["seq"])) in named(session, "chain")


def test_a_row_removed_is_named(whole: Flask) -> None:
    """One of every table at once."""
    with forging() as session:
        gone = set()
        for name in ROWS:
            table = Base.metadata.tables[name]
            row = some_row(session, table, key_of(table)[0])
            assert row is not None
            at = " AND ".join(f'"{key}" = :{key}' for key in key_of(table))
            assert forge(session, f"DELETE FROM {name} WHERE {at}", **{key: row[key] for key in key_of(table)}) == 1
            gone.add((name, as_named(row, key_of(table))))

        assert gone - named(session, "rows") == set()


def test_a_row_added_is_named(whole: Flask) -> None:
    """One of several tables at once."""
    unlike = {"number": "number + 1000", "code": "'gift'"}
    with forging() as session:
        added = set()
        for name in ("donor", "sighting", "refused_collection", "ring", "entry", "purpose"):
            new = new_id()
            kept = new if session.get_bind().dialect.name == "postgresql" else new.hex
            names = [column.name for column in Base.metadata.tables[name].columns if column.name != "id"]
            columns, values = ", ".join(names), ", ".join(unlike.get(column, column) for column in names)
            added_one = f"INSERT INTO {name} (id, {columns}) SELECT :new, {values} FROM {name} LIMIT 1"
            assert forge(session, added_one, new=kept) == 1
            added.add((name, str(new)))

        assert added - named(session, "rows") == set()


def test_many_rows_gone_at_once_are_all_named(whole: Flask) -> None:
    with forging() as session:
        count = forge(session, "DELETE FROM sighting")

        findings = found(session, "rows")

    assert {(finding.what, finding.text) for finding in findings} == {("sighting", "it is gone, or can't be read")}
    assert len({finding.item for finding in findings}) == count > 3


# ---------------------------------------------------------------- the chain


def test_an_audit_line_removed_from_within_is_named(whole: Flask) -> None:
    with forging() as session:
        forge(session, "DELETE FROM audit_line WHERE seq = 5")

        assert ("audit_line", "6") in named(session, "chain")


def test_the_last_audit_line_removed_is_missed(whole: Flask) -> None:
    with forging() as session:
        forge(session, "DELETE FROM audit_line WHERE seq = (SELECT max(seq) FROM audit_line)")

        assert tables_named(session, "chain") == {"audit_head"}


def test_an_audit_line_added_is_named(whole: Flask) -> None:
    with forging() as session:
        last = head_of(session).seq
        forge(session, _COPY_OF_THE_FIRST_LINE)

        assert {("audit_line", str(last + 1)), ("audit_head", "")} <= named(session, "chain")


def test_two_audit_lines_swapped_are_named(whole: Flask) -> None:
    with forging() as session:
        for old, new in ((5, -5), (6, 5), (-5, 6)):
            forge(session, f"UPDATE audit_line SET seq = {new} WHERE seq = {old}")

        assert {("audit_line", "5"), ("audit_line", "6")} <= named(session, "chain")


def test_a_line_written_twice_claims_its_rows_twice(whole: Flask) -> None:
    with forging() as session:
        forge(session, _COPY_OF_THE_FIRST_LINE)

        assert "currency" in tables_named(session, "rows")


def test_a_chain_written_anew_holds_in_itself_but_not_against_the_anchor(whole: Flask) -> None:
    with forging() as session:
        anchor = head_of(session)
        forge(session, "UPDATE audit_line SET act = 'family.registered' WHERE seq = 7")
        _write_the_chain_anew(session)

        assert named(session, "chain") == set()
        assert [finding.item for finding in prove_anchor(session, anchor)] == [str(anchor.seq)]


def test_a_chain_that_goes_on_still_holds_its_anchor(whole: Flask) -> None:
    with Session(db.engine) as session:
        early = session.execute(select(AuditLine.seq, AuditLine.hash).where(AuditLine.seq == 4)).one()

        assert list(prove_anchor(session, Anchor(*early))) == []
        assert len(list(prove_anchor(session, Anchor(4, bytes(32))))) == 1
        assert len(list(prove_anchor(session, Anchor(10**9, bytes(32))))) == 1


_COPY_OF_THE_FIRST_LINE = (
    "INSERT INTO audit_line (seq, at, actor_id, act, subject_id, made, previous, hash) "
    "SELECT (SELECT max(seq) + 1 FROM audit_line), at, actor_id, act, subject_id, made, previous, hash "
    "FROM audit_line WHERE seq = 1"
)


def _write_the_chain_anew(session: Session) -> None:
    """What an enemy does who knows how the chain is made."""
    session.expire_all()
    previous = act_hash(session.scalars(select(FoundingAct.content)).one())
    for line in session.scalars(select(AuditLine).order_by(AuditLine.seq)).all():
        line.previous = previous
        line.hash = previous = audit.line_hash(line)
    session.flush()
    forge(session, "UPDATE audit_head SET hash = :hash", hash=previous)


# ---------------------------------------------------------------- what may change

MUTABLE = {
    "available money": ("UPDATE available SET amount_minor = amount_minor + 1", "money", "available"),
    "a voucher uncollected": (
        "UPDATE voucher SET state = 'printed' WHERE state = 'collected'",
        "states",
        "voucher",
    ),
    "a voucher collected by nobody": (
        "UPDATE voucher SET state = 'collected' WHERE state = 'printed'",
        "states",
        "voucher",
    ),
    "a voucher that expired without its money going back": (
        "UPDATE voucher SET state = 'expired' WHERE state = 'printed'",
        "states",
        "voucher",
    ),
    "how often a voucher was printed": ("UPDATE voucher SET papers = papers + 1", "states", "voucher"),
    "a family's version": ("UPDATE family SET version = version + 1", "states", "family"),
    "a family confirmed by nobody": (
        "UPDATE family SET state = 'confirmed', confirmed_version = version WHERE confirmed_version IS NULL",
        "states",
        "family",
    ),
    "a correction that waits no more": (
        "UPDATE family SET state = 'confirmed' WHERE version > confirmed_version",
        "states",
        "family",
    ),
    "an allocation carried by nobody": ("UPDATE allocation SET state = 'carried'", "states", "allocation"),
    "an allocation open again": (
        "UPDATE allocation SET state = 'proposed' WHERE state = 'withdrawn'",
        "states",
        "allocation",
    ),
    "an allocation's version": ("UPDATE allocation SET version = version + 1", "states", "allocation"),
    "a suspension lifted": ("UPDATE person SET state = 'active' WHERE state = 'suspended'", "states", "person"),
    "a counter": ("UPDATE counter SET value = value + 1 WHERE name = 'voucher'", "states", "counter"),
    "a state that there is not": ("UPDATE voucher SET state = 'lost'", "states", "voucher"),
    "a record of an earlier version": ("UPDATE record SET version = version + 1", "sealed", "record"),
    "a record of another family": (
        "UPDATE record SET family_id = (SELECT max(f) FROM (SELECT CAST(id AS VARCHAR) AS f FROM family) AS x)",
        "sealed",
        "record",
    ),
    "a file that is gone": ("DELETE FROM record WHERE kind = 'file'", "sealed", "family"),
    "keys that are gone": ("DELETE FROM wrap", "sealed", "record"),
}


@ONE
@pytest.mark.parametrize("what", MUTABLE)
def test_what_may_change_says_no_more_than_what_may_not(whole: Flask, what: str) -> None:
    statement, proof, table = MUTABLE[what]
    with forging() as session:
        assert forge(session, statement) > 0

        assert table in tables_named(session, proof)


# ---------------------------------------------------------------- proofs that need no chain: who forges it is found too

FORGED = {
    "a transfer of another amount": ("UPDATE transfer SET amount_minor = amount_minor + 1", "money", "entry"),
    "a transfer that is gone": ("DELETE FROM transfer WHERE n = 2", "money", "entry"),
    "a donation of another amount": ("UPDATE donation SET amount_minor = amount_minor + 1", "money", "entry"),
    "a donation that is gone": ("DELETE FROM donation", "money", "entry"),
    "a collection that is gone": ("DELETE FROM collection", "money", "entry"),
    "an entry of another cause": ("UPDATE entry SET kind = 'collection' WHERE kind = 'donation'", "money", "entry"),
    "an entry that is gone": ("DELETE FROM entry WHERE kind = 'donation'", "money", "entry"),
    "a decision without money": ("UPDATE decision SET entry_id = NULL", "money", "decision"),
    "a line of another amount": (
        "UPDATE allocation_line SET amount_minor = amount_minor + 1",
        "lines",
        "allocation_line",
    ),
    "another total": ("UPDATE allocation_version SET total_minor = total_minor + 1", "lines", "allocation_version"),
    "a line that is gone": ("DELETE FROM allocation_line WHERE n = 1", "lines", "allocation_version"),
    "a voucher of another amount": ("UPDATE voucher SET amount_minor = amount_minor + 1", "lines", "voucher"),
    "a voucher that is gone": ("DELETE FROM voucher", "lines", "allocation_line"),
    "a vote of another choice": ("UPDATE vote SET choice = 'no' WHERE choice = 'yes'", "votes", "vote"),
    "a vote that is gone": ("DELETE FROM vote WHERE choice = 'yes'", "votes", "decision"),
    "a decision that carried after all": (
        "UPDATE decision SET carried = NOT carried, notice_until = NULL, entry_id = NULL",
        "votes",
        "decision",
    ),
    "no notice": ("UPDATE decision SET notice_until = decided_at WHERE carried", "votes", "decision"),
    "another count": ("UPDATE decision SET yes = yes + 1", "votes", "decision"),
    "a paper of another voucher": ("DELETE FROM paper", "states", "voucher"),
    "a batch of more papers": ("UPDATE print_batch SET papers = papers + 1", "states", "print_batch"),
}


@ONE
@pytest.mark.parametrize("what", FORGED)
def test_what_contradicts_itself_is_named(whole: Flask, what: str) -> None:
    statement, proof, table = FORGED[what]
    with forging() as session:
        assert forge(session, statement) > 0

        assert table in tables_named(session, proof)


def test_a_family_confirmed_by_who_wrote_it_down_is_named(whole: Flask) -> None:
    with forging() as session:
        forge(
            session,
            "UPDATE confirmation SET by_id = (SELECT by_id FROM family_version "
            "WHERE family_version.family_id = confirmation.family_id AND family_version.version = 1)",
        )

        assert "confirmation" in tables_named(session, "states")


def test_a_vote_signed_with_another_key_is_named(whole: Flask) -> None:
    with forging() as session:
        vote_id = session.scalars(select(Vote.id).limit(1)).one()
        forge(session, "UPDATE vote SET signature = :signature", signature=sign(new_signing_pair().private, b"yes"))

        assert ("vote", str(vote_id)) in named(session, "votes")


def test_votes_stay_with_the_content_they_were_given_to(whole: Flask) -> None:
    with forging() as session:
        forge(session, "UPDATE allocation_version SET content_root = :root", root=hashlib.sha256(b"more").digest())
        versions = session.scalars(select(AllocationVersion)).all()
        votes = session.scalars(select(Vote)).all()
        ids = {("vote", str(vote.id)) for vote in votes}
        roots = {("allocation_version", f"{version.allocation_id}/{version.version}") for version in versions}

        assert ids <= named(session, "votes")
        assert roots <= named(session, "lines")


def test_a_vote_counts_no_more_once_its_member_was_suspended_before(whole: Flask) -> None:
    """The decision is counted with the committee of its time, as the chain has it."""
    with forging() as session:
        decision = session.scalars(select(Decision).where(Decision.carried).limit(1)).one()
        item = ("decision", str(decision.id))
        vote = session.scalars(select(Vote).where(Vote.allocation_id == decision.allocation_id).limit(1)).one()
        forge(
            session,
            "UPDATE audit_line SET act = 'person.suspended' WHERE act = 'person.enrolled' AND subject_id = :member",
            member=vote.member_id if session.get_bind().dialect.name == "postgresql" else vote.member_id.hex,
        )

        assert item in named(session, "votes")


@ONE  # PostgreSQL keeps the types of its columns
def test_a_row_nobody_can_read_is_named_and_the_rest_is_still_read(whole: Flask) -> None:
    """On SQLite a column can hold anything: an enemy must not end the search by it."""
    with forging() as session:
        family_id = session.scalars(select(Family.id).order_by(Family.id).limit(1)).one()
        forge(session, "UPDATE family SET registered_at = 'long ago' WHERE id = :id", id=family_id.hex)
        forge(session, "DELETE FROM donor")

        findings = found(session, "rows")

    assert {"family", "donor"} <= {finding.what for finding in findings}
    assert ("family", str(family_id)) in {(finding.what, finding.item) for finding in findings}


@ONE  # PostgreSQL keeps the types of its columns
def test_a_proof_that_meets_the_unthinkable_says_so(whole: Flask) -> None:
    with forging() as session:
        forge(session, "UPDATE vote SET choice = 'maybe' WHERE choice = 'no'")

        [finding] = found(session, "votes")

    assert finding.what == "votes"
    assert "could not be finished" in finding.text


def test_verifying_takes_no_key_and_changes_nothing(whole: Flask) -> None:
    with Session(db.engine) as session:
        before = head_of(session)
        list(verify(session))
        assert not session.new
        assert not session.dirty
        assert head_of(session) == before


def test_each_proof_says_what_it_proves() -> None:
    told = [line.split()[0] for line in (verification.__doc__ or "").splitlines() if line]
    assert [name for name in PROOFS if name not in told] == []
