"""Each page opens on both databases, in each language, to who works with it."""

from flask import Flask

from tests.make.browser import Browser
from tests.make.fund import FoundedFund
from tests.make.lived import whole as whole
from tests.make.pages import pages_of


def test_every_page_opens_on_both_databases(whole: Flask) -> None:
    fund = FoundedFund(whole)
    refused = []
    for handle, addresses in pages_of(fund).items():
        cookie = fund.sign_in(handle) if handle else None
        for address, language in zip(addresses, ["kk", "ru", "en"] * len(addresses), strict=False):
            page = Browser(whole, cookie=cookie, language=language).get(address)
            refused += [(handle, address, page.status)] if page.status != 200 and "nowhere" not in address else []

    assert refused == []
