"""The system check that tells of a slow WeasyPrint before anybody waits for it."""

import subprocess
import sys

import pytest

from config.kernel import pdf_libraries
from config.kernel.pdf_libraries import harfbuzz_subset_is_installed, weasyprint_libraries_check


def test_a_missing_library_is_one_warning_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_libraries, "find_library", lambda _name: None)
    monkeypatch.setattr(pdf_libraries, "_SONAMES", ("libno-such-library.so.0",))
    [warning] = weasyprint_libraries_check(None)
    assert (warning.id, warning.is_serious()) == ("kernel.W001", False)
    assert warning.hint == "Install it, on Debian with: apt install libharfbuzz-subset0"


def test_a_library_that_loads_is_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_libraries, "find_library", lambda _name: None)
    monkeypatch.setattr(pdf_libraries, "_SONAMES", ("libno-such-library.so.0", "libc.so.6"))
    assert weasyprint_libraries_check(None) == []


def test_the_check_agrees_with_weasyprint_itself() -> None:
    program = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "from weasyprint.text import ffi; print(ffi.harfbuzz_subset is not None)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert answer.stdout == f"{harfbuzz_subset_is_installed()}\n"


def test_asking_does_not_import_weasyprint() -> None:
    program = (
        "import sys; from config.kernel.pdf_libraries import weasyprint_libraries_check as check; check(None);"
        "print('weasyprint' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert answer.stdout == "False\n"
