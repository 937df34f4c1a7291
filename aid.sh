#!/bin/sh
# Komek's one command. Needs only python3 (3.11 or later) and git: whatever is missing is installed on the first run.
#
#   ./aid.sh demo | run | verify | bench | found | doctor | …   the program itself; `./aid.sh help` lists its commands
#   ./aid.sh test [--thorough] [pytest arguments]               all tests, on every core; or the long way round
#   ./aid.sh check                                              format, lint, types, contracts, templates, translations
#   ./aid.sh set-up [test]                                      only the set-up, for instance while making an image
#   ./aid.sh words                                              bring new sentences into aid/translations/*.po
#   ./aid.sh lock                                               write the lock files from requirements*.in
#
# Set-up speaks on standard error only, so that standard output stays clean for --json.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
venv=$here/.venv
stamp=$venv/komek-stamp
PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONSAFEPATH=1 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "aid.sh: $*"; exit 1; }

# Print the Debian packages this machine still lacks; $1 is `test` when the tests will run, `bench` for benchmarks.
missing_packages() {
    python3 -I - "$1" <<'PYTHON'
import ctypes, importlib.util, shutil, sys

LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
if sys.argv[1] != "run":
    LIBRARIES["libatomic1"] = "libatomic.so.1"  # for Playwright's driver

PROGRAMS = {"qpdf": "qpdf", "poppler-utils": "pdftotext"}  # what reads the press's papers back


def missing():
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        yield "python3-venv"
    for package, library in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            yield package
    if sys.argv[1] != "run":
        yield from (program for program in ("chromium", "hledger") if not shutil.which(program))
    if sys.argv[1] == "bench":
        yield from (package for package, program in PROGRAMS.items() if not shutil.which(program))


print(*missing())
PYTHON
}

# Run a command silently; show what it said only if it fails.
quietly() {
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then rm -f "$log"; else cat "$log" >&2; rm -f "$log"; return 1; fi
}

install_packages() {
    by_hand="apt-get update && apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        fail "these Debian packages, or this system's equivalents, are needed: $*"
    elif [ "$(id -u)" = 0 ]; then
        root=''
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        root='sudo -n'
    else
        fail "please run as root, then start again: $by_hand"
    fi
    say "Installing Debian packages: $*"
    apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"
    quietly $apt update || say "The list of Debian packages could not be renewed; trying with the one at hand."
    quietly $apt install -y --no-install-recommends "$@" || fail "the packages could not be installed. By hand: $by_hand"
}

# Make .venv hold exactly what a lock file names; $1 is the lock file, $2 its `sha256  name` line.
install_lock() {
    if ! "$venv/bin/python" -I -m pip --version >/dev/null 2>&1; then
        say "Making .venv"
        python3 -m venv --clear "$venv" || fail "python3 could not make $venv"
    fi
    say "Installing the packages of $1 (half a minute)"
    rm -f "$stamp"
    # --no-deps: a lock names everything, and num2words's docopt (source only, for its own command line) stays out.
    quietly "$venv/bin/python" -I -m pip install --no-deps --require-hashes --only-binary :all: -r "$here/$1" ||
        fail "the packages of $1 could not be installed"
    printf '%s\n' "$2" >"$stamp"
}

line_of() { (cd "$here" && sha256sum "$1"); }

packages_are_ready() { # $1: run, test or bench
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] || return 1
    case $1 in
    run) grep -qxF -e "$(line_of requirements.lock)" "$stamp" ;;
    test) grep -qxF -e "$(line_of requirements-test.lock)" "$stamp" ;;
    bench) grep -qxF -e "$(line_of requirements-bench.lock)" "$stamp" ;;
    esac
}

set_up_packages() { # $1: run, test or bench
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || fail "python3, 3.11 or later, is needed"
    wanted=$(missing_packages "$1")
    # shellcheck disable=SC2086
    [ -z "$wanted" ] || install_packages $wanted
    case $1 in
    run) install_lock requirements.lock "$(line_of requirements.lock)" ;;
    test) # it names the run-time packages too
        install_lock requirements-test.lock "$(line_of requirements.lock; line_of requirements-test.lock)" ;;
    bench) # and these name both
        install_lock requirements-bench.lock "$(cd "$here" && sha256sum requirements.lock requirements-test.lock requirements-bench.lock)" ;;
    esac
}

stale_translations() {
    for po in "$here"/aid/translations/*/LC_MESSAGES/*.po; do
        mo=${po%.po}.mo
        [ ! -f "$po" ] || { [ -f "$mo" ] && [ -z "$(find "$po" -newer "$mo")" ]; } || printf '%s\n' "$po"
    done
}

# What is compiled is kept (git ignores it), as where Komek is used: else each worker, and each of the hundred programs
# that tests and benchmarks start, compiles all of it anew.
compile_code() {
    unset PYTHONDONTWRITEBYTECODE
    (cd "$here" && "$venv/bin/python" -m compileall -q -j 0 aid benchmarks config.py)
}

compile_translations() {
    stale_translations | while read -r po; do
        # A doubtful translation is better than English; `check` refuses it.
        quietly "$venv/bin/pybabel" compile --use-fuzzy -i "$po" -o "${po%.po}.mo.new" || fail "$po cannot be compiled"
        mv "${po%.po}.mo.new" "${po%.po}.mo"
    done
}

# Two set-ups at once wait for each other: the lock is on this very file and falls when its holder ends.
set_up() { # $1: run, test or bench
    if packages_are_ready "$1" && [ -z "$(stale_translations)" ]; then return; fi
    (
        flock 9
        packages_are_ready "$1" || set_up_packages "$1"
        compile_translations
    ) 9<"$here/aid.sh" >&2
}

check() {
    cd "$here"
    failed=''
    step() {
        name=$1
        shift
        say "== $name"
        "$@" || failed="$failed, $name"
    }
    step format ruff format --check --quiet .
    step lint ruff check --quiet .
    step types mypy
    step contracts lint-imports --no-cache # a cache keeps imports of modules that did not exist yet
    step templates djlint aid/templates --lint --quiet
    step translations python -m tests.conventions.translations
    [ -z "$failed" ] || fail "not yet right: ${failed#, }"
    say "All checks hold."
}

# Let the tests' databases, which are thrown away, lie in memory where there is enough of it: they wait for no disk.
in_memory() {
    free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -ge 6000000 ] || return 0
    TMPDIR=$(mktemp -d /dev/shm/komek-tests.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT TERM
}

lock() {
    unset PYTHONPATH PYTHONSAFEPATH # old packages' setup.py look beside themselves
    python3 -m venv "$here/.venv/lock"
    quietly "$here/.venv/lock/bin/pip" install pip-tools
    cd "$here"
    for name in requirements requirements-test requirements-bench; do
        "$here/.venv/lock/bin/pip-compile" --quiet --upgrade --strip-extras --generate-hashes --no-header --no-annotate \
            --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --unsafe-package docopt \
            --output-file "$name.lock" "$name.in"
        sed -i '/^$/,$d' "$name.lock" # pip-tools ends with a warning about docopt, which is left out on purpose
    done
}

case ${1-help} in
test)
    shift
    set_up test
    cd "$here"
    in_memory
    compile_code
    # Half as many workers again as cores: while one waits for a browser or a process it killed, another works.
    "$venv/bin/python" -m pytest -n $(($(nproc) * 3 / 2)) --dist loadscope --no-loadscope-reorder "$@"
    ;;
check)
    set_up test
    PATH=$venv/bin:$PATH check
    ;;
set-up)
    set_up "${2-run}"
    ;;
words)
    set_up test
    cd "$here"
    exec "$venv/bin/python" -m tests.conventions.translations --update
    ;;
lock)
    lock
    ;;
bench)
    set_up bench
    compile_code
    exec "$venv/bin/python" -m aid.cli "$@"
    ;;
help | -h | --help)
    sed -n '2,/^#$/d; /^#   /s/^#   //p' "$here/aid.sh"
    set_up run
    exec "$venv/bin/python" -m aid.cli --help
    ;;
*)
    set_up run
    exec "$venv/bin/python" -m aid.cli "$@"
    ;;
esac
