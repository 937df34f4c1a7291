"""The stand-alone verifier: a true record holds, and whatever was changed in one is named."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from aid.documents.decisions import decision_record
from aid.documents.press import press
from aid.documents.record import record_pdf
from aid.domain.languages import Language
from aid.domain.membership import ChangeKind
from aid.domain.quorum import Choice, RecusalReason
from aid.models.allocations import Decision
from aid.queries.committee import record_of
from aid.services.committee import cast_vote
from aid.vault.cbor import canonical
from aid.vault.certificates import Committee
from aid.vault.signatures import fingerprint_of, new_signing_pair, public_of, sign
from tests.conftest import HouseOf
from tests.make import do, rows, see
from tests.make.allocations import ballot, make_allocation, make_carried, vote
from tests.make.fund import MEMBERS, FoundedFund, secrets_of_everyone
from tests.make.membership import later, make_newcomer
from tests.make.membership import propose as propose_change
from tests.make.membership import sign as sign_change

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_record.py"
Change = Callable[[dict[str, Any]], None]
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # what is read is the same on both


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    """The one file, as its reader has it."""
    spec = importlib.util.spec_from_file_location("verify_record", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_record"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def fingerprints() -> list[str]:
    """As they stand on the founding act."""
    halves = [secrets_of_everyone()[handle].halves.ed25519 for handle in MEMBERS]
    return [fingerprint_of(public_of(private)) for private in halves if private is not None]


def the_pdf(fund: FoundedFund, allocation_id: UUID, language: Language = Language.EN) -> bytes:
    values = see(record_of, actor=fund.auditor, allocation_id=allocation_id)
    assert values is not None
    return record_pdf(decision_record(values, language), language)


def attached_to(fund: FoundedFund, allocation_id: UUID) -> bytes:
    values = see(record_of, actor=fund.auditor, allocation_id=allocation_id)
    assert values is not None
    return values.attached


def failing(verifier: ModuleType, attached: bytes, keys: list[str] | None = None, **asked: Any) -> list[str]:
    """The names of the checks that do not hold."""
    trusted = [verifier.fingerprint_in(line) for line in (fingerprints() if keys is None else keys)]
    found = [each for each in verifier.check(attached, trusted, **asked) if not each[1]]
    print(found)  # shown where a test fails
    return [name for name, _holds, _words in found]


def forged(verifier: ModuleType, attached: bytes, change: Change) -> bytes:
    """The work of an enemy who knows this program too: the content's own sum is right again."""
    content = json.loads(attached)
    change(content)
    content["sha256"] = verifier.sum_of(content)
    written: bytes = verifier.written(content)
    return written


@pytest.fixture(scope="session")
def record(house_of: HouseOf) -> bytes:
    """What is inside the record of such a round: made once, and never changed by who reads it."""
    house = house_of("sqlite")
    house.restore("founded")
    with house.app.app_context():
        return _carried(FoundedFund(house.app))[1]


@pytest.fixture
def carried(fund: FoundedFund) -> tuple[UUID, bytes]:
    """Such a round, in a fund that is there."""
    return _carried(fund)


def _carried(fund: FoundedFund) -> tuple[UUID, bytes]:
    """A round of three lines that three members carried, after one stepped out and one changed their mind."""
    proposed = make_allocation(fund, families=3)
    first, second, third, fourth, fifth = fund.members
    vote(fund, fifth, proposed.allocation_id, Choice.RECUSAL, reason=RecusalReason.RELATIVE)
    vote(fund, first, proposed.allocation_id, Choice.NO)
    for member in (first, second, third):
        vote(fund, member, proposed.allocation_id)
    assert fourth not in (first, second, third)
    return proposed.allocation_id, attached_to(fund, proposed.allocation_id)


# ---------------------------------------------------------------- a true record


@SQLITE
def test_a_true_record_holds_as_its_reader_runs_it(
    fund: FoundedFund, carried: tuple[UUID, bytes], tmp_path: Path
) -> None:
    pdf, keys = tmp_path / "record-1.pdf", tmp_path / "keys.txt"
    pdf.write_bytes(the_pdf(fund, carried[0], Language.KK))
    keys.write_text("".join(f"{handle}: {told}\n" for handle, told in zip(MEMBERS, fingerprints(), strict=True)))

    command = [sys.executable, "-I", str(VERIFIER), str(pdf), "--keys", str(keys), "--quorum", "3", "--list"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "FAILS" not in ran.stdout
    assert "3 said yes and 0 said no" in ran.stdout
    assert "Allocation 1, version 1: 3 lines" in ran.stdout
    assert "yerlan: recusal" in ran.stdout


def test_it_needs_nothing_of_komek() -> None:
    imported = [line for line in VERIFIER.read_text().splitlines() if line.startswith(("import ", "from "))]

    assert not [line for line in imported if "aid" in line.split()[1].split(".")]
    outside = {line.split()[1].split(".")[0] for line in imported} - set(sys.stdlib_module_names)
    assert outside == {"cryptography", "pypdf"}


@SQLITE
def test_the_number_on_paper_is_the_sum_of_what_is_inside(
    fund: FoundedFund, carried: tuple[UUID, bytes], verifier: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(the_pdf(fund, carried[0]))

    inside = verifier.contents_of(path)

    assert inside == {"komek-record.json": carried[1]}
    words = "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)
    assert json.loads(carried[1])["sha256"] in words


def test_the_content_holds_codes_and_numbers_and_no_words(record: bytes) -> None:
    content = json.loads(record)

    assert record.isascii()
    assert set(content["lines"][0]) == {"n", "code", "amount", "currency", "point", "items", "facts", "hash"}
    assert "School kits" not in record.decode()


@SQLITE
def test_a_rejected_proposal_has_a_record_that_holds(fund: FoundedFund, verifier: ModuleType) -> None:
    proposed = make_allocation(fund)
    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id, Choice.NO)

    attached = attached_to(fund, proposed.allocation_id)

    assert failing(verifier, attached) == []
    lie = forged(verifier, attached, lambda content: content["decision"].update(carried=True))
    assert "quorum" in failing(verifier, lie)


# ---------------------------------------------------------------- what was changed


def test_any_changed_byte_of_the_content_is_named(record: bytes, verifier: ModuleType) -> None:
    attached = record
    assert failing(verifier, attached) == []

    kept = [
        place
        for place in range(len(attached))
        if not failing(verifier, attached[:place] + bytes([attached[place] ^ 1]) + attached[place + 1 :])
    ]

    assert kept == []
    assert failing(verifier, attached[:-1]) == ["attachment"]
    assert failing(verifier, attached + b" ") == ["attachment"]


def line(**changed: Any) -> Change:
    return lambda content: content["lines"][0].update(changed)


def of_vote(place: int, **changed: Any) -> Change:
    return lambda content: content["votes"][place].update(changed)


CHANGES: dict[str, tuple[Change, str]] = {
    "a larger amount": (line(amount=999), "lines"),
    "another family": (line(code="100000001"), "lines"),
    "another point": (line(point="01890a5d-ac96-774b-bcce-b302099a8057"), "lines"),
    "other goods": (line(items=["3 school-bag"]), "lines"),
    "other facts": (line(facts="00" * 32), "lines"),
    "a line left out": (lambda content: content["lines"].pop(), "content"),
    "two lines that changed places": (lambda content: content["lines"].reverse(), "lines"),
    "another rule": (lambda content: content["allocation"].update(basis={"budget": 1}), "content"),
    "another sum": (lambda content: content["allocation"].update(total=1), "total"),
    "another allocation": (
        lambda content: content["allocation"].update(id="01890a5d-ac96-774b-bcce-b302099a8057"),
        "signatures",
    ),
    "another version": (lambda content: content["allocation"].update(version=2), "signatures"),
    "another fund": (lambda content: content.update(fund="01890a5d-ac96-774b-bcce-b302099a8057"), "signatures"),
    "a no that became a yes": (of_vote(1, choice="yes"), "signatures"),
    "another vote's number": (of_vote(4, number=2), "signatures"),
    "a changed signature": (of_vote(2, signature="00" * 64), "signatures"),
    "another's name beside a vote": (of_vote(3, handle="zhanna"), "keys"),
    "a vote too few": (lambda content: content["votes"].pop(), "quorum"),
    "an earlier vote left out": (lambda content: content["votes"].pop(1), "order"),
    "a vote that stands twice": (lambda content: content["votes"].append(content["votes"][-1]), "order"),
    "a member sent away": (
        lambda content: content.update(away=[content["votes"][-1]["member"]]),
        "quorum",
    ),
    "another count": (lambda content: content["decision"].update(yes=5), "decision"),
    "another day": (
        lambda content: content["decision"].update(decided_at="2026-01-01T00:00:00.000000+00:00"),
        "decision",
    ),
    "no certificate": (lambda content: content["certificates"].clear(), "committee"),
    "a changed certificate": (lambda content: content["certificates"][0].update(hash="00" * 32), "committee"),
    "a field left out": (lambda content: content["allocation"].pop("policy"), "signatures"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_named_even_by_who_writes_the_sum_anew(record: bytes, verifier: ModuleType, what: str) -> None:
    change, name = CHANGES[what]

    assert name in failing(verifier, forged(verifier, record, change))


def test_lines_changed_with_all_their_hashes_were_not_voted_on(record: bytes, verifier: ModuleType) -> None:
    def change(content: dict[str, Any]) -> None:
        content["lines"][0]["amount"] += 100
        content["allocation"]["total"] += 100
        content["lines"][0]["hash"] = verifier.Record.hash_of(content["lines"][0]).hex()
        hashes = [bytes.fromhex(row["hash"]) for row in content["lines"]]
        basis = content["allocation"]["basis"]
        told = ["komek/content/1", hashes] if basis is None else ["komek/content/2", hashes, basis]
        content["allocation"]["content_root"] = verifier.sha256(verifier.cbor(told)).hex()

    assert failing(verifier, forged(verifier, record, change)) == ["signatures"]


@SQLITE
def test_a_vote_replayed_from_another_allocation_is_named(
    fund: FoundedFund, carried: tuple[UUID, bytes], verifier: ModuleType
) -> None:
    other = json.loads(attached_to(fund, make_carried(fund, purpose="food").allocation_id))

    def change(content: dict[str, Any]) -> None:
        content["votes"][-1]["signature"] = next(
            row["signature"] for row in other["votes"] if row["member"] == content["votes"][-1]["member"]
        )

    assert failing(verifier, forged(verifier, carried[1], change)) == ["signatures"]


def test_a_foreign_key_is_named_even_with_a_certificate_of_its_own(record: bytes, verifier: ModuleType) -> None:
    """Whoever owns the server makes a committee of their own; the fingerprints on paper are not theirs."""
    pair = new_signing_pair()

    def change(content: dict[str, Any]) -> None:
        stolen = content["votes"][-1]
        row = content["certificates"][0]
        committee = Committee.read(bytes.fromhex(row["content"]))
        seats = tuple(
            type(seat)(seat.person_id, seat.handle, pair.public, seat.alternate)
            if str(seat.person_id) == stolen["member"]
            else seat
            for seat in committee.members
        )
        made = Committee(
            fund=committee.fund,
            version=1,
            previous=committee.previous,
            members=seats,
            quorum=committee.quorum,
            notice_hours=committee.notice_hours,
            delay_hours=committee.delay_hours,
            absence_hours=committee.absence_hours,
        )
        row.update(content=made.content().hex(), hash=made.hash.hex())
        allocation = content["allocation"]
        message = [
            "komek/vote/1",
            UUID(content["fund"]),
            UUID(allocation["id"]),
            allocation["version"],
            bytes.fromhex(allocation["content_root"]),
            allocation["policy"],
            UUID(stolen["member"]),
            stolen["choice"],
            stolen["number"],
        ]
        stolen.update(key=pair.public.hex(), signature=sign(pair.private, canonical(message)).hex())

    lie = forged(verifier, record, change)

    assert failing(verifier, lie) == ["keys"]
    assert failing(verifier, lie, [*fingerprints(), fingerprint_of(pair.public)]) == [], "only the paper told it apart"


@SQLITE
def test_a_member_of_a_later_certificate_is_believed_through_those_who_signed_it(
    fund: FoundedFund, verifier: ModuleType
) -> None:
    newcomer = make_newcomer(fund)
    sign_change(fund, propose_change(fund, ChangeKind.ADMIT, subject_id=newcomer.person_id, alternate="aliya-sister"))
    proposed = make_allocation(fund)
    since = later(24 * 8)
    for place, member in enumerate(fund.members[:2]):
        vote(fund, member, proposed.allocation_id, now=later(24 * 7 + place))
    order = ballot(proposed.allocation_id)
    do(cast_vote, actor=newcomer.actor, order=order, signing=newcomer.signing, now=since)
    attached = attached_to(fund, proposed.allocation_id)
    assert newcomer.halves.ed25519 is not None
    theirs = fingerprint_of(public_of(newcomer.halves.ed25519))

    assert failing(verifier, attached) == ["keys"], "the paper of the founding act does not know them"
    assert failing(verifier, attached, [*fingerprints(), theirs]) == []
    for change in (
        lambda content: content["certificates"][1]["answers"].pop(),
        lambda content: content["certificates"][1]["answers"][0].update(signature="00" * 64),
        lambda content: content["certificates"].pop(0),
    ):
        assert "committee" in failing(verifier, forged(verifier, attached, change), [*fingerprints(), theirs])


# ---------------------------------------------------------------- the reader's keys


def test_without_keys_or_with_too_few_of_them_nothing_is_believed(record: bytes, verifier: ModuleType) -> None:
    assert failing(verifier, record, []) == ["keys"]
    assert failing(verifier, record, fingerprints()[1:]) == ["keys"]
    assert failing(verifier, record, quorum=4) == ["committee"]


def test_a_fingerprint_is_read_however_it_was_copied(verifier: ModuleType) -> None:
    told = "ab12 cd34 5e6f 7081 92a3 b4c5 d6e7 f809"
    digits = told.replace(" ", "")

    for line in (told, told.upper(), f"marat {told}", f"dead beef: {told}  # from paper", digits, f"- saule: {digits}"):
        assert verifier.fingerprint_in(line) == digits
    for line in ("", "# " + told, "marat", told[:-2], "ab12 cd34"):
        assert verifier.fingerprint_in(line) is None


def test_a_pdf_without_a_record_inside_is_refused(tmp_path: Path) -> None:
    plain, no_pdf = tmp_path / "scan.pdf", tmp_path / "text.pdf"
    plain.write_bytes(press("<!doctype html><html lang='en'><title>x</title><p>x</p></html>"))
    no_pdf.write_bytes(b"hello")

    for path, why in ((plain, "no record inside"), (no_pdf, "can't be read"), (tmp_path / "none.pdf", "can't be read")):
        command = [sys.executable, "-I", str(VERIFIER), str(path), "--key", fingerprints()[0]]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 1
        assert why in ran.stdout


def test_its_own_cbor_is_the_vaults(verifier: ModuleType) -> None:
    value: list[Any] = [
        None,
        True,
        0,
        23,
        24,
        255,
        256,
        65536,
        1 << 40,
        -1,
        -300,
        "қ",
        b"x" * 300,
        [],
        {"b": 1, "aa": [2], "a": {}},
    ]

    assert verifier.cbor(value) == canonical(value)
    assert verifier.read_cbor(canonical(value[:-1])) == value[:-1]


@SQLITE
def test_moments_stand_in_order_as_text(carried: tuple[UUID, bytes]) -> None:
    content = json.loads(carried[1])
    moments = [row["cast_at"] for row in content["votes"]]

    assert moments == sorted(moments)
    [decided] = rows(select(Decision.decided_at))
    assert abs(decided.fromisoformat(content["decision"]["decided_at"]) - decided) < timedelta(seconds=1)
