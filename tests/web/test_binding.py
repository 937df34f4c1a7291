"""Fields are copied from form to form; what one form holds or changes is seen in no other."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from aid.forms.base import KomekForm

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


class Asked(KomekForm):
    """A form of many kinds of fields."""

    name = StringField("Name", [InputRequired(), Length(max=3)], render_kw={"class": "wide"}, id="who")
    where = SelectField("Where", choices=[("a", "A")])
    lines = FieldList(StringField("Line"), min_entries=1)
    count = IntegerField("Count", default=lambda: 7)


def test_what_is_typed_in_one_form_stands_in_no_other(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        first = Asked(MultiDict({"name": "abcd", "where": "z", "lines-0": "one", "lines-1": "two", "count": "x"}))
        assert not first.validate()
        second = Asked(formdata=None)

        assert set(first.errors) >= {"name", "where", "count"}
        assert second.errors == {}
        assert (second.name.data, second.count.data, [line.data for line in second.lines]) == (None, 7, [None])
        assert first.key.data != second.key.data
        assert all(field._form is second for field in second)


def test_what_one_form_changes_of_its_fields_is_its_own(app: Flask) -> None:
    with app.test_request_context():
        first = Asked(formdata=None)
        first.where.choices.append(("b", "B"))
        first.name.render_kw["class"] = "narrow"
        first.name.flags.required = False
        first.name.label.text = "Another"
        second = Asked(formdata=None)

        assert second.where.choices == [("a", "A")]
        assert 'class="wide"' in second.name()
        assert second.name.flags.required
        assert str(second.name.label) == '<label for="who">Name</label>'


def test_a_form_with_a_prefix_has_fields_of_its_own_names(app: Flask) -> None:
    with app.test_request_context():
        Asked(formdata=None)
        named = Asked(formdata=None, prefix="other")

        assert (named.where.name, named.where.id, named.where.short_name) == ("other-where", "other-where", "where")
        assert named.name.id == "who"
        assert named.lines[0].name == "other-lines-0"
