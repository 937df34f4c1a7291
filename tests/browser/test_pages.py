"""Every page that people work with, in Kazakh and English, on a phone and on a desk: axe finds nothing to mend.

Axe looks at the phone's page in Kazakh, whose words are longest; that nothing sticks out holds in English too.
"""

from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import Select, select

from aid.domain.languages import Language
from aid.models.allocations import Decision
from aid.models.collections import Collection
from aid.models.custody import Suspension
from aid.models.donations import Donation
from aid.models.families import Erasure, Family, Withdrawal
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.vouchers import PrintBatch
from aid.security.sessions import COOKIE
from aid.services.people import speak
from tests.browser.conftest import PageOf
from tests.browser.hands import found_by, sticks_out
from tests.make import do, rows
from tests.make.allocations import make_allocation
from tests.make.fund import FoundedFund
from tests.make.server import Server


@pytest.fixture(scope="session")
def addresses(lived: FoundedFund) -> dict[str, list[str]]:
    """Who opens what."""
    family, donation, programme = (_first(kind) for kind in (Family.code, Donation.id, Programme.id))
    decided, batch, collection = _first(Decision.allocation_id), _first(PrintBatch.id), _first(Collection.id)
    open_ = make_allocation(lived, families=1, purpose="food").allocation_id
    person, point = _first(Person.id), lived.points["club"]
    suspended = lived.actor("sanzhar").person_id
    return {
        "": ["/sign-in", "/language/nowhere"],
        "bolat": ["/", "/families/", "/families/new", "/families/waiting", f"/families/{family}", "/me", "/people"],
        "dina": [
            *("/", "/programmes/", "/programmes/new", f"/programmes/{programme}", f"/programmes/{programme}/change"),
            *("/allocations/", "/allocations/new", f"/allocations/{open_}", f"/allocations/{decided}"),
            *(f"/allocations/{open_}/recompute", f"/allocations/{open_}/withdraw"),
            *("/vouchers/", f"/vouchers/{decided}", f"/vouchers/{decided}/at/{point}/print", "/vouchers/reprint"),
            *(f"/vouchers/batches/{batch}", f"/vouchers/batches/{batch}/reprint"),
            *("/recovery/", "/recovery/new"),
            *("/families/leaving", f"/families/{family}/withdraw", *_left()),
            *("/me/security", "/me/password", "/me/phone", "/me/codes", "/people/waiting"),
            *("/exposure", f"/exposure/{_first(Suspension.id)}", "/re-seal", f"/people/{suspended}/reinstate"),
        ],
        "timur": [
            *("/", "/donations/", f"/donations/{donation}", "/donations/donors", "/donations/new", "/thanks/"),
            *("/ledger/", "/ledger/entries"),
        ],
        "saule": [
            "/",
            "/recovery/mine",
            "/committee/",
            f"/committee/{open_}",
            f"/committee/{open_}/vote",
            f"/committee/{decided}",
        ],
        "nurlan": [
            "/",
            *("/colleagues", f"/people/{person}/cut-off", "/lock"),
            "/me/pin",
            "/collections/",
            "/collections/point",
            "/collections/new",
            f"/collections/{collection}",
        ],
        "erlan": [
            *("/", "/people", f"/people/{person}", f"/people/{person}/work", f"/people/{person}/begin-anew"),
            *("/people/invite", "/people/waiting"),
        ],
        "olga": ["/", "/audit/", f"/allocations/{decided}", f"/vouchers/{decided}"],
    }


def _left() -> list[str]:
    """A family that waits to be erased, and one that was."""
    gone = select(Erasure.family_id)
    waits = select(Family.code).join(Withdrawal, Withdrawal.family_id == Family.id).where(Family.id.not_in(gone))
    erased = select(Family.code).where(Family.id.in_(gone))
    [left, *_], [away, *_] = rows(waits), rows(erased)
    return [f"/families/{left}", f"/families/{left}/erase", f"/families/{away}"]


def _first(column: Any) -> Any:
    wanted: Select[Any] = select(column).limit(1)
    [found] = rows(wanted)
    return found


def signed_in(page: Page, server: Server, fund: FoundedFund, handle: str, language: str) -> None:
    """As if this person had signed in, and reads this language."""
    if handle:
        do(speak, actor=fund.actor(handle), language=Language(language))
        address = f"https://127.0.0.1:{server.port}"  # only so that the cookie may be put there
        page.context.add_cookies(
            [{"name": COOKIE, "value": fund.sign_in(handle).text(), "url": address, "secure": True}]
        )


@pytest.mark.parametrize("language", ["kk", "en"])
@pytest.mark.parametrize("handle", ["", "bolat", "dina", "timur", "saule", "nurlan", "erlan", "olga"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    lived: FoundedFund,
    server: Server,
    page_of: PageOf,
    addresses: dict[str, list[str]],
    handle: str,
    language: str,
) -> None:
    page = page_of(language=language)
    signed_in(page, server, lived, handle, language)
    wrong: list[str] = []
    for address in addresses[handle]:
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == language
        wrong += sticks_out(page)
        if language == "kk":
            wrong += found_by(page)

    assert wrong == []
