"""The people of a family, as they were sent: read at once where nothing is wrong, and by their fields where it is."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField

from aid.domain.families import Kinship
from aid.forms.families.members import MemberForm, MemberRows
from tests.conftest import HouseOf


class Read(Form):  # type: ignore[misc]
    """As a family's form has it."""

    members = MemberRows("Members", min_entries=1)


class Fields(Form):  # type: ignore[misc]
    """Each cell a field, as WTForms reads it."""

    members = FieldList(FormField(MemberForm), min_entries=1)


ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["", "Айгүл  Серікқызы", " ", "Нұрлан"]),
            "kinship": st.sampled_from([*(one.value for one in Kinship), "cousin", ""]),
            "born": st.sampled_from(["", " ", "2015", "01.09.2015", "2015-09-01", "31.02.2015", "soon", "0000"]),
            "grade": st.sampled_from(["", "0", "4", "11", "12", "four"]),
            "school": st.sampled_from(["", " №3  мектеп "]),
            "clothes_size": st.sampled_from(["", "128"]),
            "shoe_size": st.sampled_from(["", "33"]),
            "height": st.just("140"),  # nobody asks
        },
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def any_app(house_of: HouseOf) -> Flask:
    return house_of("sqlite").app


@given(ROWS, st.permutations([0, 1, 7, 12]))
def test_rows_are_read_as_their_fields_would_read_them(
    any_app: Flask, rows: list[dict[str, str]], at: list[int]
) -> None:
    sent = MultiDict(
        (f"members-{place}-{name}", text) for place, row in zip(at, rows, strict=False) for name, text in row.items()
    )
    with any_app.test_request_context():
        read, fields = Read(sent), Fields(sent)
        assert read.validate() == fields.validate()
        assert read.members.errors == fields.members.errors
        if not fields.errors:
            filled = [row for row in fields.members.entries if not row.form.is_empty]
            assert read.members.people == tuple(row.form.member() for row in filled)
        assert [row.form.data for row in read.members.entries] == [row.form.data for row in fields.members.entries]


def test_no_field_is_made_of_a_row_that_nobody_looks_at(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = MultiDict({"members-0-name": "Айгүл Серікқызы", "members-0-kinship": "worker", "members-0-born": "1984"})
    monkeypatch.setattr(MemberForm, "__init__", _nobody)
    with any_app.test_request_context():
        form = Read(sent)
        assert form.validate()
        assert [who.name for who in form.members.people] == ["Айгүл Серікқызы"]


def _nobody(*_args: object, **_given: object) -> None:
    raise AssertionError("a field was made")
