"""The proof of thanks finds what nobody could have written: a message sent twice, a thanks without a message."""

import pytest
from flask import Flask

from tests.make.forging import forge, forging, found
from tests.make.lived import whole

__all__ = ["whole"]

ONE = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)


def test_a_fund_that_only_the_program_wrote_holds(whole: Flask) -> None:
    with forging() as session:
        assert found(session, "thanks") == []


FORGED = {
    "DELETE FROM thanks WHERE way = 'email'": "it arrived and thanked nobody",
    "UPDATE thanks SET way = 'email' WHERE way = 'letter'": "the message that it was given by is missing",
    "UPDATE thanks_mail SET state = 'sent' WHERE state = 'failed'": "it is not where its steps led",
    "UPDATE thanks_mail SET state = 'reopened' WHERE state = 'failed'": "it is not where its steps led",
    "UPDATE thanks_mail_step SET state = 'sending' WHERE state = 'failed'": "could not follow",
    "DELETE FROM thanks_mail_step WHERE n = 1": "a step of it is missing",
    "UPDATE thanks SET way = 'published' WHERE way = 'letter'": "what was to be published of it is missing",
    "UPDATE thanks_published SET line = 'From Ingrid' WHERE line IS NOT NULL": "not the one that was published",
    "UPDATE thanks_published SET line = NULL, salt = NULL": "or is gone",
    "UPDATE thanks_text SET language = 'de'": "of another language",
    "UPDATE thanks_mail SET state = 'failed' WHERE state = 'sent'": (
        "its donation is thanked, and it is still to be sent"
    ),
}


@ONE
@pytest.mark.parametrize("statement", FORGED)
def test_what_was_forged_is_named(whole: Flask, statement: str) -> None:
    with forging() as session:
        assert forge(session, statement)

        assert FORGED[statement] in "\n".join(map(str, found(session, "thanks")))
