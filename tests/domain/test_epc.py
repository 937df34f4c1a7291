"""The text of the code that bank apps read, against the guidelines and another library's reading of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segno import helpers

from aid.domain.epc import LARGEST, SEPA, Payee, epc_text, has_code
from aid.domain.giving import checked_bic, checked_holder, checked_iban, checked_names, spaced
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken

PAYEE = Payee("Verein der Freunde", "DE89370400440532013000", "COBADEFFXXX", "EUR")


def test_it_says_line_by_line_what_the_guidelines_ask() -> None:
    assert epc_text(PAYEE, text="1234567889", amount=Money(12_30, "EUR")).split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Verein der Freunde",
        "DE89370400440532013000",
        "EUR12.30",
        "",
        "",
        "1234567889",
    ]


@given(st.integers(1, LARGEST), st.sampled_from([PAYEE.bic, None]))
def test_another_library_says_the_same(minor: int, bic: str | None) -> None:
    payee = Payee(PAYEE.holder, PAYEE.iban, bic, "EUR")
    theirs: bytes = getattr(helpers, "_make_epc_qr_data")(  # noqa: B009 - it is there, untyped
        payee.holder, payee.iban, f"{minor // 100}.{minor % 100:02}", text="1234567889", bic=bic, encoding="utf-8"
    )

    ours = epc_text(payee, text="1234567889", amount=Money(minor, "EUR")).split("\n")

    other = theirs.decode().split("\n")
    assert float(ours.pop(7)[3:]) == float(other.pop(7)[3:])
    assert ours == other


def test_the_amount_and_the_bic_may_be_left_out() -> None:
    lines = epc_text(Payee(PAYEE.holder, PAYEE.iban, None, "EUR"), text="1234567889").split("\n")

    assert (lines[4], lines[7], len(lines)) == ("", "", 11)


def test_no_account_outside_sepa_and_no_other_currency_has_a_code() -> None:
    kazakh = Payee("Fund", "KZ86125KZT5004100100", None, "EUR")
    dollars = Payee("Fund", PAYEE.iban, None, "USD")

    assert has_code(PAYEE)
    assert not has_code(kazakh)
    assert not has_code(dollars)
    assert "KZ" not in SEPA
    for payee in (kazakh, dollars):
        with pytest.raises(ValueError, match="no SEPA"):
            epc_text(payee, text="1234567889")


def test_nothing_more_can_be_put_into_it() -> None:
    with pytest.raises(ValueError, match="one line"):
        epc_text(Payee("Fund\nEUR999", PAYEE.iban, None, "EUR"), text="1234567889")
    with pytest.raises(RuleBroken):
        epc_text(PAYEE, text="1234567889", amount=Money(0, "EUR"))
    with pytest.raises(ValueError, match="euros"):
        epc_text(PAYEE, text="1234567889", amount=Money(1, "USD"))


def test_what_everybody_is_shown_is_looked_at_first() -> None:
    assert checked_holder("  Verein   der Freunde ") == "Verein der Freunde"
    assert checked_bic(" cobadeff ") == "COBADEFF"
    assert checked_bic("  ") is None
    assert checked_iban(PAYEE.iban) == PAYEE.iban
    assert spaced(PAYEE.iban) == "DE89 3704 0044 0532 0130 00"
    assert checked_names({"en": " Winter  aid "}, languages=["en"]) == {"en": "Winter aid"}
    with pytest.raises(RuleBroken, match="no BIC"):
        checked_bic("COBADE")
    with pytest.raises(RuleBroken, match="no IBAN"):
        checked_iban("DE00370400440532013000")
