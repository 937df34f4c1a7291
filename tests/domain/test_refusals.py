"""A refusal says what is wrong, and beside which field."""

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _


def test_a_refusal_keeps_its_message_and_field() -> None:
    refusal = RuleBroken(_("Write the day."), field="day")

    assert refusal.message == _("Write the day.")
    assert refusal.field == "day"
    assert str(refusal) == "Write the day."


def test_what_is_not_allowed_is_a_broken_rule_too() -> None:
    assert isinstance(NotAllowed(_("Not here.")), RuleBroken)
