"""One CSS file and one script a page, put together from small pieces of one subject each.

A bundle is a folder of a static directory and offers its files, in name order, under the folder's own name:
`css/site/*.css` is served as `css/site.css`. collectstatic then hashes and compresses the bundle like any other file.
Addresses inside a piece are written as seen from the bundle. The pieces themselves are not collected.
"""

import builtins
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

_QUOTED = r"""("[^"]*"|'[^']*')"""
_QUOTED_OR_COMMENT = re.compile(_QUOTED + r"|/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_SPACE_AROUND = re.compile(r" ?([{};,]) ?")


class BundleFinder(FileSystemFinder):
    """The project's static folders, with the pieces of each bundle put together.

    settings.STATIC_BUNDLES maps a bundle's path to the folder of its pieces; settings.BUNDLES_ROOT is where bundles
    are written before they are collected.
    """

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        problems = super().check(**kwargs)
        for bundle, folder in _bundles().items():
            if not self._pieces(bundle):
                problems.append(Error(f"The bundle {bundle} has no pieces in {folder}.", id="config.E001"))
        return problems

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> builtins.list[str]: ...
    def find(self, path: str, find_all: bool = False) -> str | builtins.list[str] | None:
        """The file behind a path: a bundle is put together anew, so that a change shows at once."""
        if path not in _bundles():
            return super().find(path, find_all=True) if find_all else super().find(path)
        built = str(self._build(path))
        return [built] if find_all else built

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """Every path and where it lies. Bundles first, then what belongs to none."""
        storage = FileSystemStorage(location=settings.BUNDLES_ROOT)
        for bundle in _bundles():
            self._build(bundle)
            yield bundle, storage
        folders = set(_bundles().values())
        for path, found_in in super().list(ignore_patterns):
            if Path(path).parent.as_posix() not in folders:
                yield path, found_in

    def _pieces(self, bundle: str) -> Sequence[Path]:
        folder = _bundles()[bundle]
        suffix = Path(bundle).suffix
        found = [piece for _, root in self.locations for piece in (Path(root) / folder).glob(f"*{suffix}")]
        return sorted(found, key=lambda piece: piece.name)

    def _build(self, bundle: str) -> Path:
        """Writes the bundle if it differs from what is there, so that its age says when it last changed."""
        content = _join(bundle, [piece.read_text() for piece in self._pieces(bundle)])
        target = Path(settings.BUNDLES_ROOT) / bundle
        if not target.exists() or target.read_text() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, content)
        return target


def minify_css(source: str) -> str:
    """The same rules without comments and needless white space.

    Only what can't change a meaning: no rule is moved, merged or reworded, and texts in quotes stay as they are.
    """
    bare = _QUOTED_OR_COMMENT.sub(lambda match: match[1] or " ", source)
    # Every second part is a text in quotes.
    parts = re.split(_QUOTED, bare)
    parts[::2] = [_tighten(code) for code in parts[::2]]
    return "".join(parts).replace(";}", "}").strip()


def _tighten(code: str) -> str:
    return _SPACE_AROUND.sub(r"\1", _SPACE.sub(" ", code)).replace(": ", ":")


def _join(bundle: str, pieces: list[str]) -> str:
    if bundle.endswith(".css"):
        return "".join(minify_css(piece) for piece in pieces) + "\n"
    # A block each: names of one piece of script are none of another's business.
    return "".join(f"{{\n{piece.strip()}\n}}\n" for piece in pieces)


def _bundles() -> Mapping[str, str]:
    bundles: Mapping[str, str] = settings.STATIC_BUNDLES
    return bundles


def _replace(target: Path, content: str) -> None:
    """In one step: another process may be reading it."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)
