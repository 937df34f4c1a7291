"""A disk that is full, or that can't keep what it was given, for one process and its children: told so by their kernel.

The process is started under a seccomp filter that asks us about each write and fsync (seccomp_unotify(2)), and below
one folder we answer as a broken disk would. Needs Linux 5.5, and neither root nor a compiler.
`python -m tests.make.faults SOCKET USER COMMAND…` is the launcher: it takes the filter, and becomes COMMAND.
"""

import ctypes
import errno
import fcntl
import os
import platform
import pwd
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple


class Fault(StrEnum):
    """What is wrong with a disk."""

    FULL = "full"  # no file can grow
    FORGETFUL = "forgetful"  # fsync fails


class _Machine(NamedTuple):
    """Numbers of system calls."""

    audit_arch: int
    seccomp: int
    write: int
    pwrite: int
    pwritev: int
    fallocate: int
    fsync: int
    fdatasync: int


MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, 1, 18, 296, 285, 74, 75),
    "aarch64": _Machine(0xC00000B7, 277, 64, 68, 70, 47, 82, 83),
}
HERE = MACHINES.get(platform.machine())

NOTIFY, ALLOW = 0x7FC00000, 0x7FFF0000
RECEIVE, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1


# ---------------------------------------------------------------- in the process that will be failed


def _launch(line: socket.socket, user: str, command: list[str]) -> None:
    """Take the filter, hand its listener over, become somebody else if asked, and become the command."""
    socket.send_fds(line, [b"!"], [_take_filter()])
    line.recv(1)  # until somebody listens
    line.close()
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    os.execvp(command[0], command)


def _take_filter() -> int:
    assert HERE is not None, "the numbers of this machine's system calls are not known"
    asked = HERE[2:]
    load, equal, give = 0x20, 0x15, 0x06
    program = [(load, 0, 0, 4), (equal, 0, len(asked) + 1, HERE.audit_arch), (load, 0, 0, 0)]
    program += [(equal, len(asked) - place, 0, number) for place, number in enumerate(asked)]
    program += [(give, 0, 0, ALLOW), (give, 0, 0, NOTIFY)]
    raw = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    described = struct.pack("HxxxxxxP", len(program), ctypes.addressof(raw))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):  # no new privileges
        raise OSError(ctypes.get_errno(), "prctl")
    listener = libc.syscall(HERE.seccomp, 1, 8, ctypes.create_string_buffer(described))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(listener)


# ---------------------------------------------------------------- in the test


class BadDisk:
    """All below one folder, as the processes see it that were started here."""

    def __init__(self, folder: Path) -> None:
        self.folder = f"{folder.resolve()}/"
        self.failed = 0
        self._fault: Fault | None = None

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """For a while."""
        self._fault = fault
        try:
            yield
        finally:
            self._fault = None

    def start(self, command: list[str], *, user: str = "", **how: Any) -> subprocess.Popen[Any]:
        """Start a command whose disk this is."""
        ours, theirs = socket.socketpair()
        launcher = [sys.executable, "-m", "tests.make.faults", str(theirs.fileno()), user, *command]
        process = subprocess.Popen(launcher, pass_fds=[theirs.fileno()], **how)
        theirs.close()
        with ours:
            ours.settimeout(30)
            _said, [listener], _flags, _address = socket.recv_fds(ours, 1, 1)
            threading.Thread(target=self._answer, args=(listener,), daemon=True).start()
            ours.send(b"!")
        return process

    def _answer(self, listener: int) -> None:
        """Answer each question of the kernel until nobody is left to ask."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        while not any(event & (select.POLLHUP | select.POLLERR) for _fd, event in poll.poll()):
            asked = bytearray(80)
            with suppress(OSError):  # who asked may be dead already
                fcntl.ioctl(listener, RECEIVE, asked)
                question, pid, _flags, number, _arch, _at, *arguments = struct.unpack("QIIiIQ6Q", asked)
                error = self._error(pid, number, arguments)
                self.failed += bool(error)
                answer = struct.pack("QqiI", question, 0, -error, 0 if error else CONTINUE)
                fcntl.ioctl(listener, SEND, bytearray(answer))
        os.close(listener)

    def _error(self, pid: int, number: int, arguments: list[int]) -> int:
        """What this call is told, 0 if nothing is wrong."""
        assert HERE is not None
        if self._fault is None:
            return 0
        with suppress(OSError):
            if not str(Path(f"/proc/{pid}/fd/{arguments[0]}").readlink()).startswith(self.folder):
                return 0
            if number in {HERE.fsync, HERE.fdatasync}:
                return errno.EIO if self._fault is Fault.FORGETFUL else 0
            if self._fault is Fault.FULL and _grows(pid, number, arguments):
                return errno.ENOSPC
        return 0


def _grows(pid: int, number: int, arguments: list[int]) -> bool:
    """Whether this write needs room that its file does not have yet."""
    assert HERE is not None
    if number == HERE.fallocate:
        return True
    path = Path(f"/proc/{pid}/fd/{arguments[0]}")
    if number == HERE.write:
        told = Path(f"/proc/{pid}/fdinfo/{arguments[0]}").read_text()
        end = int(told.split()[1]) + arguments[2]  # pos:\t123
    else:
        end = arguments[3] + (arguments[2] if number == HERE.pwrite else 1)
    return end > path.stat().st_size


if __name__ == "__main__":
    _launch(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], sys.argv[3:])
