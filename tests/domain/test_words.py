"""Messages wait to be said, and survive being stored."""

import json
from datetime import UTC, date, datetime

import pytest

from aid.domain.money import Money
from aid.domain.outcomes import value_from_plain, value_plain
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.words import Message, _, n_


def test_a_message_holds_its_sentence_and_values_untranslated() -> None:
    message = _("This voucher is collected at %(point)s.", point="club")

    assert message.id == "This voucher is collected at %(point)s."
    assert message.values == {"point": "club"}
    assert str(message) == "This voucher is collected at club."


def test_a_message_may_be_kept_in_a_set() -> None:
    assert len({_("Yes"), _("Yes"), _("No"), _("%(day)s", day=date(2026, 9, 1))}) == 3


def test_a_sentence_without_values_may_hold_a_percent_sign() -> None:
    assert str(_("100% of it")) == "100% of it"


@pytest.mark.parametrize(("n", "said"), [(1, "1 family"), (2, "2 families"), (0, "0 families")])
def test_a_counted_sentence_follows_its_number(n: int, said: str) -> None:
    assert str(n_("%(num)s family", "%(num)s families", n)) == said


@pytest.mark.parametrize(
    "message",
    [
        _("Nothing"),
        _("%(a)s", a="text"),
        _("%(a)s", a=7),
        _("%(a)s", a=date(2026, 9, 1)),
        _("%(a)s", a=datetime(2026, 9, 1, 12, 30, tzinfo=UTC)),
        _("%(a)s", a=Money(123450, "KZT")),
        _("%(a)s", a=Role.AUDITOR),
        _("%(a)s and %(b)s", a=ROLE_TITLES[Role.AUDITOR], b=_("%(day)s", day=date(2026, 1, 2))),
        n_("%(num)s line of %(sum)s", "%(num)s lines of %(sum)s", 3, sum=Money(5, "EUR")),
    ],
)
def test_a_stored_message_comes_back_as_it_was(message: Message) -> None:
    stored = json.dumps(value_plain(message))

    back = value_from_plain(json.loads(stored))

    assert back == message
    assert str(back) == str(message)
    assert [type(value) for _name, value in back.pairs] == [type(value) for _name, value in message.pairs]


def test_nothing_outside_the_domain_is_imported_by_a_stored_message() -> None:
    with pytest.raises(TypeError):
        value_from_plain({"word": ["http", "HTTPStatus", "200"]})
    with pytest.raises(TypeError):
        value_from_plain({"word": ["aid.domain.words", "Message", "x"]})


def test_a_stored_value_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a value of an outcome"):
        value_from_plain({"song": "x"})
