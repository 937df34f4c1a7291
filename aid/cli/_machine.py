"""What this machine is like: swap, core dumps, disks, clock, limits. Read from /proc and /sys.

`root` is where those are looked for, so that tests can lay out machines that this one is not.
"""

import ctypes
import os
import resource
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
TIME_ERROR = 5  # adjtimex(2): the clock is not kept right by anybody


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted, of which kind it is, and on which block device (major:minor)."""

    at: Path
    kind: str
    device: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine under the program's feet."""

    root: Path = field(default=Path("/"))

    def read(self, path: str) -> str:
        """A file of the kernel's, or nothing."""
        try:
            return (self.root / path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def swaps(self) -> list[str]:
        """What the machine swaps to: devices and files."""
        return [line.split()[0] for line in self.read("proc/swaps").splitlines()[1:] if line.split()]

    def swap_is_safe(self, swap: str) -> bool:
        """Whether what is swapped out is never on a disk in the clear."""
        name = Path(swap).name
        if name.startswith("zram"):
            return self.read(f"sys/block/{name}/backing_dev") in {"", "none"}
        try:
            status = Path(swap).stat()
        except OSError:
            return False
        number = status.st_rdev or status.st_dev
        return self.is_encrypted(f"{os.major(number)}:{os.minor(number)}")

    def is_encrypted(self, device: str) -> bool:
        """Whether a block device, or everything beneath it, is dm-crypt."""
        at = f"sys/dev/block/{device}"
        if self.read(f"{at}/dm/uuid").startswith("CRYPT-"):
            return True
        try:
            beneath = [path.name for path in (self.root / at / "slaves").iterdir()]
        except OSError:
            beneath = []
        numbers = [self.read(f"sys/class/block/{name}/dev") for name in beneath]
        return bool(numbers) and all(map(self.is_encrypted, numbers))

    def mount_of(self, path: Path) -> Mount | None:
        """The mount that a path lies on."""
        found = [mount for mount in self._mounts() if path.absolute().is_relative_to(mount.at)]
        return max(found, key=lambda mount: len(mount.at.parts), default=None)

    def _mounts(self) -> list[Mount]:
        mounts = []
        for line in self.read("proc/self/mountinfo").splitlines():
            before, _dash, after = line.partition(" - ")
            fields = before.split()
            if len(fields) >= 5 and after:
                at = fields[4].encode().decode("unicode_escape")  # a blank is \040
                mounts.append(Mount(Path(at), after.split()[0], fields[2]))
        return mounts

    def lies_safely(self, path: Path) -> bool:
        """Whether what is written there is in memory or on an encrypted disk."""
        mount = self.mount_of(path)
        return mount is not None and (mount.kind in IN_MEMORY or self.is_encrypted(mount.device))

    def is_in_memory(self, path: Path) -> bool:
        """Whether nothing written there reaches a disk, but by swap."""
        mount = self.mount_of(path)
        return mount is not None and mount.kind in IN_MEMORY

    def core_goes_to(self) -> str:
        """Where the kernel puts the memory of a program that crashed."""
        return self.read("proc/sys/kernel/core_pattern")

    @staticmethod
    def open_files() -> int:
        """How many files a process may open."""
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

    @staticmethod
    def clock_is_kept() -> bool:
        """Whether something keeps the clock right, such as NTP."""
        buffer = ctypes.create_string_buffer(512)  # a struct timex that asks, and changes nothing
        state: int = ctypes.CDLL(None).adjtimex(buffer)
        return 0 <= state < TIME_ERROR

    @staticmethod
    def memory() -> int:
        """Bytes of memory."""
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    @staticmethod
    def temporary() -> Path:
        """Where temporary files go."""
        return Path(tempfile.gettempdir())
