import re
import sys
from importlib.metadata import packages_distributions

from tests.conventions import ROOT
from tests.conventions.repository import imports, python_files, short

OURS = {"aid", "benchmarks", "config", "migrations", "tests", "wsgi"}


def roots(*folders: str) -> dict[str, str]:
    """Each top-level module that is imported, with a file that does."""
    return {name.partition(".")[0]: short(path) for path in python_files(*folders) for name in imports(path)}


def locked(lock: str) -> set[str]:
    """The packages of a lock file."""
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), re.MULTILINE))


def unlocked(folder: str, lock: str) -> dict[str, str]:
    """What is imported under a folder and comes from no package of the lock file."""
    home = packages_distributions()
    known = locked(lock)
    return {
        name: path
        for name, path in roots(folder).items()
        if name not in sys.stdlib_module_names | OURS
        and not any(re.sub(r"[-_.]+", "-", package).lower() in known for package in home.get(name, ()))
    }


def test_nobody_opens_the_database_with_the_standard_library() -> None:
    """It would drop SQLCipher's locks on the very same file."""
    assert "sqlite3" not in roots()


def test_nobody_pickles() -> None:
    assert not {"pickle", "shelve", "marshal", "dill"} & set(roots())


def test_the_program_imports_only_what_its_lock_file_installs() -> None:
    assert unlocked("aid", "requirements.lock") == {}


def test_the_tests_import_only_what_their_lock_file_installs() -> None:
    assert unlocked("tests", "requirements-test.lock") == {}


def test_the_tests_run_the_very_packages_that_the_fund_runs() -> None:
    run, test = ((ROOT / name).read_text() for name in ("requirements.lock", "requirements-test.lock"))

    assert set(re.findall(r"^\S+==\S+", run, re.MULTILINE)) <= set(re.findall(r"^\S+==\S+", test, re.MULTILINE))
