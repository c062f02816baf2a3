"""The system check for WeasyPrint's libraries, apart from `pdf.py` so that only workers import WeasyPrint.

`config.apps` registers it.
"""

import ctypes
from collections.abc import Sequence
from ctypes.util import find_library
from typing import Any

from django.apps import AppConfig
from django.core import checks

# Where WeasyPrint looks when the linker's cache cannot be read (Linux, macOS).
_SONAMES = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")


def weasyprint_libraries_check(
    _app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """Warns when libharfbuzz-subset is missing: WeasyPrint then works, silently, at a fifth of its speed."""
    if harfbuzz_subset_is_installed():
        return []
    return [
        checks.Warning(
            "libharfbuzz-subset is not installed, so every page of a PDF takes about five times as long.",
            hint="Install it, on Debian with: apt install libharfbuzz-subset0",
            id="kernel.W001",
        )
    ]


def harfbuzz_subset_is_installed() -> bool:
    """Whether the library can be loaded, without importing WeasyPrint."""
    for name in (find_library("harfbuzz-subset"), *_SONAMES):
        if name is None:
            continue
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
