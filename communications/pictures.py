"""The pictures in every letter: the mark and the beat, carried along so that nothing is fetched from anywhere.

They are drawn from static/img/mark.svg and the beat's geometry (design language, section 2) at two or three times their
size, on a transparent ground. Whoever changes the mark draws static/img/letters/mark.png anew.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders


@dataclass(frozen=True)
class Picture:
    """`name` is what the letter's HTML calls it by: `<img src="cid:mark@letter">`."""

    name: str
    content: bytes


@lru_cache(maxsize=1)
def pictures() -> tuple[Picture, ...]:
    """PNG files, read once a process. Raises FileNotFoundError."""
    return tuple(Picture(f"{name}@letter", _path(f"img/letters/{name}.png").read_bytes()) for name in ("mark", "beat"))


def _path(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static/{name} is missing.")
    return Path(found)
