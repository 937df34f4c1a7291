#!/usr/bin/env python3
"""Check a disbursement record by yourself: was this really decided by these members, over exactly this list?

    pip install cryptography pypdf
    python verify_record.py record-1.pdf --keys keys.txt
    python verify_record.py record-1.pdf --key "ab12 cd34 5e6f 7081 92a3 b4c5 d6e7 f809" --key "…"

You need the PDF of the record, and the fingerprints of the members' voting keys as they stand on the paper of the
founding act (and, for members who came later, on their certificate). A keys file has one on each line; a handle before
it does no harm. Nothing is asked of any server: this file needs nothing of Komek, only Python 3.11 and two libraries.

What is checked, each by name:

attachment    the record's content is inside the PDF, whole, and written in its one way
lines         each line's hash is that of its code, amount, currency, point, goods and facts
content       all lines, and the rule they were computed by, give the number that the votes were given to
total         the lines add up to the sum
committee     the certificates follow one another, each signed by the committee before it
keys          each vote's key is its member's by the certificate of that time, and is among those you gave
signatures    each vote is signed with that key, over this fund, allocation, version, content, policy and choice
order         no vote is counted twice or moved; nobody voted on their own proposal, or after stepping out
quorum        counted anew, the votes carry the proposal, or reject it
decision      what the record says of the decision is what the votes say

It ends with 0 if all of it holds, with 1 if anything does not.

What it can't show: that no vote was left out; that the facts behind a line are true (who may open them can check them
against the line's facts hash); when a vote was cast; and that the printed pages say the same as the content inside.
Compare the sum and the number "Attached content" on paper with what this program prints.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pypdf import PdfReader
from pypdf.errors import PyPdfError

FORMAT = "komek/record/1"
NAME = re.compile(r"komek-record(-\d+)?\.json")
NO_COMMITTEE_IS_SMALLER = 3
LARGEST = 64 << 20

Content = dict[str, Any]


class Fault(Exception):
    """Something does not hold; the message says what, in plain words."""


@dataclass(frozen=True)
class Seat:
    """One member of the committee, by a certificate."""

    member: bytes
    handle: str
    public: bytes


@dataclass(frozen=True)
class Committee:
    """The committee of one certificate."""

    version: int
    previous: bytes
    seats: dict[bytes, Seat]
    quorum: int
    hash: bytes
    fund: bytes
    since: str
    policy: int


# ---------------------------------------------------------------- bytes: canonical CBOR, as RFC 8949 section 4.2.1 says


def cbor(value: Any) -> bytes:
    """Null, booleans, whole numbers, text, bytes, lists and maps, in the one way that is hashed and signed."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(3, len(text)) + text
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        pairs = sorted(((cbor(key), cbor(each)) for key, each in value.items()), key=lambda pair: (len(pair[0]), pair))
        return _head(5, len(value)) + b"".join(key + each for key, each in pairs)
    raise Fault(f"a {type(value).__name__} can't be signed")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size)
    raise Fault("a number is too large")


def read_cbor(encoded: bytes) -> Any:
    """What `cbor` wrote. Raises Fault for anything else."""
    value, end = _item(encoded, 0, depth=0)
    if end != len(encoded) or cbor(value) != encoded:
        raise Fault("a certificate is not written in its one way")
    return value


def _item(encoded: bytes, at: int, *, depth: int) -> tuple[Any, int]:
    if at >= len(encoded) or depth > 8:
        raise Fault("a certificate can't be read")
    first = encoded[at]
    if first in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[first], at + 1
    major, code, at = first >> 5, first & 31, at + 1
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(code, 0)
    if code > 27:
        raise Fault("a certificate can't be read")
    number = int.from_bytes(encoded[at : at + size]) if size else code
    at += size
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        chunk = encoded[at : at + number]
        if len(chunk) != number:
            raise Fault("a certificate is cut short")
        return (chunk if major == 2 else chunk.decode()), at + number
    if major != 4:
        raise Fault("a certificate can't be read")
    items = []
    for _each in range(number):
        item, at = _item(encoded, at, depth=depth + 1)
        items.append(item)
    return items, at


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def signed(public: bytes, signature: bytes, message: list[Any]) -> bool:
    """Whether the holder of this key signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, cbor(message))
    except (InvalidSignature, ValueError):
        return False
    return True


# ---------------------------------------------------------------- the content of the PDF


def contents_of(pdf: Path) -> dict[str, bytes]:
    """The records inside a PDF, by the name of the attachment."""
    try:
        inside = PdfReader(pdf).attachments
        found = {name: files for name, files in inside.items() if NAME.fullmatch(name)}
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Fault(f"the PDF can't be read ({type(error).__name__})") from error
    if not found:
        raise Fault("there is no record inside this PDF. A photograph or a scan has none: use the file itself")
    if any(len(files) != 1 for files in found.values()):
        raise Fault("two attachments of the PDF have one name")
    return {name: files[0] for name, files in found.items()}


def content_of(attached: bytes) -> Content:
    """The content, read strictly: one way to write it, and a sum of its own over all of it."""
    if len(attached) > LARGEST:
        raise Fault("the content is too large to be a record")
    try:
        content = json.loads(attached.decode("ascii"), parse_float=_no_float, parse_constant=_no_float)
        again = written(content)
    except (ValueError, RecursionError) as error:
        raise Fault("the content can't be read: it was damaged or changed") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Fault("this is no content of a record, or one of a newer kind than this program knows")
    if again != attached:
        raise Fault("the content is not written in its one way: it was changed")
    if content.get("sha256") != sum_of(content):
        raise Fault("the content's own sum is another one: it was changed")
    return content


def sum_of(content: Content) -> str:
    """SHA-256 over the content without this sum: what stands on paper as "Attached content"."""
    return hashlib.sha256(written({key: value for key, value in content.items() if key != "sha256"})).hexdigest()


def written(content: Any) -> bytes:
    """The one way to write the content: keys in order, no spaces, ASCII."""
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


def identity(text: str) -> bytes:
    """The 16 bytes of an identifier such as 01890a5d-ac96-774b-bcce-b302099a8057."""
    raw = bytes.fromhex(text.replace("-", ""))
    if len(raw) != 16:
        raise Fault("an identifier is damaged")
    return raw


# ---------------------------------------------------------------- the checks


@dataclass
class Record:
    """A record's content, the keys that its reader trusts, and what was found out so far."""

    content: Content
    trusted: list[str]
    wanted_quorum: int | None = None

    @property
    def allocation(self) -> Content:
        allocation: Content = self.content["allocation"]
        return allocation

    @property
    def votes(self) -> list[Content]:
        votes: list[Content] = self.content["votes"]
        return votes

    def lines(self) -> str:
        lines = self.content["lines"]
        for place, line in enumerate(lines, start=1):
            said = f"line {line['n']}"
            if line["n"] != place:
                raise Fault(f"{said} stands where line {place} should be")
            if line["currency"] != self.allocation["currency"]:
                raise Fault(f"{said} is in another currency than the record")
            if self.hash_of(line) != bytes.fromhex(line["hash"]):
                raise Fault(f"{said} (code {line['code'] or 'none'}) is not what its hash says: it was changed")
        codes = [line["code"] for line in lines if line["code"] is not None]
        if len(set(codes)) != len(codes):
            raise Fault("a family's code stands twice")
        return f"each of {len(lines)} lines is what its hash says"

    @staticmethod
    def hash_of(line: Content) -> bytes:
        point = None if line["point"] is None else identity(line["point"])
        facts = None if line["facts"] is None else bytes.fromhex(line["facts"])
        told = [line["code"], line["amount"], line["currency"], point, line["items"], facts]
        return sha256(cbor(["komek/line/1", *told]))

    def root(self) -> str:
        hashes = [self.hash_of(line) for line in self.content["lines"]]
        basis = self.allocation["basis"]
        told = ["komek/content/1", hashes] if basis is None else ["komek/content/2", hashes, basis]
        root = sha256(cbor(told)).hex()
        if root != self.allocation["content_root"]:
            raise Fault(
                "the lines, or the rule they were computed by, are not those that were voted on: something was "
                "changed, added, removed or moved"
            )
        return f"the lines are those that were voted on ({root[:16]}…)"

    def total(self) -> str:
        total = sum(line["amount"] for line in self.content["lines"])
        if total != self.allocation["total"]:
            raise Fault(f"the lines add up to {total}, and not to {self.allocation['total']}")
        return f"the lines add up to {total} in the smallest unit of {self.allocation['currency']}"

    def committee(self) -> str:
        chain = self.chain()
        for before, after, row in zip(chain[:-1], chain[1:], self.content["certificates"][1:], strict=True):
            self.check_step(before, after, row)
        at = self.at(self.content["decision"]["decided_at"])
        if self.wanted_quorum is not None and at.quorum != self.wanted_quorum:
            raise Fault(f"certificate {at.version} asks for {at.quorum} votes, and not for {self.wanted_quorum}")
        of = self.counted_by()
        return (
            f"certificate {at.version}: {len(at.seats)} members; {of.quorum} votes decide. "
            "Compare both with your founding act"
        )

    def chain(self) -> list[Committee]:
        """The certificates, each by itself in order."""
        found: list[Committee] = []
        for row in self.content["certificates"]:
            raw = bytes.fromhex(row["content"])
            said = f"certificate {row['version']}"
            try:
                purpose, fund, version, previous, seats, quorum, *_hours = read_cbor(raw)
                named = {person: Seat(person, handle, public) for person, handle, public, _alternate in seats}
            except (TypeError, ValueError) as error:
                raise Fault(f"{said} can't be read") from error
            if purpose != "komek/committee/1" or version != row["version"] or sha256(raw).hex() != row["hash"]:
                raise Fault(f"{said} is not what its hash says")
            if fund != identity(self.content["fund"]):
                raise Fault(f"{said} is another fund's")
            if version != len(found) + 1 or previous != (found[-1].hash if found else bytes(32)):
                raise Fault(f"{said} does not follow the one before it")
            if len(named) != len(seats) or len({seat.public for seat in named.values()}) != len(seats):
                raise Fault(f"{said} names a member or a key twice")
            if not NO_COMMITTEE_IS_SMALLER <= quorum <= len(seats):
                raise Fault(f"{said} asks for {quorum} votes of {len(seats)}: no committee may do that")
            found.append(Committee(version, previous, named, quorum, sha256(raw), fund, row["since"], row["policy"]))
        if not found:
            raise Fault("there is no certificate: nobody's vote can be checked")
        return found

    def check_step(self, before: Committee, after: Committee, row: Content) -> None:
        """A later certificate was signed by the committee before it."""
        agreed: set[bytes] = set()
        for answer in row["answers"]:
            member = identity(answer["member"])
            seat = before.seats.get(member)
            message = ["komek/change/1", after.fund, identity(answer["change"]), after.hash, member, answer["answer"]]
            if seat is None or not signed(seat.public, bytes.fromhex(answer["signature"]), message):
                raise Fault(f"certificate {after.version}: an answer is not signed by a member of the one before it")
            if answer["answer"] == "yes":
                agreed.add(member)
        swapped = len(before.seats.keys() - after.seats.keys()) == 1 == len(after.seats.keys() - before.seats.keys())
        enough = len(agreed) >= before.quorum or (swapped and len(agreed) >= NO_COMMITTEE_IS_SMALLER)
        if not enough:
            raise Fault(f"certificate {after.version}: only {len(agreed)} members of the one before it signed it")

    def at(self, moment: str) -> Committee:
        """The committee at a moment; the first holds from the beginning."""
        chain = self.chain()
        return [each for place, each in enumerate(chain) if place == 0 or each.since <= moment][-1]

    def counted_by(self) -> Committee:
        """The committee whose rule counts: of the day on which the allocation was proposed."""
        rules = [each for each in self.chain() if each.policy == self.allocation["policy"]]
        if not rules:
            raise Fault("no certificate has the rule by which this was counted")
        return rules[0]

    def keys(self) -> str:
        if not self.trusted:
            raise Fault("no fingerprints were given: take them from the paper of the founding act (--keys or --key)")
        used: dict[bytes, str] = {}
        for vote in self.votes:
            public, member = bytes.fromhex(vote["key"]), identity(vote["member"])
            seat = self.at(vote["cast_at"]).seats.get(member)
            if seat is None or seat.public != public:
                raise Fault(f"{vote['handle']}'s key is not the one that the certificate of that time names")
            if seat.handle != vote["handle"]:
                raise Fault(f"{vote['handle']} is called {seat.handle} by the certificate")
            if not any(sha256(public).hex().startswith(digits) for digits in self.trusted):
                raise Fault(
                    f"{vote['handle']} voted with the key {fingerprint(public)}, which is not among those you gave: "
                    "a foreign key, or one that was certified later"
                )
            used[public] = vote["handle"]
        strangers = [
            seat.handle
            for seat in self.counted_by().seats.values()
            if not any(sha256(seat.public).hex().startswith(digits) for digits in self.trusted)
        ]
        more = f"; of {', '.join(sorted(strangers))} you gave none" if strangers else ""
        return f"all {len(used)} keys that voted are among those you gave{more}"

    def signatures(self) -> str:
        allocation = self.allocation
        for vote in self.votes:
            message = [
                "komek/vote/1",
                identity(self.content["fund"]),
                identity(allocation["id"]),
                allocation["version"],
                bytes.fromhex(allocation["content_root"]),
                allocation["policy"],
                identity(vote["member"]),
                vote["choice"],
                vote["number"],
            ]
            if not signed(bytes.fromhex(vote["key"]), bytes.fromhex(vote["signature"]), message):
                raise Fault(
                    f"{vote['handle']}'s vote no. {vote['number']} was not signed over this record: it was changed, or "
                    "was given to another allocation, version or choice"
                )
        return f"each of {len(self.votes)} votes is signed over exactly this content"

    def order(self) -> str:
        given: dict[str, int] = {}
        out: set[str] = set()
        last = ""
        for vote in self.votes:
            who = vote["handle"]
            given[who] = given.get(who, 0) + 1
            if vote["number"] != given[who]:
                raise Fault(f"{who}'s votes are not numbered one after the other: one is missing, or stands twice")
            if who in out:
                raise Fault(f"{who} voted after stepping out")
            if vote["member"] == self.allocation["proposer"]:
                raise Fault(f"{who} voted on their own proposal")
            if (vote["choice"] == "recusal") != (vote["reason"] is not None):
                raise Fault(f"{who}'s reason does not go with the vote")
            if vote["cast_at"] <= last:
                raise Fault("the votes do not stand in the order in which they were cast")
            last = vote["cast_at"]
            if vote["choice"] == "recusal":
                out.add(who)
        return "no vote is counted twice, and nobody voted on their own proposal"

    def latest(self, *, with_away: bool) -> dict[str, str]:
        """Each member's latest word, by the committee that decided."""
        seats = self.at(self.content["decision"]["decided_at"]).seats
        away = set(self.content["away"])
        return {
            vote["member"]: vote["choice"]
            for vote in self.votes
            if identity(vote["member"]) in seats and (with_away or vote["member"] not in away)
        }

    def quorum(self) -> str:
        said = list(self.latest(with_away=False).values())
        yes, no = said.count("yes"), said.count("no")
        needed = self.counted_by().quorum
        carried = self.content["decision"]["carried"]
        if carried and yes < needed:
            raise Fault(f"only {yes} members said yes, and it takes {needed}: it was not carried")
        if carried and yes <= no:
            raise Fault(f"{yes} said yes and {no} said no: it was not carried")
        if not carried:
            return self.rejected(yes, no, needed)
        all_said = list(self.latest(with_away=True).values())
        if all_said.count("yes") <= all_said.count("no"):
            raise Fault(
                "it is carried only without the votes of members who are said to have been suspended, which this "
                "program can't check"
            )
        return f"{yes} said yes and {no} said no; it takes {needed}, and more yes than no"

    def rejected(self, yes: int, no: int, needed: int) -> str:
        """A rejection holds once those who had not answered could not carry it."""
        at = self.at(self.content["decision"]["decided_at"])
        gone = {*self.content["away"], self.allocation["proposer"]}
        entitled = [member for member in at.seats if member not in {identity(each) for each in gone}]
        still_out = len(entitled) - len(self.latest(with_away=False))
        if yes >= needed and yes > no:
            raise Fault(f"{yes} said yes and {no} said no: it was carried, and not rejected")
        if yes + still_out >= needed and yes + still_out > no:
            raise Fault("members who had not answered could still have carried it: it was not decided")
        return f"{yes} said yes and {no} said no; it could not be carried any more"

    def decision(self) -> str:
        decision = self.content["decision"]
        said = list(self.latest(with_away=False).values())
        for word, choice in (("yes", "yes"), ("no", "no"), ("recused", "recusal")):
            if decision[word] != said.count(choice):
                raise Fault(f"the record counts {decision[word]} × {choice}, and the votes say {said.count(choice)}")
        if not self.votes or decision["decided_at"] != self.votes[-1]["cast_at"]:
            raise Fault("the decision did not fall with the last vote")
        if decision["carried"] != (decision["notice_until"] is not None):
            raise Fault("the time between decision and printing does not go with the decision")
        return "carried" if decision["carried"] else "rejected"


CHECKS: tuple[tuple[str, Callable[[Record], str]], ...] = (
    ("lines", Record.lines),
    ("content", Record.root),
    ("total", Record.total),
    ("committee", Record.committee),
    ("keys", Record.keys),
    ("signatures", Record.signatures),
    ("order", Record.order),
    ("quorum", Record.quorum),
    ("decision", Record.decision),
)


def check(attached: bytes, trusted: list[str], *, quorum: int | None = None) -> Iterator[tuple[str, bool, str]]:
    """Each check by name: whether it holds, and what was found, in words."""
    try:
        content = content_of(attached)
    except Fault as fault:
        yield "attachment", False, str(fault)
        return
    yield "attachment", True, f"the content is whole; on paper it is {content['sha256']}"
    record = Record(content, trusted, quorum)
    for name, ask in CHECKS:
        try:
            yield name, True, ask(record)
        except Fault as fault:
            yield name, False, str(fault)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            yield name, False, f"the content is not that of a record ({type(error).__name__})"


# ---------------------------------------------------------------- the command


def fingerprint(public: bytes) -> str:
    """As it stands on paper: eight groups of four."""
    digits = sha256(public).hex()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))


def fingerprint_in(line: str) -> str | None:
    """The fingerprint on a line: its last 32 or 64 hexadecimal digits, whatever stands before it."""
    told = line.partition("#")[0].strip().lower()
    match = re.search(r"(?:[0-9a-f]{4}[\s:]*)+$", told)
    digits = re.sub(r"[\s:]", "", match.group()) if match else ""
    if len(digits) >= 64:
        return digits[-64:]
    return digits[-32:] if len(digits) >= 32 else None


def trusted_by(arguments: argparse.Namespace) -> list[str]:
    """The fingerprints that were given in a file, one by one, or are typed now."""
    lines = list(arguments.key)
    for path in arguments.keys:
        lines += path.read_text(encoding="utf-8").splitlines()
    if not lines and sys.stdin.isatty():
        print("Type the members' fingerprints from the founding act, one a line; an empty line ends.")
        while line := input("> ").strip():
            lines.append(line)
    return [found for line in lines if (found := fingerprint_in(line))]


def main() -> int:
    """Check each PDF, and say what holds and what does not."""
    parser = argparse.ArgumentParser(description="Check disbursement records against votes and members' keys.")
    parser.add_argument("pdf", nargs="+", type=Path, help="the record's PDF file")
    parser.add_argument("--keys", action="append", default=[], type=Path, help="a file with one fingerprint a line")
    parser.add_argument("--key", action="append", default=[], help="one fingerprint, in quotation marks")
    parser.add_argument("--quorum", type=int, help="how many votes decide, as the founding act says")
    parser.add_argument("--list", action="store_true", help="print every line, to compare it with the paper")
    arguments = parser.parse_args()
    try:
        trusted = trusted_by(arguments)
    except (OSError, UnicodeDecodeError) as error:
        print(f"The keys can't be read: {error}", file=sys.stderr)
        return 1
    results = [tell(path, trusted, quorum=arguments.quorum, listed=arguments.list) for path in arguments.pdf]
    return 0 if all(results) else 1


def tell(path: Path, trusted: list[str], *, quorum: int | None, listed: bool) -> bool:
    """Say of one PDF what holds; whether all of it does."""
    print(path)
    try:
        contents = contents_of(path)
    except Fault as fault:
        print(f"  FAILS  {'attachment':<11} {fault}")
        return False
    holds = True
    for name, attached in sorted(contents.items()):
        found = list(check(attached, trusted, quorum=quorum))
        if len(contents) > 1:
            print(f"  {name}")
        for check_name, held, words in found:
            print(f"  {'holds' if held else 'FAILS'}  {check_name:<11} {words}")
        sound = all(held for _name, held, _words in found)
        holds = holds and sound
        if found[0][1] and sound:
            summary(content_of(attached), listed=listed)
        else:
            print("  This record does NOT hold. Do not act on it; show this to the other members.")
    return holds


def summary(content: Content, *, listed: bool) -> None:
    """What was found to be true, to compare with the paper."""
    allocation, decision = content["allocation"], content["decision"]
    print(
        f"  Allocation {allocation['number']}, version {allocation['version']}: {len(content['lines'])} lines, "
        f"{allocation['total']} in the smallest unit of {allocation['currency']}; "
        f"{'CARRIED' if decision['carried'] else 'REJECTED'}."
    )
    for vote in content["votes"]:
        print(f"    {vote['handle']}: {vote['choice']} (vote no. {vote['number']})")
    print("  Not shown by this: that no vote was left out, when votes were cast, and what stands on the printed pages.")
    if listed:
        for line in content["lines"]:
            goods = f", {', '.join(line['items'])}" if line["items"] else ""
            print(f"    {line['n']}. {line['code'] or '–'}: {line['amount']} {line['currency']}{goods}")


if __name__ == "__main__":
    sys.exit(main())
