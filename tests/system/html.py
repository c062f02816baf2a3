"""What html-validate says of HTML: the standard, and what HTML alone can do for accessibility."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.system.servers import CHECKOUT

PROGRAM = CHECKOUT / "node_modules" / ".bin" / "html-validate"
RULES = Path(__file__).parent
"""Where the rules are: one file for pages, one for letters."""


def html_problems(documents: Mapping[str, str], rules: str, folder: Path) -> list[str]:
    """The problems of all these documents, by name, line and rule; one run of the program in a folder of its own."""
    if not PROGRAM.exists():
        pytest.skip("html-validate is not installed (`npm ci`; `make lint` does it where Node.js is).")
    paths = [folder / f"{name}.html" for name in documents]
    for path, document in zip(paths, documents.values(), strict=True):
        path.write_text(document)
    told = folder / "told.json"
    command: list[str | Path] = [PROGRAM, "--config", RULES / rules, "--formatter", f"json={told}", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [
        f"{Path(file['filePath']).stem}:{problem['line']}: {problem['ruleId']}: {problem['message']}"
        for file in json.loads(told.read_text())
        for problem in file["messages"]
    ]
