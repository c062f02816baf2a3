"""Under CI=true a skipped test fails; elsewhere it is only skipped."""

import os
import subprocess
import sys

import pytest

from config.embedded.folders import CHECKOUT

SUITE = """
import pytest

@pytest.mark.skip(reason="no chromium here")
def test_skipped_by_mark():
    pass

def test_skipped_while_running():
    pytest.skip("no network here")

@pytest.mark.xfail(strict=True)
def test_expected_failure():
    assert False

def test_passes():
    pass
"""
MODULE = """
import pytest

pytest.importorskip("a_package_nobody_has")
"""


def run_suite(folder, code, **environment):
    (folder / "test_parts.py").write_text(code)
    options = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "tests.plugins.no_skips", "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-q", "-rA", str(folder)],
        cwd=CHECKOUT,
        env={name: value for name, value in os.environ.items() if name != "CI"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # The last line, without the time it took.
    return done.returncode, done.stdout.splitlines()[-1].partition(" in ")[0], done.stdout


def test_a_skip_is_only_a_skip_on_a_desk(tmp_path):
    code, counts, _ = run_suite(tmp_path, SUITE)
    assert (code, counts) == (pytest.ExitCode.OK, "1 passed, 2 skipped, 1 xfailed")


def test_a_skip_fails_in_ci(tmp_path):
    code, counts, printed = run_suite(tmp_path, SUITE, CI="true")
    assert (code, counts) == (pytest.ExitCode.TESTS_FAILED, "1 failed, 1 passed, 1 xfailed, 1 error")
    assert "Skipped, and CI=true allows no skips: Skipped: no chromium here" in printed
    assert "Skipped, and CI=true allows no skips: Skipped: no network here" in printed


def test_a_module_that_skips_itself_fails_in_ci(tmp_path):
    code, _, printed = run_suite(tmp_path, MODULE, CI="true")
    assert code == pytest.ExitCode.INTERRUPTED
    assert "Skipped, and CI=true allows no skips: Skipped: could not import 'a_package_nobody_has'" in printed
