"""Whoever holds the database makes no committee: what was not signed by the committee before is named."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.ids import new_id
from aid.domain.membership import Answer, ChangeKind, StopAnswerKind
from aid.extensions import db
from aid.models.allocations import AllocationVersion, Decision, Vote
from aid.models.audit import AuditLine
from aid.models.committee import Certificate, ChangeAnswer, EmergencyStop, MembershipChange, StopAnswer
from aid.models.founding import FoundingAct
from aid.models.fund import CommitteePolicy
from aid.models.people import VotingKey
from aid.services.committee import cast_vote, message_of
from aid.services.membership import complete_change
from aid.services.suspensions import suspend
from aid.services.verification import verify
from aid.vault.acts import read_act
from aid.vault.certificates import Committee, Member, answer_message
from aid.vault.signatures import SigningPair, new_signing_pair, sign
from tests.conftest import HouseOf
from tests.make import do
from tests.make import membership as make
from tests.make.allocations import ballot, make_allocation, vote
from tests.make.databases import House
from tests.make.forging import forging, found
from tests.make.fund import MEMBERS, FoundedFund

_REFORMED: set[int] = set()


@pytest.fixture
def reformed(house_of: HouseOf) -> Iterator[Flask]:
    """A fund whose committee admitted a member, who voted, and then replaced an arrested one by the alternate."""
    house = house_of("sqlite")
    _reform(house)
    house.restore("reformed")
    with house.app.app_context():
        yield house.app


def _reform(house: House) -> None:
    if id(house) in _REFORMED:
        return
    house.restore("founded")
    with house.app.app_context():
        _changes(FoundedFund(house.app))
    house.keep("reformed")
    _REFORMED.add(id(house))


def _changes(fund: FoundedFund) -> None:
    aliya, alternate = make.make_newcomer(fund), make.make_newcomer(fund, "yerlan-alternate")
    admitted = make.sign(fund, make.propose(fund, ChangeKind.ADMIT, subject_id=aliya.person_id)).holds_from
    proposed = make_allocation(fund, families=1).allocation_id
    after = make.later(1, since=admitted)
    do(cast_vote, actor=aliya.actor, now=after, order=ballot(proposed), signing=aliya.signing)
    for handle in MEMBERS[:2]:
        vote(fund, fund.actor(handle), proposed, now=after)
    reason = SuspensionReason.ARRESTED
    absent = fund.actor("yerlan").person_id
    assert absent is not None
    do(suspend, actor=fund.coordinator, now=after, person_id=absent, reason=reason)
    change = make.propose(fund, ChangeKind.ALTERNATE, now=after, subject_id=alternate.person_id, leaves_id=absent)
    make.answer(fund, change, aliya.actor, now=after, signing=aliya.signing)
    make.sign(fund, change, MEMBERS[:4], now=after)
    over = make.later(48, since=after.instant)
    do(complete_change, actor=fund.members[0], now=over, change_id=change)
    stopped = make.stop(fund, now=over)
    for kind in (StopAnswerKind.CONFIRM, StopAnswerKind.LIFT):
        for hours, handle in enumerate(MEMBERS[:3]):
            make.say_of_stop(fund, stopped, handle, kind, now=make.later(hours, since=over.instant))


def named(session: Session, *proofs: str) -> set[str]:
    """The tables of what is found, after what was changed is written."""
    session.flush()
    return {finding.what for finding in found(session, *proofs)}


def certificate(session: Session, version: int) -> Certificate:
    return session.get_one(Certificate, version)


def change_of(session: Session, kind: ChangeKind) -> MembershipChange:
    return session.scalars(select(MembershipChange).where(MembershipChange.kind == kind)).one()


def answers_of(session: Session, kind: ChangeKind) -> list[ChangeAnswer]:
    given = select(ChangeAnswer).where(ChangeAnswer.change_id == change_of(session, kind).id)
    return list(session.scalars(given.order_by(ChangeAnswer.at, ChangeAnswer.member_id)))


def test_a_committee_that_changed_by_its_rules_holds(reformed: Flask) -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []
        assert len(session.scalars(select(Certificate)).all()) == 3


# ---------------------------------------------------------------- too few, too early


def one_signature_less(session: Session) -> None:
    session.delete(answers_of(session, ChangeKind.ADMIT)[0])


def one_of_all_others_less(session: Session) -> None:
    session.delete(answers_of(session, ChangeKind.ALTERNATE)[0])


def a_no_turned_round(session: Session) -> None:
    answers_of(session, ChangeKind.ADMIT)[0].answer = Answer.NO


def holding_too_early(session: Session) -> None:
    certificate(session, 2).effective_at -= timedelta(seconds=1)


def made_before_its_notice_was_over(session: Session) -> None:
    row = certificate(session, 3)
    row.made_at -= timedelta(hours=1)
    row.effective_at += timedelta(hours=10)


def signed_by_who_was_cut_off(session: Session) -> None:
    """A signature given before counts no more."""
    line = session.scalars(select(AuditLine).where(AuditLine.act == "person.enrolled")).first()
    assert line is not None
    line.act, line.subject_id = "person.suspended", answers_of(session, ChangeKind.ADMIT)[0].member_id


def signed_by_a_key_that_is_not_certified(session: Session) -> None:
    given, pair = answers_of(session, ChangeKind.ADMIT)[0], new_signing_pair()
    _sign(session, change_of(session, ChangeKind.ADMIT), given, pair)


def another_committee_under_the_same_signatures(session: Session) -> None:
    """The enemy's key in a member's seat; every hash fits."""
    row, change = certificate(session, 2), change_of(session, ChangeKind.ADMIT)
    committee = Committee.read(row.content)
    seats = (replace(committee.members[0], public=new_signing_pair().public), *committee.members[1:])
    forged = replace(committee, members=seats)
    row.content = change.content = forged.content()
    row.hash = change.hash = forged.hash


def of_another_quorum(session: Session) -> None:
    policy = CommitteePolicy(version=2, quorum=4, notice_hours=0, set_at=certificate(session, 2).made_at)
    session.add(policy)
    certificate(session, 2).policy_version = 2


def gone(session: Session) -> None:
    session.delete(certificate(session, 2))


def without_a_change(session: Session) -> None:
    certificate(session, 3).change_id = None


def unreadable(session: Session) -> None:
    certificate(session, 3).content = b"no committee"


def made_by_friends(session: Session) -> None:
    """A whole committee of the enemy's, each seat with its key, each signature right: signed by themselves."""
    last, pairs = Committee.read(certificate(session, 3).content), [new_signing_pair() for _n in range(3)]
    keys = list(session.scalars(select(VotingKey).limit(3)))
    seats: list[Member] = []
    for key, pair in zip(keys, pairs, strict=True):
        key.public = pair.public
        seats.append(Member(key.person_id, f"friend{len(seats)}", pair.public, None))
    forged = replace(last, version=4, previous=last.hash, members=tuple(seats))
    change = MembershipChange(
        id=new_id(),
        kind=ChangeKind.RULES,
        version=4,
        content=forged.content(),
        hash=forged.hash,
        proposed_by_id=keys[0].person_id,
        proposed_at=certificate(session, 3).effective_at,
    )
    session.add(change)
    session.flush()
    for key, pair in zip(keys, pairs, strict=True):
        given = ChangeAnswer(
            change_id=change.id, member_id=key.person_id, voting_key_id=key.id, answer=Answer.YES, at=change.proposed_at
        )
        given.signature = _signature(change, given, pair)
        session.add(given)
    made = change.proposed_at + timedelta(hours=1)
    session.add(
        Certificate(
            version=4,
            change_id=change.id,
            content=change.content,
            hash=change.hash,
            policy_version=1,
            made_at=made,
            effective_at=made + timedelta(hours=24),
        )
    )


FORGED: list[Callable[[Session], None]] = [
    one_signature_less,
    one_of_all_others_less,
    a_no_turned_round,
    holding_too_early,
    made_before_its_notice_was_over,
    signed_by_who_was_cut_off,
    signed_by_a_key_that_is_not_certified,
    another_committee_under_the_same_signatures,
    of_another_quorum,
    gone,
    without_a_change,
    unreadable,
    made_by_friends,
]


@pytest.mark.parametrize("forge_it", FORGED, ids=lambda forge_it: forge_it.__name__)
def test_a_certificate_that_the_committee_before_did_not_give_is_named(
    reformed: Flask, forge_it: Callable[[Session], None]
) -> None:
    with forging() as session:
        forge_it(session)

        assert "certificate" in named(session, "certificates")


def _sign(session: Session, change: MembershipChange, given: ChangeAnswer, pair: SigningPair) -> None:
    """Give an answer the enemy's own signature, with a key row of its member's."""
    key = VotingKey(id=new_id(), person_id=given.member_id, public=pair.public, made_at=given.at)
    session.add(key)
    session.flush()
    given.voting_key_id, given.signature = key.id, _signature(change, given, pair)


def _signature(change: MembershipChange, given: ChangeAnswer, pair: SigningPair) -> bytes:
    fund = Committee.read(change.content).fund
    answer = given.answer.value
    return sign(
        pair.private,
        answer_message(fund=fund, change=change.id, hash_=change.hash, member=given.member_id, answer=answer),
    )


def test_another_founding_act_breaks_chain_and_certificates(reformed: Flask) -> None:
    with forging() as session:
        act = session.scalars(select(FoundingAct)).one()
        forged = replace(read_act(act.content), shares=7)
        act.content = forged.content()
        assert {"audit_line"} <= named(session, "chain")

        first = forged.committee.members[0]
        theirs = replace(first, public=new_signing_pair().public)
        committee = replace(forged.committee, members=(theirs, *forged.committee.members[1:]))
        session.scalars(select(FoundingAct)).one().content = replace(forged, committee=committee).content()
        assert "certificate" in named(session, "certificates")


def test_no_certificate_at_all_is_said(reformed: Flask) -> None:
    with forging() as session:
        for row in session.scalars(select(Certificate)):
            session.delete(row)

        findings = {(finding.what, finding.text) for finding in found_after(session, "certificates")}
        assert ("certificate", "there is none: nobody's vote can be proved") in findings
        assert "vote" in named(session, "votes")


def found_after(session: Session, *proofs: str) -> list[Any]:
    session.flush()
    return found(session, *proofs)


def test_an_answer_of_no_member_and_a_proposal_of_no_member_are_named(reformed: Flask) -> None:
    with forging() as session:
        change = change_of(session, ChangeKind.ADMIT)
        stranger = change.subject_id
        assert stranger is not None
        change.proposed_by_id = stranger
        answers_of(session, ChangeKind.ADMIT)[0].at -= timedelta(days=400)
        assert {"membership_change", "change_answer"} <= named(session, "certificates")


# ---------------------------------------------------------------- votes


def test_a_vote_before_its_key_was_certified_is_named(reformed: Flask) -> None:
    """The newcomer's vote, had it been cast in the hours of the delay."""
    with forging() as session:
        newcomer = change_of(session, ChangeKind.ADMIT).subject_id
        cast = session.scalars(select(Vote).where(Vote.member_id == newcomer)).one()
        cast.cast_at = certificate(session, 2).effective_at - timedelta(seconds=1)

        assert "vote" in named(session, "votes")


def test_a_vote_signed_anew_with_a_key_that_was_swapped_is_named(reformed: Flask) -> None:
    """Every signature is right; only no certificate names that key."""
    with forging() as session:
        cast = session.scalars(select(Vote).order_by(Vote.cast_at)).first()
        assert cast is not None
        pair = new_signing_pair()
        session.get_one(VotingKey, cast.voting_key_id).public = pair.public
        version = session.get_one(AllocationVersion, (cast.allocation_id, cast.version))
        fund = Committee.read(certificate(session, 1).content).fund
        cast.signature = sign(
            pair.private, message_of(fund, version, member=cast.member_id, choice=cast.choice, number=cast.number)
        )
        session.flush()

        texts = {finding.text for finding in found(session, "votes")}
        assert texts == {"no certificate of that time names its key for its member"}


def test_a_decision_is_counted_with_the_committee_of_its_time(reformed: Flask) -> None:
    """Without the newcomer's seat, their yes is none, and the quorum was not there."""
    with forging() as session:
        certificate(session, 2).effective_at += timedelta(days=2)

        assert {"vote", "decision"} <= named(session, "votes")


def test_an_allocation_under_another_policy_than_the_committees_is_named(reformed: Flask) -> None:
    with forging() as session:
        version = session.scalars(select(AllocationVersion)).one()
        session.add(CommitteePolicy(version=2, quorum=3, notice_hours=0, set_at=version.proposed_at))
        version.policy_version = 2

        assert "allocation_version" in named(session, "votes")


def test_who_was_reinstated_counts_again(reformed: Flask) -> None:
    with forging() as session:
        decision = session.scalars(select(Decision)).one()
        member = session.get_one(Vote, decision.deciding_vote_id).member_id
        lines = session.scalars(select(AuditLine).where(AuditLine.act == "person.enrolled").limit(2)).all()
        for line, act in zip(lines, ("person.suspended", "person.reinstated"), strict=True):
            line.act, line.subject_id = act, member
        assert named(session, "votes") == set()

        lines = session.scalars(select(AuditLine).where(AuditLine.act == "person.reinstated")).all()
        lines[0].act = "person.enrolled"
        assert "decision" in named(session, "votes")


# ---------------------------------------------------------------- the emergency stop


def lifted_by_nobody(session: Session) -> None:
    session.delete(session.scalars(select(StopAnswer).where(StopAnswer.kind == StopAnswerKind.LIFT).limit(1)).one())


def confirmed_by_nobody(session: Session) -> None:
    session.delete(session.scalars(select(StopAnswer).where(StopAnswer.kind == StopAnswerKind.CONFIRM).limit(1)).one())


def not_lifted_at_all(session: Session) -> None:
    session.scalars(select(EmergencyStop)).one().lifted_at = None


def never_confirmed(session: Session) -> None:
    session.scalars(select(EmergencyStop)).one().confirmed_at = None


def lapsing_sooner(session: Session) -> None:
    session.scalars(select(EmergencyStop)).one().lapses_at -= timedelta(hours=1)


def pressed_by_a_stranger(session: Session) -> None:
    stranger = change_of(session, ChangeKind.ALTERNATE).leaves_id
    assert stranger is not None
    stop = session.scalars(select(EmergencyStop)).one()
    newcomer = change_of(session, ChangeKind.ALTERNATE).subject_id
    assert newcomer is not None
    stop.pressed_by_id = newcomer  # whose seat does not hold yet


def pressed_without_a_line(session: Session) -> None:
    session.scalars(select(AuditLine).where(AuditLine.act == "stop.pressed")).one().act = "fund.founded"


STOPS: list[Callable[[Session], None]] = [
    lifted_by_nobody,
    confirmed_by_nobody,
    not_lifted_at_all,
    never_confirmed,
    lapsing_sooner,
    pressed_by_a_stranger,
    pressed_without_a_line,
]


@pytest.mark.parametrize("forge_it", STOPS, ids=lambda forge_it: forge_it.__name__)
def test_a_stop_that_the_committee_did_not_make_or_end_so_is_named(
    reformed: Flask, forge_it: Callable[[Session], None]
) -> None:
    with forging() as session:
        forge_it(session)

        assert "emergency_stop" in named(session, "stops")


def test_a_word_on_a_stop_that_nobody_signed_is_named(reformed: Flask) -> None:
    with forging() as session:
        word = session.scalars(select(StopAnswer).limit(1)).one()
        word.signature = bytes(64)

        assert {"stop_answer", "emergency_stop"} <= named(session, "stops")


def test_what_was_decided_or_printed_in_spite_of_a_stop_is_named(reformed: Flask) -> None:
    with forging() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.act == "stop.answered")).first()
        assert line is not None
        line.act = "vouchers.printed"

        assert "audit_line" in named(session, "stops")
