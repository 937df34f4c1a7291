"""The proofs of donors and of what families see find what nobody could have written."""

import pytest
from flask import Flask

from tests.make.forging import forge, forging, found
from tests.make.lived import whole

__all__ = ["whole"]

SHOWN = "WHERE words IS NOT NULL"
FORGED = {
    "UPDATE donor SET version = version + 1": "its version is not that of its changes",
    "UPDATE donor SET language = 'de' WHERE version > 1": "its language is not what was written last",
    "UPDATE donor SET merged_into_id = NULL": "does not point to whoever stands for it",
    "DELETE FROM donor_change WHERE version = 2": "its version is not that of its changes",
    "DELETE FROM donor_parting": "it was merged twice",
    "UPDATE donor_change SET kind = 'corrected' WHERE kind = 'united'": "has no change for it",
    "UPDATE donor_change SET kind = 'corrected' WHERE kind = 'unnamed'": "its line went by no wish",
    "DELETE FROM record WHERE kind = 'donor'": "what is sealed of it is gone",
    "DELETE FROM record WHERE kind = 'donor_before'": "what was before it is gone",
    "DELETE FROM record WHERE kind = 'support'": "what it says is gone",
    "DELETE FROM thanks_unnamed": "its line is there though it was taken off, or is gone",
    f"UPDATE support_answer SET words = 'We lie' {SHOWN}": "it does not say what was released",
    f"UPDATE support_answer SET words = NULL, words_salt = NULL {SHOWN}": "its words are there, or gone, for no reason",
    f"UPDATE support_answer SET signature = 'Ingrid', signature_salt = words_salt {SHOWN}": "its signature is there",
    "UPDATE support_answer SET answered_by_id = (SELECT taken_by_id FROM support_message LIMIT 1)": (
        "whoever took it has answered it"
    ),
}


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
def test_what_was_forged_of_donors_and_their_words_is_named(whole: Flask) -> None:
    for statement, said in FORGED.items():
        with forging() as session:
            assert found(session, "donors", "support", "thanks") == []
            assert forge(session, statement), statement
            assert said in "\n".join(map(str, found(session, "donors", "support", "thanks"))), statement
