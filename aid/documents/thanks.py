"""From a thanked donation to its letter. It is signed by the office, not by a name: letters travel."""

from flask_babel import force_locale

from aid.documents.letter import ThanksLetter
from aid.domain.permissions import ROLE_TITLES, Role
from aid.extensions import time_zone
from aid.formats import say
from aid.models.base import in_language
from aid.queries.thanks import LetterFacts


def letter_of(facts: LetterFacts) -> ThanksLetter:
    """The letter, in the donor's language and of the day they were thanked."""
    with force_locale(facts.language.value):
        signed_by = say(ROLE_TITLES[Role.TREASURER])
    return ThanksLetter(
        fund_name=in_language(dict(facts.fund_names), facts.language),
        donor_name=facts.donor_name,
        amount=facts.amount,
        purpose=in_language(dict(facts.purpose), facts.language),
        received_on=facts.received_on,
        number=facts.number,
        language=facts.language,
        signed_by=signed_by,
        place="",
        written_on=facts.thanked_at.astimezone(time_zone()).date(),
        demo=facts.demo,
    )
