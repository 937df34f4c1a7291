"""Identifiers sort by the time they were made."""

from uuid import UUID

from aid.domain.ids import new_id


def test_identifiers_are_distinct_and_in_order() -> None:
    ids = [new_id() for _n in range(1000)]

    assert all(type(made) is UUID and made.version == 7 for made in ids)
    assert len(set(ids)) == 1000
    assert ids == sorted(ids)
