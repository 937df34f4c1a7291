"""The browser that tests use sends what a browser sends."""

from tests.make.browser import Form
from tests.make.markup import Markup


def test_every_hidden_field_of_a_name_is_sent_and_so_is_what_is_ticked_beside_it() -> None:
    hidden = [f'<input type="hidden" name="{name}" value="{value}">' for name, value in ("a1", "b1", "b2", "c1")]
    ticked = '<input type="checkbox" name="c" value="2" checked><input type="checkbox" name="c" value="3">'
    page = Markup(f'<!doctype html><html><body><form method="post">{"".join(hidden)}{ticked}</form></body></html>').tree

    form = Form(next(page.iter("form")), page)

    assert form.filled == {"a": "1", "b": ["1", "2"], "c": ["1", "2"]}
