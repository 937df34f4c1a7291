"""The addresses of many apps, made ready once: each test's app has the same, and werkzeug makes code of every one."""

from collections.abc import Callable
from typing import Any, Final

from werkzeug.routing import Rule

_MADE: Final[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}
_MAKE: Final = Rule._compile_builder


def know_routes() -> None:
    """From now on what writes a rule's address is made once in this process, however many apps have that rule."""
    Rule._compile_builder = _made  # type: ignore[method-assign, assignment]


def _made(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    if rule.defaults:
        return _MAKE(rule, append_unknown)
    known = rule.rule, tuple(rule._trace), append_unknown
    if known not in _MADE:
        _MADE[known] = _MAKE(rule, append_unknown)
    return _MADE[known]
