"""Opening a gift's story by its code: every try is counted first, and a wrong code takes as long as one that is not."""

from string import digits as DIGITS

from aid.domain.codes import GIFT_DIGITS, parse_gift_code
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.perform import look
from aid.queries.figures.gift import Gift, gift_of_code
from aid.queries.thanks_words import the_giver
from aid.security.guessing import TooManyTries, gift_guess, too_early
from aid.services import guesses
from aid.vault.actor import Actor
from aid.vault.gift_codes import hash_of_code

NOTHING = "-" * GIFT_DIGITS
"""What is hashed in place of something that can't be a code: no code is like it."""


def gift_behind(typed: str) -> Gift:
    """The gift that this is the code of. Raises RuleBroken, the same for whatever is wrong with the code."""
    code = _digits(typed)
    guess_id = gift_guess("".join(sign for sign in typed if sign in DIGITS))
    turn = look(guesses.take_turn, actor=Actor.system(), guess_id=guess_id)
    if turn.seconds:
        raise TooManyTries(too_early(turn.seconds), field="code")
    found = gift_of_code(reading(), code_hash=hash_of_code(code, fund_id=the_giver(reading()).id))
    if found is None:
        raise RuleBroken(
            _("No gift is known by this code. Compare it with the latest letter: each new letter has a new code."),
            field="code",
        )
    look(guesses.give_turn_back, actor=Actor.system(), guess_id=guess_id)
    return found


def _digits(typed: str) -> str:
    try:
        return parse_gift_code(typed)
    except RuleBroken:
        return NOTHING
