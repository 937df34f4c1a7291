"""A message of thanks on its way: where it may go, what may follow, and what is kept of a server's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.mails import (
    ARRIVED,
    IN_DOUBT,
    NEXT,
    STANDING,
    STATE_TITLES,
    MailState,
    spoken_by_server,
    why_no_mail_to,
)

INGRID = ("Ingrid Solheim", "Storgata 7", "0155 Oslo", "ingrid.solheim@post.example.org")


def test_nothing_leads_back_to_sending() -> None:
    assert [before for before, after in NEXT.items() if MailState.SENDING in after] == [MailState.ASKED]


def test_what_arrived_stays_so_and_what_is_in_doubt_is_decided_by_people() -> None:
    assert all(NEXT[state] == frozenset() for state in ARRIVED)
    assert all(NEXT[state] == {MailState.ACCEPTED, MailState.REOPENED} for state in IN_DOUBT)
    assert set(MailState) - set(STANDING) == {MailState.REOPENED, MailState.RETURNED}
    assert set(STATE_TITLES) == set(NEXT) == set(MailState)


@pytest.mark.parametrize("address", ["ingrid@example.org", "a.b+gift@sub.example.co.uk", "o'hara@example.org"])
def test_plain_addresses_are_written_to(address: str) -> None:
    assert why_no_mail_to(address) is None


def test_a_domain_in_any_alphabet_is_written_as_servers_read_it() -> None:
    assert why_no_mail_to("ingrid@møte.example") is None


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "ingrid",
        "ingrid@localhost",
        "ingrid@example.org,other@example.org",
        "ingrid@example.org\nBcc: all@example.org",
        "ingrid@example.org\r\nRCPT TO:<x@example.org>",
        '"a b"@example.org',
        "<ingrid@example.org>",
        "in grid@example.org",
        "ingrid@-example.org",
        "ingrid@exa mple.org",
        ".ingrid@example.org",
        "жаннат@example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_no_other_address_is_written_to(address: str | None) -> None:
    assert why_no_mail_to(address) is not None


@given(st.text(max_size=80))
def test_no_address_that_is_written_to_has_more_than_one_line_or_reader(address: str) -> None:
    if why_no_mail_to(address) is None:
        assert not set(address) & set('\r\n\0 ,;<>"')
        assert address.count("@") == 1


def test_a_servers_codes_and_words_are_kept() -> None:
    said = spoken_by_server("550 5.1.1 Recipient address rejected: User unknown", naming=INGRID)

    assert said == "550 5.1.1 Recipient address rejected: User unknown"


@pytest.mark.parametrize(
    "words",
    [
        "550 <ingrid.solheim@post.example.org>: rejected",
        "550 INGRID.SOLHEIM rejected",
        "550 User Solheim has moved to Storgata",
        "550 ingrid=solheim=post rejected",
        "550 no host post.example.org in Oslo",
        "550 see https://mail.example/why?ingrid",
        "550 queued as 4AF9D71 from [10.1.2.3]",
    ],
)
def test_what_names_anybody_is_hidden(words: str) -> None:
    said = spoken_by_server(words, naming=INGRID).casefold()

    assert "550" in said
    assert "…" in said
    for secret in ("ingrid", "solheim", "storgata", "oslo", "0155", "example", "10.1", "4af9"):
        assert secret not in said


@given(st.text(max_size=300))
def test_no_word_of_an_address_is_ever_kept(words: str) -> None:
    said = spoken_by_server(f"{words} ingrid.solheim@post.example.org {words}", naming=INGRID)

    assert "solheim" not in said.casefold()
    assert len(said) <= 200
