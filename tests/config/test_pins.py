"""The pins: every package by version and hash, and no registry by name, so that any mirror serves."""

import re

import pytest

from config.embedded.folders import CHECKOUT

PACKAGE = r"[a-z0-9][a-z0-9.-]*(?:\[[a-z0-9,-]+\])?==\S+(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"


@pytest.mark.parametrize("name", ["base", "dev", "redis-server"])
def test_every_package_has_its_hash_and_no_registry_is_named(name: str) -> None:
    pins = (CHECKOUT / "requirements" / f"{name}.txt").read_text()

    assert re.fullmatch(f"(?:{PACKAGE})+", pins)
