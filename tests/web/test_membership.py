"""The committee's own pages: who counts, proposing, comparing, signing; and the emergency stop."""

import pytest
from sqlalchemy import select

from aid.domain.membership import ChangeKind
from aid.models.committee import Certificate, ChangeAnswer, EmergencyStop, MembershipChange
from aid.vault.signatures import fingerprint_of, public_of
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.allocations import make_allocation, vote
from tests.make.browser import Browser, Page
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.membership import later, make_anew, make_newcomer, propose, sign, stop

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HOME = "/committee/members/"


def signed(browser: Browser, fund: FoundedFund, change: object, who: str, **other: object) -> Page:
    fields = {"answer": "yes", "password": fund.password(who)} | other
    return browser.submit(f"/committee/members/changes/{change}/sign", fields)


def test_everybody_who_may_see_the_committee_sees_whose_key_counts(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for who in (fund.administrator, fund.coordinator, fund.auditor, fund.members[0]):
        page = browser_of(who).get(HOME)
        for handle in MEMBERS:
            assert handle in page.text
            assert fingerprint_of(public_of(fund.signing_key(handle))) in page.text
        assert "at least 3 yes" in page.text
    assert "Propose a change" not in browser_of(fund.auditor).get(HOME).text
    for stranger in (fund.registrar, fund.treasurer, fund.distributor):
        assert browser_of(stranger).get(HOME).status == 403


def test_a_member_is_proposed_compared_signed_and_certified(fund: FoundedFund, browser_of: BrowserOf) -> None:
    aliya = make_newcomer(fund)
    marat = browser_of("marat")
    assert marat.get("/committee/members/propose").status == 200

    page = marat.submit("/committee/members/propose/admit", subject=str(aliya.person_id), alternate="aliya-sister")

    assert "It is announced." in page.text
    assert "0 of 3 signatures are there." in page.text
    assert aliya.halves.ed25519 is not None
    assert fingerprint_of(public_of(aliya.halves.ed25519)) in page.text
    [change] = rows(select(MembershipChange.id))
    refused = signed(marat, fund, change, "marat")
    assert refused.status == 409
    assert "compare the fingerprint, then tick this" in refused.text
    for handle in MEMBERS[:2]:
        page = signed(browser_of(handle), fund, change, handle, compared="y")
        assert "Signed. It waits for other members." in page.text
    page = signed(browser_of("askar"), fund, change, "askar", compared="y")
    assert "The committee has agreed. It holds from" in page.text
    assert "aliya" in browser_of(fund.administrator).get(HOME).text
    assert len(rows(select(Certificate))) == 2


def test_a_wrong_password_signs_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    change = propose(fund, ChangeKind.LEAVE, leaves_id=fund.members[4].id)

    page = signed(browser_of("marat"), fund, change, "marat", password="seven loud herons")

    assert page.status == 409
    assert "This is not your password. Nothing was signed." in page.text
    assert rows(select(ChangeAnswer)) == []


def test_an_answer_sent_twice_is_counted_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    change = propose(fund, ChangeKind.LEAVE, leaves_id=fund.members[4].id)
    browser = browser_of("marat")
    form = browser.get(f"/committee/members/changes/{change}/sign")

    for _each in range(2):
        page = browser.send(form, answer="no", password=fund.password("marat"))
        assert "Signed. It waits for other members." in page.text
    assert len(rows(select(ChangeAnswer))) == 1
    assert "nothing for you to sign" in browser.get(f"/committee/members/changes/{change}/sign").text


def test_other_rules_are_shown_beside_the_old_ones(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("marat")

    assert "This changes nothing." in browser.submit("/committee/members/propose/rules", quorum="3").text
    assert "raise it" in browser.submit("/committee/members/propose/rules", quorum="2").text
    assert "four numbers" in browser.submit("/committee/members/propose/rules", quorum="").text
    page = browser.submit("/committee/members/propose/rules", quorum="4")

    assert "Votes needed 3 4" in page.text
    assert rows(select(MembershipChange.version)) == [2]


@pytest.mark.parametrize("kind", ["admit", "new_key", "alternate"])
def test_where_nobody_is_ready_it_says_what_comes_first(fund: FoundedFund, browser_of: BrowserOf, kind: str) -> None:
    page = browser_of("marat").get(f"/committee/members/propose/{kind}")

    assert "After that they stand here." in page.text


def test_each_kind_of_change_has_its_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_anew(fund, "zhanna")
    alternate = make_newcomer(fund, "yerlan-alternate")
    browser = browser_of("marat")
    yerlan = str(fund.members[4].id)

    new_key = browser.submit("/committee/members/propose/new_key", subject=str(fund.members[3].id))
    assert "Votes with a new key: zhanna." in new_key.text
    replaced = browser.submit("/committee/members/propose/alternate", subject=yerlan)
    assert "In place of the absent member yerlan: yerlan-alternate." in replaced.text
    assert "0 of 4 signatures are there. Its notice is over on" in replaced.text
    gone = browser.submit("/committee/members/propose/leave", subject=yerlan)
    assert "Leaves the committee: yerlan." in gone.text
    named = browser.submit("/committee/members/propose/name_alternate", alternate="marat-brother")
    assert "New alternate of marat: marat-brother." in named.text
    assert browser.get("/committee/members/propose/emperor").status == 404
    home = browser.get(HOME)
    assert "Under way" in home.text
    assert "New key, not certified" in home.text
    assert alternate.handle in home.text


def test_a_friend_with_the_role_is_told_that_they_have_no_seat(fund: FoundedFund) -> None:
    friend = make_newcomer(fund)
    browser = Browser(fund.app, cookie=friend.sign_in())

    page = browser.get(HOME)

    assert "You are not on the committee yet" in page.text
    assert "Propose a change" not in page.text
    assert "certified seat can press it" in browser.get("/committee/stop/").text


def test_an_overtaken_change_says_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    first = propose(fund, ChangeKind.LEAVE, leaves_id=fund.members[4].id)
    second = propose(fund, ChangeKind.LEAVE, leaves_id=fund.members[3].id)
    sign(fund, first)
    browser = browser_of("marat")

    page = browser.get(f"/committee/members/changes/{second}")

    assert "The committee has changed since." in page.text
    assert "Propose it anew" in page.text
    later_one = propose(fund, ChangeKind.LEAVE, leaves_id=fund.members[3].id)
    assert "It can be signed from then on." in browser.get(f"/committee/members/changes/{later_one}").text


def test_an_alternates_change_is_completed_with_a_button(fund: FoundedFund, browser_of: BrowserOf) -> None:
    alternate = make_newcomer(fund, "yerlan-alternate")
    then = later(-60)
    absent = fund.members[4].id
    change = propose(fund, ChangeKind.ALTERNATE, now=then, subject_id=alternate.person_id, leaves_id=absent)
    sign(fund, change, MEMBERS[:4], now=then)
    browser = browser_of("saule")

    page = browser.press(f"/committee/members/changes/{change}", "Complete it")

    assert "The committee has agreed. It holds from" in page.text


def test_who_left_loses_role_and_keys_by_a_button_too(fund: FoundedFund, browser_of: BrowserOf) -> None:
    gone = fund.members[4]
    then = later(-30)
    sign(fund, propose(fund, ChangeKind.LEAVE, leaves_id=gone.id, now=then), now=then)

    page = browser_of("marat").press(HOME, "Take them now")

    assert "has its role and keys no more" in page.text
    assert fund.actor("yerlan").roles == frozenset()


# ---------------------------------------------------------------- the emergency stop


def test_two_taps_stop_the_fund_and_everybody_sees_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=1).allocation_id
    for member in fund.members[:2]:
        vote(fund, member, proposed)
    yerlan = browser_of("yerlan")

    page = yerlan.press("/committee/stop/", "Stop the fund now")

    assert "The fund is stopped. Call the other members now." in page.text
    for who in (fund.registrar, fund.distributor, fund.coordinator):
        assert "(pressed by yerlan)" in browser_of(who).get("/").text
    assert "pressed by" not in Browser(fund.app).get("/sign-in").text
    fields = {"choice": "yes", "password": fund.password("askar")}
    refused = browser_of("askar").submit(f"/committee/{proposed}/vote", fields)
    assert refused.status == 409
    assert "Nothing was done." in refused.text
    assert len(rows(select(EmergencyStop))) == 1


def test_the_committee_lifts_it_with_signatures(fund: FoundedFund, browser_of: BrowserOf) -> None:
    stop(fund)
    for handle in MEMBERS[:3]:
        browser = browser_of(handle)
        page = browser.submit("/committee/stop/", kind="lift", password=fund.password(handle))
    assert "The committee has lifted the stop." in page.text
    assert "The fund is stopped" not in page.text
    again = browser_of("marat").get("/committee/stop/")
    assert "You pressed it before." in again.text
    assert "Stop the fund now" not in again.text


def test_a_wrong_password_says_nothing_to_a_stop(fund: FoundedFund, browser_of: BrowserOf) -> None:
    stop(fund)

    page = browser_of("saule").submit("/committee/stop/", kind="lift", password="seven loud herons")

    assert page.status == 409
    assert "This is not your password." in page.text


def test_a_stop_waits_on_the_first_page_of_members_until_they_have_said_a_word(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    def waits(handle: str) -> bool:
        return "emergency stop waits for your word" in " ".join(browser_of(handle).get("/").text.split())

    assert not waits("saule")
    stop(fund)

    assert (waits("saule"), waits("askar"), waits("dina")) == (True, True, False)
    browser_of("saule").submit("/committee/stop/", kind="lift", password=fund.password("saule"))
    assert (waits("saule"), waits("askar")) == (False, True)


def test_only_members_reach_the_stop(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for stranger in (fund.administrator, fund.coordinator, fund.auditor):
        assert browser_of(stranger).get("/committee/stop/").status == 403
    assert rows(select(EmergencyStop)) == []
