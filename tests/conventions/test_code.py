import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conventions import AID
from tests.conventions.repository import python_files, short, tree

MAY_COMMIT = {"aid/perform.py"}


def code(*rooms: str) -> list[Path]:
    return [path for path in python_files("aid") if path.relative_to(AID).parts[0] in rooms]


def actions(*rooms: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions that take an actor."""
    for path in code(*rooms):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                if "actor" in names:
                    yield f"{short(path)}: {node.name}", node


def calls(path: Path, *methods: str) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield f"{short(path)}:{node.lineno}"


def test_services_and_queries_take_their_session_first_and_everything_else_by_name() -> None:
    wrong = [
        name
        for name, action in actions("services", "queries")
        if [a.arg for a in (*action.args.posonlyargs, *action.args.args)] not in (["session"], [])
        and not name.startswith("aid/queries/today/")  # one registry asks them all alike
    ]
    assert wrong == []


def test_only_perform_commits() -> None:
    rooms = ("services", "queries", "blueprints", "forms", "models", "documents", "domain", "vault", "readers")

    assert [place for path in code(*rooms) for place in calls(path, "commit", "rollback")] == []


def test_the_domain_and_the_services_are_told_the_time() -> None:
    """`now` is passed in: tests, replays and the fund's own day depend on it."""
    clocks = [
        place for path in code("domain", "services", "queries") for place in calls(path, "today", "utcnow", "time_ns")
    ]

    assert clocks == []


def test_the_vault_and_the_services_print_nothing() -> None:
    """What is printed ends in a log, and a log is a list of families."""
    rooms = ("domain", "vault", "models", "services", "queries", "readers", "forms", "blueprints")
    printed = [
        f"{short(path)}:{node.lineno}"
        for path in code(*rooms)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printed == []


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [short(path) for path in python_files("aid") if tree(path).body and not ast.get_docstring(tree(path))]

    assert silent == []
