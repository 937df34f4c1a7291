"""The committee changes itself, and nobody else changes it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.membership import Answer, ChangeKind, Rules, Standing
from aid.domain.permissions import Role
from aid.domain.quorum import Outcome
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.committee import Certificate, MembershipChange
from aid.models.fund import CommitteePolicy
from aid.models.people import Person, PersonState, RingMembership, RoleGrant
from aid.services.certificates import committee, in_force
from aid.services.committee import cast_vote
from aid.services.membership import (
    AnswerOrder,
    ChangeOrder,
    answer_change,
    complete_change,
    finish_leaving,
    propose_change,
)
from aid.services.signing import SigningKey
from aid.services.verification import verify
from aid.vault.actor import Actor
from aid.vault.failures import Tampered
from tests.make import do, rows, see
from tests.make.allocations import ballot, make_allocation, newest_version, vote
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.membership import answer, later, make_anew, make_newcomer, propose, sign

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # locks have tests of their own on both
OTHERS = Rules(quorum=4, notice_hours=12, delay_hours=48, absence_hours=96)


def id_of(fund: FoundedFund, handle: str) -> UUID:
    found = fund.actor(handle).id
    assert found is not None
    return found


def seats(now: Instant) -> set[UUID]:
    return set(see(committee, now=now))


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def suspend(handle: str, state: PersonState = PersonState.SUSPENDED) -> None:
    """As somebody else's room does it."""
    with Session(db.engine.execution_options(writes=True)) as session:
        session.scalars(select(Person).where(Person.handle == handle)).one().state = state
        session.commit()


# ---------------------------------------------------------------- a committee nobody can mint


def test_an_administrator_who_invites_a_quorum_of_friends_has_not_one_vote(fund: FoundedFund) -> None:
    friends = [make_newcomer(fund, f"friend-{n}") for n in (1, 2, 3)]
    proposed = make_allocation(fund, families=1)

    for friend in friends:
        assert Role.COMMITTEE_MEMBER in friend.actor.roles
        with pytest.raises(RuleBroken, match="no certified seat"):
            do(cast_vote, actor=friend.actor, order=ballot(proposed.allocation_id), signing=friend.signing)
        with pytest.raises(RuleBroken, match="no certified seat"):
            propose(fund, ChangeKind.ADMIT, by=friend.actor, subject_id=friend.person_id)
    change = propose(fund, ChangeKind.ADMIT, subject_id=friends[0].person_id)
    for friend in friends:
        with pytest.raises(RuleBroken, match="no certified seat"):
            answer(fund, change, friend.actor, signing=friend.signing)
    assert seats(later(1000)) == {member.id for member in fund.members}
    holds()


def test_a_new_member_votes_when_the_quorum_signed_and_the_delay_is_over(fund: FoundedFund) -> None:
    aliya = make_newcomer(fund)
    proposed = make_allocation(fund, families=1)
    change = propose(fund, ChangeKind.ADMIT, subject_id=aliya.person_id, alternate="aliya-sister")

    assert sign(fund, change, MEMBERS[:2]).holds_from is None
    certified = sign(fund, change, MEMBERS[2:3])

    assert certified.standing is Standing.AGREED
    assert certified.holds_from is not None
    ballot_: dict[str, Any] = {"order": ballot(proposed.allocation_id), "signing": aliya.signing}
    with pytest.raises(RuleBroken, match="no certified seat"):
        do(cast_vote, actor=aliya.actor, now=later(-0.1, since=certified.holds_from), **ballot_)
    after = later(0, since=certified.holds_from)
    assert do(cast_vote, actor=aliya.actor, now=after, **ballot_).decided is Outcome.OPEN
    for member in fund.members[:2]:
        decided = vote(fund, member, proposed.allocation_id, now=after).decided
    assert decided is Outcome.CARRIED
    holds()


def test_it_takes_the_quorum_and_more_yes_than_no(fund: FoundedFund) -> None:
    aliya = make_newcomer(fund)
    change = propose(fund, ChangeKind.ADMIT, subject_id=aliya.person_id)

    for member in fund.members[:2]:
        assert answer(fund, change, member, Answer.NO).standing is Standing.OPEN
    assert answer(fund, change, fund.members[2]).standing is Standing.OPEN
    assert answer(fund, change, fund.members[3], Answer.NO).standing is Standing.REJECTED

    with pytest.raises(RuleBroken, match="was rejected"):
        answer(fund, change, fund.members[4])
    assert len(rows(select(Certificate))) == 1
    holds()


def test_a_member_answers_once(fund: FoundedFund) -> None:
    change = propose(fund, ChangeKind.RULES, rules=OTHERS)
    answer(fund, change, fund.members[0])

    with pytest.raises(RuleBroken, match="answered this already"):
        answer(fund, change, fund.members[0], Answer.NO)


def test_only_committee_members_propose_and_sign(fund: FoundedFund) -> None:
    order = ChangeOrder(kind=ChangeKind.RULES, rules=OTHERS)
    change = propose(fund, ChangeKind.RULES, rules=OTHERS)

    for stranger in (fund.administrator, fund.coordinator, fund.auditor):
        with pytest.raises(NotAllowed):
            do(propose_change, actor=stranger, order=order)
        with pytest.raises(NotAllowed):
            answer(fund, change, stranger, signing=SigningKey(fund.signing_key("marat")))
    with pytest.raises(NotAllowed):
        do(finish_leaving, actor=fund.registrar)


def test_another_members_key_signs_nothing(fund: FoundedFund) -> None:
    change = propose(fund, ChangeKind.RULES, rules=OTHERS)

    with pytest.raises(Tampered):
        answer(fund, change, fund.members[0], signing=SigningKey(fund.signing_key(fund.members[1])))


def test_what_was_not_seen_is_not_signed(fund: FoundedFund) -> None:
    change = propose(fund, ChangeKind.RULES, rules=OTHERS)
    order = AnswerOrder(change_id=change, hash=bytes(32), answer=Answer.YES)

    with pytest.raises(RuleBroken, match="committee has changed since"):
        do(answer_change, actor=fund.members[0], order=order, signing=SigningKey(fund.signing_key("marat")))


# ---------------------------------------------------------------- keys


def test_a_members_new_key_votes_only_after_certificate_and_delay_and_the_old_one_no_more(fund: FoundedFund) -> None:
    marat = make_anew(fund, "marat")
    proposed = make_allocation(fund, families=1)
    cast: dict[str, Any] = {"actor": marat.actor, "order": ballot(proposed.allocation_id)}
    with pytest.raises(RuleBroken, match="voting key is a new one"):
        do(cast_vote, **cast, signing=marat.signing)
    change = propose(fund, ChangeKind.NEW_KEY, by=fund.members[1], subject_id=marat.person_id)
    with pytest.raises(RuleBroken, match="voting key is a new one"):
        answer(fund, change, marat.actor, signing=marat.signing)

    certified = sign(fund, change, MEMBERS[1:4]).holds_from

    assert certified is not None
    with pytest.raises(RuleBroken, match="voting key is a new one"):
        do(cast_vote, **cast, now=later(-0.01, since=certified), signing=marat.signing)
    after = later(0.01, since=certified)
    with pytest.raises(RuleBroken, match="voting key is a new one"):
        do(cast_vote, **cast, now=after, signing=SigningKey(fund.signing_key("marat")))
    assert do(cast_vote, **cast, now=after, signing=marat.signing).decided is Outcome.OPEN
    holds()


def test_who_has_no_keys_of_their_own_yet_can_not_be_admitted(fund: FoundedFund) -> None:
    for subject, why in ((None, "Choose somebody"), (id_of(fund, "olga"), "no voting key yet")):
        with pytest.raises(RuleBroken, match=why):
            propose(fund, ChangeKind.ADMIT, subject_id=subject)
    aliya = make_newcomer(fund)
    suspend("aliya")
    with pytest.raises(RuleBroken, match="is suspended"):
        propose(fund, ChangeKind.ADMIT, subject_id=aliya.person_id)


# ---------------------------------------------------------------- who leaves


def test_who_leaves_keeps_the_seat_for_the_delay_and_then_loses_role_and_keys(fund: FoundedFund) -> None:
    gone = id_of(fund, "yerlan")
    change = propose(fund, ChangeKind.LEAVE, by=fund.actor("yerlan"), leaves_id=gone)
    certified = sign(fund, change).holds_from
    assert certified is not None

    assert gone in seats(later(-0.1, since=certified))
    assert do(finish_leaving, actor=Actor.system(), now=later(-0.1, since=certified)).count == 0
    after = later(0.1, since=certified)
    assert gone not in seats(after)
    assert do(finish_leaving, actor=Actor.system(), now=after).count == 1
    assert do(finish_leaving, actor=Actor.system(), now=after).count == 0

    assert fund.actor("yerlan").roles == frozenset()
    assert rows(select(RingMembership).where(RingMembership.person_id == gone)) == []
    [grant] = rows(select(RoleGrant).where(RoleGrant.person_id == gone))
    assert grant.ended_at == after.instant
    holds()


def test_who_left_can_be_admitted_again(fund: FoundedFund) -> None:
    gone = id_of(fund, "yerlan")
    first = sign(fund, propose(fund, ChangeKind.LEAVE, leaves_id=gone)).holds_from
    assert first is not None
    do(finish_leaving, actor=Actor.system(), now=later(1, since=first))

    change = propose(fund, ChangeKind.ADMIT, subject_id=gone, now=later(2, since=first))
    back = sign(fund, change, now=later(2, since=first)).holds_from

    assert back is not None
    assert do(finish_leaving, actor=Actor.system(), now=later(1, since=back)).count == 0
    assert Role.COMMITTEE_MEMBER in fund.actor("yerlan").roles
    assert gone in seats(later(1, since=back))
    holds()


def test_nobody_leaves_when_fewer_than_the_quorum_would_stay(fund: FoundedFund) -> None:
    moment = later()
    for handle in ("yerlan", "zhanna"):
        change = propose(fund, ChangeKind.LEAVE, leaves_id=id_of(fund, handle), now=moment)
        moment = later(0, since=sign(fund, change, now=moment).holds_from)

    with pytest.raises(RuleBroken, match="only 3 members, and three are the fewest"):
        propose(fund, ChangeKind.LEAVE, leaves_id=id_of(fund, "askar"), now=moment)
    assert len(seats(moment)) == 3
    holds()


# ---------------------------------------------------------------- the absent


def test_an_absent_members_alternate_takes_the_seat_when_all_others_agree_and_the_notice_is_over(
    fund: FoundedFund,
) -> None:
    alternate = make_newcomer(fund, "marat-alternate")
    suspend("marat")
    start = later()
    order: dict[str, Any] = {"subject_id": alternate.person_id, "leaves_id": id_of(fund, "marat")}
    change = propose(fund, ChangeKind.ALTERNATE, by=fund.members[1], now=start, **order)

    signed = sign(fund, change, MEMBERS[1:5], now=start)

    assert (signed.standing, signed.holds_from) == (Standing.AGREED, None)
    with pytest.raises(RuleBroken, match="can’t be completed yet"):
        do(complete_change, actor=fund.members[1], now=later(47.9, since=start.instant), change_id=change)
    done = do(complete_change, actor=fund.members[1], now=later(48, since=start.instant), change_id=change)
    assert done.holds_from == later(72, since=start.instant).instant
    seated = seats(later(72, since=start.instant))
    assert alternate.person_id in seated
    assert id_of(fund, "marat") not in seated
    suspend("marat", PersonState.ACTIVE)  # the chain knows of no suspension here
    holds()


def test_an_absent_member_who_is_there_after_all_keeps_the_seat(fund: FoundedFund) -> None:
    alternate = make_newcomer(fund, "marat-alternate")
    order: dict[str, Any] = {"subject_id": alternate.person_id, "leaves_id": id_of(fund, "marat")}
    change = propose(fund, ChangeKind.ALTERNATE, by=fund.members[1], **order)
    sign(fund, change, MEMBERS[1:5])

    assert answer(fund, change, fund.members[0], Answer.NO, now=later(47)).standing is Standing.REJECTED

    with pytest.raises(RuleBroken, match="was rejected"):
        do(complete_change, actor=fund.members[1], now=later(73), change_id=change)


def test_one_other_member_who_does_not_sign_keeps_the_alternate_out_until_cut_off(fund: FoundedFund) -> None:
    alternate = make_newcomer(fund, "marat-alternate")
    order: dict[str, Any] = {"subject_id": alternate.person_id, "leaves_id": id_of(fund, "marat")}
    change = propose(fund, ChangeKind.ALTERNATE, by=fund.members[1], **order)
    assert sign(fund, change, MEMBERS[1:4]).standing is Standing.OPEN
    with pytest.raises(RuleBroken, match="can’t be completed yet"):
        do(complete_change, actor=fund.members[1], now=later(73), change_id=change)

    suspend("yerlan")

    assert do(complete_change, actor=fund.members[1], now=later(73), change_id=change).holds_from is not None


def test_fewer_than_three_others_replace_nobody(fund: FoundedFund) -> None:
    alternate = make_newcomer(fund, "marat-alternate")
    order: dict[str, Any] = {"subject_id": alternate.person_id, "leaves_id": id_of(fund, "marat")}
    change = propose(fund, ChangeKind.ALTERNATE, by=fund.members[1], **order)
    for handle in ("marat", "askar", "zhanna"):
        suspend(handle)

    assert sign(fund, change, ["saule", "yerlan"], now=later(73)).standing is Standing.OPEN
    assert len(rows(select(Certificate))) == 1


def test_only_the_alternate_whom_the_absent_member_named_takes_the_seat(fund: FoundedFund) -> None:
    friend = make_newcomer(fund, "saule-alternate")

    with pytest.raises(RuleBroken, match="whom the absent member named"):
        propose(fund, ChangeKind.ALTERNATE, subject_id=friend.person_id, leaves_id=id_of(fund, "marat"))


def test_each_member_names_their_own_alternate(fund: FoundedFund) -> None:
    mine = id_of(fund, "marat")
    with pytest.raises(RuleBroken, match="own alternate"):
        propose(fund, ChangeKind.NAME_ALTERNATE, subject_id=id_of(fund, "saule"), alternate="somebody")
    for taken, why in (("saule", "on the committee already"), ("saule-alternate", "twice"), ("Sa Ule", "no handle")):
        with pytest.raises(RuleBroken, match=why) as refusal:
            propose(fund, ChangeKind.NAME_ALTERNATE, subject_id=mine, alternate=taken)
        assert refusal.value.field == "alternate"

    certified = sign(fund, propose(fund, ChangeKind.NAME_ALTERNATE, subject_id=mine, alternate="brother")).holds_from

    assert certified is not None
    with Session(db.engine) as session:
        assert in_force(session, at=certified).committee.by_id[mine].alternate == "brother"


# ---------------------------------------------------------------- rules


def test_other_rules_hold_for_what_is_proposed_after_them(fund: FoundedFund) -> None:
    before = make_allocation(fund, families=1)
    certified = sign(fund, propose(fund, ChangeKind.RULES, rules=OTHERS)).holds_from
    assert certified is not None
    assert newest_version(make_allocation(fund, families=1).allocation_id).policy_version == 1

    with Session(db.engine) as session:
        assert in_force(session, at=certified).row.policy_version == 2
    assert [
        (row.quorum, row.notice_hours) for row in rows(select(CommitteePolicy).order_by(CommitteePolicy.version))
    ] == [
        (3, 24),
        (4, 12),
    ]
    assert newest_version(before.allocation_id).policy_version == 1
    holds()


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (Rules(quorum=2, notice_hours=24, delay_hours=24, absence_hours=72), "quorum"),
        (Rules(quorum=6, notice_hours=24, delay_hours=24, absence_hours=72), "quorum"),
        (Rules(quorum=3, notice_hours=-1, delay_hours=24, absence_hours=72), "notice_hours"),
        (Rules(quorum=3, notice_hours=24, delay_hours=0, absence_hours=72), "delay_hours"),
        (Rules(quorum=3, notice_hours=24, delay_hours=24, absence_hours=23), "absence_hours"),
    ],
)
def test_rules_that_would_open_the_committee_are_refused(fund: FoundedFund, rules: Rules, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        propose(fund, ChangeKind.RULES, rules=rules)

    assert refusal.value.field == field


def test_a_shorter_delay_holds_after_the_old_one(fund: FoundedFund) -> None:
    quick = Rules(quorum=3, notice_hours=24, delay_hours=1, absence_hours=72)
    start = later()
    certified = sign(fund, propose(fund, ChangeKind.RULES, rules=quick, now=start), now=start).holds_from
    assert certified == later(24, since=start.instant).instant

    then = later(0, since=certified)
    next_ = sign(fund, propose(fund, ChangeKind.RULES, rules=OTHERS, now=then), now=then).holds_from

    assert next_ == later(25, since=start.instant).instant
    holds()


# ---------------------------------------------------------------- one after another


def test_of_two_changes_the_second_is_overtaken(fund: FoundedFund) -> None:
    one = propose(fund, ChangeKind.RULES, rules=OTHERS)
    other = propose(fund, ChangeKind.LEAVE, leaves_id=id_of(fund, "yerlan"))
    sign(fund, other, MEMBERS[:2])
    sign(fund, one)

    with pytest.raises(RuleBroken, match="committee has changed since"):
        sign(fund, other, MEMBERS[2:3], now=later(30))
    assert len(rows(select(Certificate))) == 2


def test_a_change_to_a_committee_that_does_not_hold_yet_is_signed_once_it_holds(fund: FoundedFund) -> None:
    start = later()
    first = propose(fund, ChangeKind.LEAVE, leaves_id=id_of(fund, "yerlan"), now=start)
    begins = sign(fund, first, now=start).holds_from
    second = propose(fund, ChangeKind.RULES, rules=OTHERS, now=later(1, since=start.instant))

    with pytest.raises(RuleBroken, match="begins on"):
        sign(fund, second, MEMBERS[:1], now=later(2, since=start.instant))
    with pytest.raises(RuleBroken, match="no certified seat"):
        sign(fund, second, ["yerlan"], now=later(0, since=begins))
    assert sign(fund, second, now=later(0, since=begins)).holds_from is not None
    holds()


def test_there_is_nothing_to_sign_where_nothing_was_proposed(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="no such change"):
        do(complete_change, actor=fund.members[0], change_id=new_id())
    same = Rules(quorum=3, notice_hours=24, delay_hours=24, absence_hours=72)
    with pytest.raises(RuleBroken, match="changes nothing"):
        propose(fund, ChangeKind.RULES, rules=same)
    assert rows(select(MembershipChange)) == []
