"""The most memory that a part of the site had at one moment since it was asked."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Site
from benchmarks.processors import descendants

# Writing this to clear_refs makes the kernel forget the highest figure so far (proc(5)).
_FORGET_HIGHEST = "5"


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB (1,000,000 bytes)."""

    highest: float
    """Resident (RSS) at most: libraries that every process of the site reads from the same pages count whole."""
    grown: float
    """How much that is above what it had before."""
    own: float
    """What nobody else has now (USS): what would be free if it ended."""
    share: float
    """That and its part of what it shares, now (PSS): summed up over all processes, what is in use."""


class Peak:
    """Of each process of a part, from now on. Linux only, like the embedded servers."""

    def __init__(self, site: Site, part: str) -> None:
        processes = descendants(next(child.process.pid for child in site.family.children if child.name == part))
        for pid in processes:
            Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_HIGHEST)
        self._before = {pid: _highest(pid) for pid in processes}

    def of_busiest(self) -> Memory:
        """Of the process that grew most."""
        now = {pid: _highest(pid) for pid in self._before}
        pid = max(now, key=lambda pid: now[pid] - self._before[pid])
        pages = _figures(Path(f"/proc/{pid}/smaps_rollup"))
        own = pages["Private_Clean"] + pages["Private_Dirty"]
        return Memory(highest=now[pid], grown=now[pid] - self._before[pid], own=own, share=pages["Pss"])


def _highest(pid: int) -> float:
    return _figures(Path(f"/proc/{pid}/status"))["VmHWM"]


def _figures(file: Path) -> dict[str, float]:
    """What a file under /proc says of memory. The kernel's kB are 1,024 bytes."""
    lines = (line.split() for line in file.read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 / 1e6 for words in lines if words[-1:] == ["kB"]}
