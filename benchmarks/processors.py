"""How much processor time parts of the site used: a figure that a busy machine blurs far less than waiting times."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness import Site

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """From its making on. Linux only, like the embedded servers."""

    site: Site
    _before: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._used()

    def processor_time(self, pieces: int) -> str:
        """Milliseconds for each of so many pieces of work, by part, in words."""
        used = self._used()
        parts = (f"{(used[name] - self._before[name]) * 1000 / pieces:.1f} ms {name}" for name in used)
        return f"processor time each: {', '.join(parts)}"

    def _used(self) -> dict[str, float]:
        roots = {child.name: child.process.pid for child in self.site.family.children}
        roots |= {server.name: server.process.pid for server in self.site.family.servers}
        parents, seconds = _processes()
        used = dict.fromkeys(roots, 0.0)
        for pid in parents:
            for name, root in roots.items():
                if _descends(pid, root, parents):
                    used[name] += seconds[pid]
        return used


def descendants(root: int) -> list[int]:
    """A process and all that came from it and are still there."""
    parents, _ = _processes()
    return [pid for pid in parents if _descends(pid, root, parents)]


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    """Each process's parent, and the seconds that it and its ended children have used (proc(5), stat)."""
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended just now.
        pid = int(folder.name)
        parents[pid] = int(fields[1])
        seconds[pid] = sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    return parents, seconds


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid != root and pid in parents:
        pid = parents[pid]
    return pid == root
