"""The most memory that a part of the site had at one moment since it was asked."""

from pathlib import Path

from benchmarks.harness import Site
from benchmarks.processors import descendants

# Writing this to clear_refs makes the kernel forget the highest figure so far (proc(5)).
_FORGET_HIGHEST = "5"


class Peak:
    """Of each process of a part, from now on; in MiB. Linux only, like the embedded servers."""

    def __init__(self, site: Site, part: str) -> None:
        self._processes = descendants(next(child.process.pid for child in site.family.children if child.name == part))
        for pid in self._processes:
            Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_HIGHEST)
        self._before = self._now()

    def highest(self) -> float:
        """What the process that grew most had at most."""
        now = self._now()
        return now[max(now, key=lambda pid: now[pid] - self._before[pid])]

    def grown(self) -> float:
        """How much that is above what it had before."""
        now = self._now()
        return max(now[pid] - self._before[pid] for pid in now)

    def _now(self) -> dict[int, float]:
        return {pid: _highest_of(pid) for pid in self._processes}


def _highest_of(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
