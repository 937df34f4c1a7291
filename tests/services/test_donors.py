"""Donors are changed, merged and parted with nothing lost; and who asks never to be named is named no more."""

from datetime import date
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.donations import DonorKind, ThanksWish
from aid.domain.languages import Language
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.donations import Donation, Donor, Thanks, ThanksWay
from aid.models.donors import DonorMerge
from aid.models.statements import DonorToken
from aid.models.thanks import PublishedThanks
from aid.queries.donor_pages import donor_page
from aid.queries.donor_twins import twins
from aid.queries.donors import branches, donors, unions
from aid.queries.published_thanks import published
from aid.queries.thanks import backlog
from aid.services.donations import record_donation
from aid.services.donors import index as donor_index
from aid.services.donors.changing import (
    DonorChangedMeanwhile,
    DonorCorrection,
    correct_donor,
    may_name,
    never_name,
)
from aid.services.donors.merging import Merged, Merging, merge_donors, part_donors, tell_apart
from aid.services.lines.explaining import ByGift
from aid.services.thanks.acknowledging import spare
from aid.services.thanks.publishing import PublicLine, Published, publish
from aid.services.verification import verify
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.donations import a_donation, a_donor, make_donation, make_thanked
from tests.make.donors import make_donor, make_merged, make_published, make_union, told, version_of
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, make_ended, make_euro_bank, open_lines
from tests.make.thanks import an_acknowledgement
from tests.services.test_committee import all_at_once

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def found_by(actor: Actor, **terms: str) -> set[UUID]:
    """Who is found by this name, account or the like."""
    with Session(db.engine) as session:
        index = donor_index.index_of(session, actor.keyring)
        assert index is not None
        return {id_ for ids in donor_index.find(session, index, donor_index.terms_of(**terms)).values() for id_ in ids}


@SQLITE
def test_a_donor_is_corrected_once_and_who_saw_an_older_one_is_told(fund: FoundedFund) -> None:
    donor_id = make_donor(fund)
    order = DonorCorrection(donor_id, 1, a_donor(name="Ingrid Berg", language=Language.RU, never_named=True))

    do(correct_donor, actor=fund.treasurer, order=order)

    with pytest.raises(DonorChangedMeanwhile):
        do(correct_donor, actor=fund.treasurer, order=order)
    now = told(fund, donor_id)
    assert (now.name, now.never_named) == ("Ingrid Berg", False), "a wish is not written in passing"
    assert rows(select(Donor.language)) == [Language.RU]
    assert found_by(fund.treasurer, name="berg ingrid") == {donor_id}
    assert found_by(fund.treasurer, name="Ingrid Solheim") == set()
    with pytest.raises(RuleBroken, match="Nothing is different"):
        do(correct_donor, actor=fund.treasurer, order=DonorCorrection(donor_id, 2, now))
    with pytest.raises(NotAllowed):
        do(correct_donor, actor=fund.coordinator, order=order)
    holds()


@SQLITE
def test_a_branch_belongs_to_a_union_and_is_shown_with_it(fund: FoundedFund) -> None:
    union = make_union(fund)
    branch = make_donor(fund, kind=DonorKind.BRANCH, name="Bergen", union_id=union, email=None)

    assert [row.id for row in see(unions, actor=fund.treasurer)] == [union]
    [row] = see(branches, actor=fund.treasurer, union_id=union)
    assert (row.id, row.union) == (branch, "Havnearbeiderne")
    with pytest.raises(RuleBroken, match="choose one of the unions"):
        make_donor(fund, kind=DonorKind.BRANCH, name="Stavanger", union_id=branch, email=None)
    with pytest.raises(RuleBroken, match="choose which"):
        make_donor(fund, kind=DonorKind.BRANCH, name="Stavanger", email=None)
    order = Merging(union, 1, branch, 1, {"kind": "kept", "name": "kept", "union_id": "kept"})
    with pytest.raises(RuleBroken, match="thanked apart"):
        do(merge_donors, actor=fund.treasurer, order=order)


@SQLITE
def test_who_asks_never_to_be_named_is_a_friend_from_then_on(fund: FoundedFund) -> None:
    donor_id = make_donor(fund, own_line="Ingrid from Oslo")
    twin = make_donor(fund, name="I. Solheim", own_line="Ingrid from Oslo")
    for each in (donor_id, twin):
        make_published(fund, each)
    make_merged(fund, donor_id, twin)

    outcome = do(never_name, actor=fund.treasurer, donor_id=donor_id, version=2)

    assert (outcome.lines, outcome.signatures) == (2, 0)
    assert [row.line for row in see(published).rows] == [None, None]
    assert rows(select(PublishedThanks.salt)) == [None, None]
    now = told(fund, donor_id)
    assert (now.never_named, now.paper_name, now.own_line) == (True, None, None)
    page = see(donor_page, actor=fund.treasurer, donor_id=donor_id)
    assert page is not None
    assert (len(page.in_public), len(page.was_in_public)) == (0, 2), "the treasurer is told what had been published"
    waiting = make_donation(fund, donor=twin)
    with pytest.raises(RuleBroken, match="never to be named"):
        do(publish, actor=fund.treasurer, order=PublicLine(an_acknowledgement(fund, waiting), "Ingrid"))
    with pytest.raises(RuleBroken, match="never named already"):
        do(never_name, actor=fund.treasurer, donor_id=donor_id, version=3)
    with pytest.raises(RuleBroken, match="without any name"):
        do(may_name, actor=fund.treasurer, donor_id=donor_id, version=3, reason=" ")
    do(may_name, actor=fund.treasurer, donor_id=donor_id, version=3, reason="They wrote so")
    assert not told(fund, donor_id).never_named
    assert [row.line for row in see(published).rows] == [None, None], "what is gone is gone"
    holds()


def test_two_entries_become_one_donor_with_all_that_either_had(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00, other="Solheim Ingrid", account="NO9386011117947")]))
    [line] = open_lines()
    make_ended(fund, line, ByGift(a_donor(name="I. Solheim", email=None), fund.purposes["school"]))
    [other] = rows(select(Donation.donor_id))
    kept = make_donor(fund)
    make_thanked(fund, donor=other)

    merged = make_merged(fund, kept, other)

    assert found_by(fund.treasurer, account="NO93 8601 1117 947", name="I Solheim") == {kept}
    page = see(donor_page, actor=fund.treasurer, donor_id=other)
    assert page is not None
    assert page.row.id == kept
    assert [(gift.amount.currency, gift.way) for gift in page.gifts] == [
        ("KZT", ThanksWay.LETTER),
        ("KZT", None),
        ("EUR", None),
    ]
    assert [account.account for account in page.accounts] == ["NO9386011117947"]
    assert {row.details.name for row in page.merges if row.details} == {"I. Solheim"}
    assert [row.id for row in see(donors, actor=fund.treasurer).rows] == [kept]
    assert told(fund, other).name == "Ingrid Solheim"
    later = do(record_donation, actor=fund.treasurer, order=a_donation(fund, donor=other)).donation_id
    assert rows(select(Donation.donor_id).where(Donation.id == later)) == [kept]
    with pytest.raises(RuleBroken, match="Something came since"):
        do(part_donors, actor=fund.treasurer, merge_id=merged.merge_id, reason="Two after all")
    holds()


@SQLITE
def test_never_to_be_named_of_either_holds_for_the_one(fund: FoundedFund) -> None:
    kept, other = make_donor(fund), make_donor(fund, never_named=True, name="Solheim Ingrid")
    make_published(fund, kept)

    assert make_merged(fund, kept, other).lines == 1

    assert told(fund, kept).never_named
    assert [row.line for row in see(published).rows] == [None]
    holds()


@SQLITE
def test_a_merge_is_undone_while_nothing_rests_on_it_the_last_first(fund: FoundedFund) -> None:
    first, second, third = (make_donor(fund, name=name) for name in ("Ingrid A", "Ingrid B", "Ingrid C"))
    inner = make_merged(fund, second, third)
    outer = make_merged(fund, first, second)
    assert set(rows(select(Donor.merged_into_id))) == {None, first}, "all point to who stands for them"
    with pytest.raises(RuleBroken, match="another merge since"):
        do(part_donors, actor=fund.treasurer, merge_id=inner.merge_id, reason="Two after all")

    do(part_donors, actor=fund.treasurer, merge_id=outer.merge_id, reason="Two after all")
    holds()
    assert told(fund, third).name == "Ingrid B"
    do(part_donors, actor=fund.treasurer, merge_id=inner.merge_id, reason="Two after all")

    assert [told(fund, each).name for each in (first, second, third)] == ["Ingrid A", "Ingrid B", "Ingrid C"]
    assert found_by(fund.treasurer, name="C Ingrid") == {third}
    with pytest.raises(RuleBroken, match="two again already"):
        do(part_donors, actor=fund.treasurer, merge_id=inner.merge_id, reason="Two after all")
    again = make_merged(fund, first, second)
    change = DonorCorrection(first, version_of(first), a_donor(name="Ingrid D"))
    do(correct_donor, actor=fund.treasurer, order=change)
    with pytest.raises(RuleBroken, match="changed since"):
        do(part_donors, actor=fund.treasurer, merge_id=again.merge_id, reason="Two after all")
    holds()


def test_donors_who_look_alike_are_suggested_with_the_reason_until_somebody_says_they_are_two(
    fund: FoundedFund,
) -> None:
    one, other = make_donor(fund), make_donor(fund, name="SOLHEIM Íngrid")
    make_donor(fund, name="Ola Nordmann", email="ola@example.org")

    [pair] = see(twins, actor=fund.treasurer).rows
    assert (pair.one.id, pair.other.id) == (one, other)
    assert [str(reason.id) for reason in pair.reasons] == [
        "The same e-mail address",
        "The same name, however it is spelled",
    ]
    do(tell_apart, actor=fund.treasurer, one_id=other, other_id=one)
    do(tell_apart, actor=fund.treasurer, one_id=one, other_id=other)

    assert see(twins, actor=fund.treasurer).rows == ()
    holds()


@SQLITE
def test_who_wished_no_thanks_is_spared_them_and_nobody_else(fund: FoundedFund) -> None:
    spared, other = (make_donation(fund, donor=a_donor(thanks=wish)) for wish in (ThanksWish.NOT_AT_ALL, None))

    do(spare, actor=fund.treasurer, spared=an_acknowledgement(fund, spared))

    with pytest.raises(RuleBroken, match="did not ask"):
        do(spare, actor=fund.treasurer, spared=an_acknowledgement(fund, other))
    assert [row.id for row in see(backlog, actor=fund.treasurer, today=date(2026, 9, 1)).rows] == [other]
    assert rows(select(Thanks.way)) == [ThanksWay.NOT_WISHED]
    holds()


def test_of_merges_at_once_one_is_made(app: Flask, fund: FoundedFund) -> None:
    one, other, third = (make_donor(fund, name=name) for name in ("Ingrid A", "Ingrid B", "Ingrid C"))
    pairs = [(one, other), (other, one), (one, other), (third, other)]
    orders = [Merging(kept, 1, gone, 1, {"name": "kept"}) for kept, gone in pairs]

    outcomes = all_at_once(app, [partial(do, merge_donors, actor=fund.treasurer, order=order) for order in orders])

    made = [outcome for outcome in outcomes if isinstance(outcome, Merged)]
    assert len(made) == len(rows(select(DonorMerge))) == 1
    assert len(rows(select(DonorToken.donor_id).distinct())) == 2
    holds()


def test_a_line_is_never_published_of_somebody_who_is_made_unnamed_meanwhile(app: Flask, fund: FoundedFund) -> None:
    donor_id = make_donor(fund)
    gifts = [make_donation(fund, donor=donor_id) for _each in range(3)]
    lines = [PublicLine(an_acknowledgement(fund, gift), "Ingrid from Oslo") for gift in gifts]
    unnaming = partial(do, never_name, actor=fund.treasurer, donor_id=donor_id, version=1)

    outcomes = all_at_once(
        app, [partial(do, publish, actor=fund.treasurer, order=line) for line in lines[:2]] + [unnaming]
    )

    late = all_at_once(app, [partial(do, publish, actor=fund.treasurer, order=lines[2])])
    assert not any(isinstance(outcome, Published) for outcome in late)
    assert not [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, RuleBroken)
    ]
    assert set(rows(select(PublishedThanks.line))) <= {None}
    holds()
