"""Some of what a service returns is given once and never stored."""

from dataclasses import dataclass, fields

from aid.domain.outcomes import transient


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
