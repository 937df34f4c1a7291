"""Proof that nobody made a committee but the committee: from the founding act each certificate was signed by the last.

A certificate holds the hash of the one before it, says no more than the change that was proposed, and that change was
agreed by who sat before, with the keys that the certificate before names, as many as its own rules ask, and as long
before it holds. So a voting key that no walk from the founding act reaches is no member's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from aid.domain.membership import Ballots, ChangeKind, Standing, counted_from, holds_from, standing
from aid.domain.refusals import RuleBroken
from aid.models.audit import AuditLine
from aid.models.committee import Certificate, ChangeAnswer, MembershipChange
from aid.models.founding import FoundingAct
from aid.models.fund import CommitteePolicy, Fund
from aid.models.people import VotingKey
from aid.services.seats import Wanted, changed, check_whole, rules_of
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.acts import read_act
from aid.vault.certificates import NOTHING_BEFORE, Committee, answer_message
from aid.vault.failures import Tampered
from aid.vault.signatures import verify

CUT_OFF, BACK = "person.suspended", ("person.reinstated", "person.keys_reset")


@dataclass(frozen=True, slots=True)
class Held:
    """A committee, from when it held, and the policy that its decisions are counted by."""

    committee: Committee
    since: datetime
    policy: int


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, with the public half that its row names."""

    row: ChangeAnswer
    public: bytes | None
    holder: UUID | None


def prove_certificates(session: Session) -> Iterator[Finding]:
    """Certificates that the committee before did not sign, and answers and proposals that are none."""
    if session.scalar(select(Fund.id)) is None:
        return
    before: Held | None = None
    committees: dict[int, Held] = {}
    for row in rows_of(session, Certificate):
        if isinstance(row, Unreadable):
            continue  # `rows` names it
        committee = _read(row)
        faults = _faults(session, row, committee, before)
        yield from (Finding("certificate", str(row.version), fault) for fault in faults)
        if committee is None:
            break  # nothing after it can be proved
        before = committees[row.version] = Held(committee, row.effective_at, row.policy_version)
    if not committees:
        yield Finding("certificate", "1", "there is none: nobody's vote can be proved")
    yield from _changes(session, committees)


def held(session: Session) -> Sequence[Held]:
    """The committees there were, in their order, up to one that can't be read."""
    found: list[Held] = []
    for row in rows_of(session, Certificate):
        committee = None if isinstance(row, Unreadable) else _read(row)
        if isinstance(row, Unreadable) or committee is None:
            break
        found.append(Held(committee, row.effective_at, row.policy_version))
    return found


def held_at(committees: Sequence[Held], moment: datetime) -> Held | None:
    """The committee at a moment; the founding act's from the beginning."""
    since = [each for place, each in enumerate(committees) if place == 0 or each.since <= moment]
    return since[-1] if since else None


def suspended_before(session: Session, seq: int) -> frozenset[UUID]:
    """Who was cut off, and not back yet, when the chain was at this line."""
    latest = {person: act for act, person in session.execute(_cut_off_or_back(), {"before": seq})}
    return frozenset(person for person, act in latest.items() if person is not None and act == CUT_OFF)


@cache
def _cut_off_or_back() -> Select[str, UUID | None]:
    acts = select(AuditLine.act, AuditLine.subject_id).where(AuditLine.act.in_((CUT_OFF, *BACK)))
    before = acts.where(AuditLine.seq < bindparam("before"), AuditLine.subject_id.is_not(None))
    return before.order_by(AuditLine.seq)


def line_of(session: Session, acts: Sequence[str], subject: UUID) -> int:
    """Where the chain says that this was done; 0 where it does not."""
    return session.scalars(_line(), {"acts": acts, "subject": subject}).first() or 0


@cache
def _line() -> Select[int]:
    done = AuditLine.act.in_(bindparam("acts", expanding=True))
    line = select(AuditLine.seq).where(done, AuditLine.subject_id == bindparam("subject"))
    return line.order_by(AuditLine.seq)


def _read(row: Certificate) -> Committee | None:
    try:
        return Committee.read(row.content)
    except Tampered:
        return None


# ---------------------------------------------------------------- one certificate


def _faults(session: Session, row: Certificate, committee: Committee | None, before: Held | None) -> Iterator[str]:
    if committee is None:
        yield "it can't be read"
        return
    yield from _faults_of_form(session, row, committee)
    if before is None:
        yield from _faults_of_first(session, row, committee)
    else:
        yield from _faults_of_later(session, row, committee, before)


def _faults_of_form(session: Session, row: Certificate, committee: Committee) -> Iterator[str]:
    if committee.hash != row.hash or committee.version != row.version:
        yield "its hash or version is another one than its content's"
    if committee.fund != session.scalar(select(Fund.id)):
        yield "it is another fund's"
    try:
        check_whole(committee)
    except RuleBroken:
        yield "no committee may be so: fewer than three, a quorum that is none, or two seats with one key"
    policy = select(CommitteePolicy.quorum, CommitteePolicy.notice_hours)
    said = session.execute(policy.where(CommitteePolicy.version == row.policy_version)).one_or_none()
    if said is None or tuple(said) != (committee.quorum, committee.notice_hours):
        yield "its policy is not what its members signed"


def _faults_of_first(session: Session, row: Certificate, committee: Committee) -> Iterator[str]:
    content = session.scalar(select(FoundingAct.content))
    try:
        act = read_act(content) if content is not None else None
    except Tampered:
        act = None
    if act is None or row.version != 1 or row.change_id is not None:
        yield "no founding act stands before it"
    elif act.committee.content() != row.content or committee.previous != NOTHING_BEFORE:
        yield "it is not what the founding act says"
    elif act.fund != committee.fund or act.at != row.effective_at:
        yield "it does not hold from the founding act on"


def _faults_of_later(session: Session, row: Certificate, committee: Committee, before: Held) -> Iterator[str]:
    base = before.committee
    if committee.version != base.version + 1 or committee.previous != base.hash:
        yield "it does not follow the certificate before it"
    change = session.scalars(
        select(MembershipChange).where(MembershipChange.id == row.change_id).execution_options(populate_existing=True)
    ).one_or_none()
    if change is None or (change.content, change.hash, change.version) != (row.content, row.hash, row.version):
        yield "it is not what was proposed and signed"
        return
    if not _is_its_kind(change, base, committee):
        yield "it changes more, or something else, than was proposed"
    if _counted(session, change, before) is not Standing.AGREED:
        yield "the committee before it did not agree: signatures are missing, or are not its members'"
    yield from _faults_of_time(row, change, before)


def _faults_of_time(row: Certificate, change: MembershipChange, before: Held) -> Iterator[str]:
    base = before.committee
    announced = counted_from(
        change.kind,
        proposed_at=change.proposed_at,
        delay_hours=base.delay_hours,
        absence_hours=base.absence_hours,
    )
    if row.made_at < max(announced, before.since):
        yield "it was made before its notice was over, or before those who signed it held their seats"
    if row.effective_at < holds_from(made_at=row.made_at, delay_hours=base.delay_hours):
        yield "it holds too early: its delay is shorter than the rule"


def _is_its_kind(change: MembershipChange, base: Committee, after: Committee) -> bool:
    """Whether the change, made anew by its rule, gives this committee."""
    wanted = Wanted(
        kind=change.kind,
        seat=after.by_id.get(change.subject_id) if change.subject_id else None,
        leaves=change.leaves_id,
        rules=rules_of(after) if change.kind is ChangeKind.RULES else None,
    )
    try:
        return changed(base, wanted).content() == after.content()
    except RuleBroken:
        return False


def _counted(session: Session, change: MembershipChange, before: Held) -> Standing:
    """The answers counted anew: by the signatures that hold, and who was not suspended then."""
    base = before.committee
    good = [given.row for given in _given(session, change.id) if _answer_fault(given, change, before) is None]
    certified = line_of(session, ["committee.changed"], change.id)
    return standing(
        Ballots(
            answers={answer.member_id: answer.answer for answer in good},
            members=base.by_id.keys(),
            suspended=suspended_before(session, certified),
            quorum=base.quorum,
            absent=change.leaves_id if change.kind is ChangeKind.ALTERNATE else None,
        )
    )


# ---------------------------------------------------------------- proposals and answers


def _changes(session: Session, committees: Mapping[int, Held]) -> Iterator[Finding]:
    """Every answer that was ever given, to changes that came to nothing too."""
    for change in rows_of(session, MembershipChange):
        if isinstance(change, Unreadable):
            continue
        base = committees.get(change.version - 1)
        if base is None:
            yield Finding("membership_change", str(change.id), "it changes a committee that there was not")
            continue
        seated = held_at([committees[version] for version in sorted(committees)], change.proposed_at)
        if seated is None or change.proposed_by_id not in seated.committee.by_id:
            yield Finding("membership_change", str(change.id), "who proposed it was no member")
        for given in _given(session, change.id):
            if fault := _answer_fault(given, change, base):
                yield Finding("change_answer", f"{given.row.change_id}/{given.row.member_id}", fault)


def _given(session: Session, change_id: UUID) -> list[Given]:
    return [Given(*row) for row in session.execute(_answers(), {"change": change_id})]


@cache
def _answers() -> Select[ChangeAnswer, bytes, UUID]:
    return (
        select(ChangeAnswer, VotingKey.public, VotingKey.person_id)
        .outerjoin(VotingKey, VotingKey.id == ChangeAnswer.voting_key_id)
        .where(ChangeAnswer.change_id == bindparam("change"))
        .order_by(ChangeAnswer.at, ChangeAnswer.member_id)
        .execution_options(populate_existing=True)
    )


def _answer_fault(given: Given, change: MembershipChange, base: Held) -> str | None:
    answer = given.row
    seat = base.committee.by_id.get(answer.member_id)
    if seat is None or given.holder != answer.member_id or given.public != seat.public:
        return "who gave it had no certified seat with this key"
    message = answer_message(
        fund=base.committee.fund,
        change=change.id,
        hash_=change.hash,
        member=answer.member_id,
        answer=answer.answer.value,
    )
    if not verify(seat.public, answer.signature, message):
        return "its member did not sign it"
    if answer.at < max(change.proposed_at, base.since):
        return "it was given before the seat held, or before the change was proposed"
    return None
