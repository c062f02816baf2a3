"""The pins: every package by version and hash, and no registry by name, so that any mirror serves."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config.embedded.folders import CHECKOUT

PACKAGE = r"[a-z0-9][a-z0-9.-]*(?:\[[a-z0-9,-]+\])?==\S+(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"


@pytest.mark.parametrize("name", ["base", "dev", "redis-server"])
def test_every_package_has_its_hash_and_no_registry_is_named(name: str) -> None:
    pins = (CHECKOUT / "requirements" / f"{name}.txt").read_text()

    assert re.fullmatch(f"(?:{PACKAGE})+", pins)


def test_what_checks_scripts_and_pages_is_pinned_by_hash_too() -> None:
    packages = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((CHECKOUT / "package.json").read_text())["devDependencies"]

    # What is left besides is where to thank whom: npm writes it, and nothing is fetched from there.
    for package in packages.values():
        assert "://" not in json.dumps({key: value for key, value in package.items() if key != "funding"})
    assert all(
        package["integrity"].startswith("sha512-") and package["dev"] for name, package in packages.items() if name
    )
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


@pytest.mark.parametrize("ci, code", [("", 0), ("true", 1)])
def test_without_node_the_check_of_scripts_says_so_and_only_ci_insists(tmp_path: Path, ci: str, code: int) -> None:
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    run = subprocess.run(
        ["/bin/sh", CHECKOUT / "config" / "check_scripts.sh"],
        env={"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout) == (code, "")
    assert "Node.js 20.19 or newer with npm is not on this machine" in run.stderr
