"""Some of what a service returns is given once and never stored."""

import json
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from aid.domain.outcomes import outcome_from_plain, outcome_plain, transient
from aid.domain.vouchers import VoucherState
from aid.domain.words import Message, _


@dataclass(frozen=True)
class Printed:
    serial: int
    code: str | None = transient()


def test_a_transient_field_is_marked_unset_and_unseen() -> None:
    printed = Printed(1, "1234")

    assert Printed(1).code is None
    assert printed == Printed(1)
    assert "1234" not in repr(printed)
    assert [field.name for field in fields(Printed) if field.metadata.get("transient")] == ["code"]


@dataclass(frozen=True)
class Refused:
    voucher_id: UUID
    state: VoucherState | None
    reason: Message
    days: tuple[date, ...]
    counted: bool
    code: str | None = transient()


def test_a_stored_outcome_comes_back_as_it_was_without_what_is_transient() -> None:
    days = (date(2026, 9, 1), date(2026, 9, 2))
    refused = Refused(UUID(int=1), VoucherState.VOID, _("On %(day)s.", day=days[0]), days, counted=True, code="1234")

    stored = json.dumps(outcome_plain(refused))
    back = outcome_from_plain(json.loads(stored), {"Refused": Refused, "Printed": Printed})

    assert "1234" not in stored
    assert back == refused
    assert type(back.state) is VoucherState
    assert back.code is None
