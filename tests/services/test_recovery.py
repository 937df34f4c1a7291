"""Recovery shares: to their holders only, confirmed from paper, counted when lost; and the provisional fund."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.families import FamilyState
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.families import Erasure, Family, Withdrawal
from aid.models.people import RingEpoch
from aid.models.records import Record
from aid.models.recovery import RecoveryCopy, RecoveryShare
from aid.perform import look
from aid.queries.recovery import epochs_lacking, is_provisional, recovery_state, usable_shares
from aid.services import token_rows
from aid.services.confirmations import confirm
from aid.services.families import Correction, Registration, correct, register
from aid.services.imports.bringing import Household, import_households
from aid.services.recovery import (
    NewSecret,
    ShareHolder,
    confirm_share,
    make_shares,
    open_share,
    prepare_secret,
    report_lost,
    reseal,
)
from aid.services.samples import register_sample
from aid.services.suspensions import suspend
from aid.services.verification import verify
from aid.vault.actor import Actor
from aid.vault.hpke import new_pair
from aid.vault.rings import RECOVERY_ID, RingRef, open_ring
from aid.vault.shares import combine, recovery_keys
from tests.make import do, recovery, rows, see
from tests.make.donations import make_donation
from tests.make.families import a_family, make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.practice import make_sample

sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def another() -> NewSecret:
    """The secret of a second generation."""
    return prepare_secret(threshold=3, count=5)


def holders(fund: FoundedFund) -> list[Actor]:
    return [fund.actor(handle) for handle in recovery.HOLDERS]


def places(fund: FoundedFund, *countries: str) -> tuple[ShareHolder, ...]:
    people = [person.id for person in holders(fund)]
    return tuple(ShareHolder(id_, country) for id_, country in zip(people, countries, strict=True) if id_)


def keeps() -> list[tuple[int, int]]:
    """The shares that the server still has."""
    kept = rows(select(RecoveryShare).where(RecoveryShare.sealed.is_not(None)))
    return sorted((share.generation, share.number) for share in kept)


def copies(generation: int) -> int:
    return rows(select(func.count()).select_from(RecoveryCopy).where(RecoveryCopy.generation == generation))[0]


def opens_every_ring(secret: NewSecret, generation: int) -> bool:
    """Whether three of the papers open every epoch of every ring."""
    private = recovery_keys(combine(secret.mnemonics[:3])).private
    for epoch in rows(select(RingEpoch)):
        ref = RingRef(epoch.ring_id, epoch.epoch)
        mine = (RecoveryCopy.ring_id == ref.ring_id) & (RecoveryCopy.epoch == ref.epoch)
        [sealed] = rows(select(RecoveryCopy.sealed).where(mine, RecoveryCopy.generation == generation))
        if open_ring(sealed, private, ref, RECOVERY_ID).public != epoch.public:
            return False
    return True


def test_three_papers_open_every_ring(fund: FoundedFund) -> None:
    assert opens_every_ring(recovery.secret(), 1)


@sqlite_only
def test_a_ring_rotated_later_is_opened_by_them_too(fund: FoundedFund) -> None:
    make_family(fund)
    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    assert max(rows(select(RingEpoch.epoch))) == 2
    assert see(epochs_lacking, generation=1) == []
    assert opens_every_ring(recovery.secret(), 1)


def test_a_holder_is_shown_their_share_and_nobody_else_is(provisional: FoundedFund) -> None:
    fund = provisional
    do(
        make_shares,
        actor=fund.coordinator,
        secret=recovery.secret(),
        holders=places(fund, "KZ", "KZ", "GE", "DE", "DE"),
    )

    opened = look(open_share, actor=fund.actor("askar"), generation=1, number=3)

    assert " ".join(opened.words) == recovery.secret().mnemonics[2]
    assert opened.words[6] not in repr(opened)
    for somebody in (fund.coordinator, fund.administrator, fund.actor("marat"), Actor.system()):
        with pytest.raises(RuleBroken, match="not yours"):
            look(open_share, actor=somebody, generation=1, number=3)
    with pytest.raises(RuleBroken, match="not yours"):
        look(open_share, actor=fund.actor("askar"), generation=7, number=3)


@sqlite_only
def test_two_words_from_paper_confirm_a_share_and_the_fund_forgets_it(provisional: FoundedFund) -> None:
    fund = provisional
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=0)
    assert len(keeps()) == 5

    recovery.confirm(fund.actor("askar"), 1, 3, recovery.secret())

    assert keeps() == [(1, 1), (1, 2), (1, 4), (1, 5)]
    with pytest.raises(RuleBroken, match="on your paper only"):
        look(open_share, actor=fund.actor("askar"), generation=1, number=3)


@sqlite_only
def test_words_are_read_in_any_case_and_wrong_ones_are_named(provisional: FoundedFund) -> None:
    fund, askar = provisional, provisional.actor("askar")
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=0)
    words = recovery.secret().mnemonics[2].split()
    asked: dict[str, Any] = {"actor": askar, "generation": 1, "number": 3}

    with pytest.raises(RuleBroken, match="Word 9 is another one"):
        do(confirm_share, words=((7, words[6]), (9, "acid" if words[8] != "acid" else "acne")), **asked)
    for others in (
        ((7, words[6]),),
        ((7, words[6]), (7, words[6])),
        ((1, words[0]), (7, words[6])),
        ((7, "x"), (40, "y")),
    ):
        with pytest.raises(RuleBroken, match="Type back the words"):
            do(confirm_share, words=others, **asked)
    assert len(keeps()) == 5

    do(confirm_share, words=((7, f" {words[6].upper()}. "), (9, words[8])), **asked)

    assert (1, 3) not in keeps()


def test_the_third_of_three_that_are_enough_makes_the_fund_whole(provisional: FoundedFund) -> None:
    fund, words = provisional, recovery.secret().mnemonics
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=2)
    assert see(is_provisional)

    place = ((5, words[2].split()[4]), (33, words[2].split()[32]))
    confirmed = do(confirm_share, actor=fund.actor("askar"), generation=1, number=3, words=place)

    assert confirmed.whole
    assert not see(is_provisional)
    with Session(db.engine) as session:
        assert list(verify(session)) == []


@sqlite_only
@pytest.mark.parametrize(
    ("handle", "refusal"),
    [("erlan", NotAllowed), ("marat", NotAllowed), ("timur", NotAllowed), ("aigul", NotAllowed)],
)
def test_only_a_coordinator_makes_shares(provisional: FoundedFund, handle: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        do(
            make_shares,
            actor=provisional.actor(handle),
            secret=recovery.secret(),
            holders=places(provisional, "KZ", "KZ", "GE", "DE", "DE"),
        )


@sqlite_only
def test_who_holds_a_share_works_here_and_holds_one(provisional: FoundedFund) -> None:
    fund, secret = provisional, recovery.secret()
    do(suspend, actor=fund.administrator, person_id=fund.actor("yerlan").person_id, reason=SuspensionReason.ARRESTED)
    usual = places(fund, "KZ", "KZ", "GE", "DE", "DE")

    for wrong, reason in (
        (usual, "works with the fund"),
        ((*usual[:4], usual[0]), "Nobody holds two"),
        ((*usual[:4], ShareHolder(fund.id, "DE")), "works with the fund"),
        ((*usual[:4], ShareHolder(places(fund, *"AAAAA")[0].person_id, "")), "Nobody holds two"),
        ((*usual[:4], _at(fund, "dina", "Deutschland")), "in which country"),
    ):
        with pytest.raises(RuleBroken, match=reason):
            do(make_shares, actor=fund.coordinator, secret=secret, holders=wrong)
    do(make_shares, actor=fund.coordinator, secret=secret, holders=(*usual[:4], _at(fund, "dina", "DE")))


def _at(fund: FoundedFund, handle: str, country: str) -> ShareHolder:
    person_id = fund.actor(handle).id
    assert person_id is not None
    return ShareHolder(person_id, country)


@sqlite_only
def test_whom_an_administrator_invited_since_are_never_enough_to_open_everything(provisional: FoundedFund) -> None:
    fund, secret = provisional, recovery.secret()
    friends = tuple(_at(fund, handle, "GE") for handle in ("aigul", "bolat", "gulnar"))
    members = places(fund, "KZ", "KZ", "DE", "DE", "FR")

    with pytest.raises(RuleBroken, match="neither on the committee nor in the founding act"):
        do(make_shares, actor=fund.coordinator, secret=secret, holders=(*friends, *members[:2]), despite_country=True)

    do(make_shares, actor=fund.coordinator, secret=secret, holders=(*friends[:2], *members[:3]))


@sqlite_only
def test_a_share_sealed_to_keys_that_were_lost_is_made_anew(provisional: FoundedFund) -> None:
    fund = provisional
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=0)
    others = replace(fund.actor("askar").keyring, private=new_pair().private)

    with pytest.raises(RuleBroken, match="keys that you no longer have"):
        look(open_share, actor=replace(fund.actor("askar"), keyring=others), generation=1, number=3)


@sqlite_only
def test_as_many_shares_as_are_enough_lie_in_one_country_only_on_purpose(provisional: FoundedFund) -> None:
    fund = provisional
    together: dict[str, Any] = {"secret": recovery.secret(), "holders": places(fund, "KZ", "KZ", "KZ", "DE", "DE")}

    with pytest.raises(RuleBroken, match="one country") as refusal:
        do(make_shares, actor=fund.coordinator, **together)
    assert refusal.value.field == "despite_country"

    assert do(make_shares, actor=fund.coordinator, despite_country=True, **together).generation == 1


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (3, 17)])
def test_shares_that_could_not_recover_or_would_be_one_persons_are_not_made(threshold: int, count: int) -> None:
    with pytest.raises(RuleBroken, match="Recovery takes"):
        prepare_secret(threshold=threshold, count=count)


def test_the_last_two_confirm_at_once_and_one_of_them_makes_the_fund_whole(provisional: FoundedFund) -> None:
    fund, app = provisional, provisional.app
    people = holders(fund)
    recovery.make_shares_confirmed(fund.coordinator, people, confirmed=1)

    def confirmed(number: int) -> None:
        with app.app_context():
            recovery.confirm(people[number - 1], 1, number, recovery.secret())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(confirmed, (2, 3, 4, 5)))

    assert not see(is_provisional)
    with Session(db.engine) as session:
        assert list(verify(session)) == []


# ---------------------------------------------------------------- lost, and made anew


@sqlite_only
def test_a_share_that_is_lost_is_no_longer_counted_on(fund: FoundedFund) -> None:
    lost = do(report_lost, actor=fund.actor("saule"), generation=1, number=2)

    assert lost.left == 4
    assert see(usable_shares, generation=1) == 4
    with pytest.raises(RuleBroken, match="lost already"):
        do(report_lost, actor=fund.coordinator, generation=1, number=2)
    with pytest.raises(RuleBroken, match="not yours"):
        do(report_lost, actor=fund.actor("saule"), generation=1, number=3)
    do(report_lost, actor=fund.coordinator, generation=1, number=3)
    state = see(recovery_state, actor=fund.coordinator)
    assert state.current is not None
    assert (state.current.usable, state.current.missing) == (3, 0)


@sqlite_only
def test_a_share_lost_before_the_others_were_confirmed_does_not_count_among_them(provisional: FoundedFund) -> None:
    fund = provisional
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=2)
    do(report_lost, actor=fund.actor("marat"), generation=1, number=1)
    do(report_lost, actor=fund.actor("yerlan"), generation=1, number=5)

    recovery.confirm(fund.actor("askar"), 1, 3, recovery.secret())
    assert see(is_provisional)
    recovery.confirm(fund.actor("zhanna"), 1, 4, recovery.secret())

    assert not see(is_provisional)
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_the_old_shares_stay_good_until_the_new_ones_are_enough(fund: FoundedFund, another: NewSecret) -> None:
    epochs = copies(1)
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), secret_=another, confirmed=2)

    assert opens_every_ring(recovery.secret(), 1)
    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)
    assert opens_every_ring(recovery.secret(), 1)
    recovery.confirm(fund.actor("askar"), 2, 3, another)

    assert keeps() == [(2, 4), (2, 5)]
    assert copies(1) == 1, "the donors' ring, which only the treasurer can seal to the new key"
    assert copies(2) > epochs - 1
    do(reseal, actor=fund.treasurer)
    assert copies(1) == 0
    assert opens_every_ring(another, 2)
    with Session(db.engine) as session:
        assert list(verify(session)) == []


@sqlite_only
def test_shares_made_anew_before_they_were_enough_are_worth_nothing(
    provisional: FoundedFund, another: NewSecret
) -> None:
    fund = provisional
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), confirmed=2)
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), secret_=another, confirmed=0)

    assert keeps() == [(2, number) for number in range(1, 6)]
    assert copies(1) == 0
    with pytest.raises(RuleBroken, match="made anew"):
        recovery.confirm(fund.actor("askar"), 1, 3, recovery.secret())


@sqlite_only
def test_what_the_shares_do_not_open_yet_is_named_to_who_can_seal_it(provisional: FoundedFund) -> None:
    fund = provisional
    recovery.make_shares_confirmed(fund.coordinator, holders(fund))

    [donors] = see(recovery_state, actor=fund.coordinator).lacking
    assert (str(donors.title), donors.mine) == ("Donors", False)
    done = do(reseal, actor=fund.treasurer)

    assert (done.done, done.left) == (1, 0)
    assert see(recovery_state, actor=fund.coordinator).lacking == ()
    assert do(reseal, actor=fund.treasurer).done == 0
    with pytest.raises(NotAllowed):
        do(reseal, actor=fund.registrar)


# ---------------------------------------------------------------- provisional


@sqlite_only
def test_a_provisional_fund_takes_no_real_family_and_no_donation(provisional: FoundedFund) -> None:
    fund = provisional
    order = Registration(fund.localities["old-town"], fund.points["club"], a_family())
    sample = make_sample(fund)

    for attempt in (
        lambda: do(register, actor=fund.registrar, order=order),
        lambda: do(
            correct,
            actor=fund.registrar,
            order=Correction(sample.family_id, 1, fund.points["club"], a_family()),
        ),
        lambda: do(
            import_households, actor=fund.registrar, households=(Household(None, "old-town", "club", a_family()),)
        ),
        lambda: make_donation(fund),
    ):
        with pytest.raises(RuleBroken, match="provisional"):
            attempt()
    assert rows(select(func.count()).select_from(Family)) == [1]


@sqlite_only
def test_a_whole_fund_takes_no_sample_family(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="only real families"):
        make_sample(fund)


@sqlite_only
def test_sample_families_are_another_each_time_until_there_is_none_left(provisional: FoundedFund) -> None:
    codes = {make_sample(provisional).code for _each in range(10)}

    assert len(codes) == 10
    with pytest.raises(RuleBroken, match="All sample families"):
        make_sample(provisional)
    elsewhere: dict[str, Any] = {
        "locality_id": provisional.localities["new-town"],
        "point_id": provisional.points["club"],
    }
    with pytest.raises(NotAllowed):
        do(register_sample, actor=provisional.registrar, **elsewhere)


def test_sample_families_are_gone_once_the_fund_is_whole(provisional: FoundedFund) -> None:
    fund = provisional
    first, second = make_sample(fund), make_sample(fund)
    do(confirm, actor=fund.confirmer, family_id=first.family_id, version=1)

    recovery.make_shares_confirmed(fund.coordinator, holders(fund))

    assert set(rows(select(Family.state))) == {FamilyState.WITHDRAWN}
    assert set(rows(select(Withdrawal.by_id))) == {fund.actor("askar").person_id}
    assert set(rows(select(Erasure.family_id))) == {first.family_id, second.family_id}
    assert [rows(select(func.count()).select_from(kind)) for kind in token_rows.KINDS] == [[0], [0]]
    assert rows(select(func.count()).where(Record.family_id.is_not(None))) == [0]
    with Session(db.engine) as session:
        assert list(verify(session)) == []


# ---------------------------------------------------------------- verify names what was forged

FORGED = {
    "whole before it is": ("UPDATE recovery_key SET confirmed_at = made_at WHERE generation = 1", "another moment"),
    "never whole": ("UPDATE recovery_key SET confirmed_at = NULL WHERE generation = 1", "another moment"),
    "a share kept": ("UPDATE recovery_share SET sealed = :bytes WHERE number = 2 AND generation = 1", "still keeps it"),
    "a share gone": ("UPDATE recovery_share SET sealed = NULL WHERE number = 4 AND generation = 2", "is gone before"),
    "a share too few": ("DELETE FROM recovery_share WHERE number = 5 AND generation = 2", "it has 4 shares"),
    "an old copy": (
        "INSERT INTO recovery_copy (ring_id, epoch, generation, sealed)"
        " SELECT ring_id, epoch, 0, sealed FROM recovery_copy WHERE generation = 1",
        "sealed to old shares",
    ),
}


@sqlite_only
@pytest.mark.parametrize("what", FORGED)
def test_what_says_otherwise_than_the_papers_is_named(fund: FoundedFund, another: NewSecret, what: str) -> None:
    recovery.make_shares_confirmed(fund.coordinator, holders(fund), secret_=another, confirmed=1)
    statement, text = FORGED[what]
    with forging() as session:
        assert found(session, "recovery") == []
        assert forge(session, statement, **({"bytes": b"sealed"} if ":bytes" in statement else {})) > 0

        assert any(text in finding.text for finding in found(session, "recovery"))
