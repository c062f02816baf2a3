"""What the site's processes find in their environment when they run on a developer's machine.

What is set already, or in `.env`, always wins. Secrets that nobody set are made once and kept in `var/dev.env`, which
only its owner can read: sessions, encrypted fields and staff log-ins survive a restart.
"""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import environ

from config.embedded.folders import CHECKOUT, VAR
from config.embedded.processes import EmbeddedError

DEFAULT_PORT = 8000
SECRETS_FILE = VAR / "dev.env"
RUNNING_FILE = VAR / "run.env"

MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_ENCRYPTION_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "DEMO_STAFF_PASSWORD": lambda: secrets.token_urlsafe(12),
}
STAND_IN_MAKERS: dict[str, Callable[[], str]] = {
    "STRIPE_SECRET_KEY": lambda: f"sk_test_standin{secrets.token_hex(12)}",
    "STRIPE_PUBLISHABLE_KEY": lambda: f"pk_test_standin{secrets.token_hex(12)}",
    "STRIPE_WEBHOOK_SECRET": lambda: f"whsec_{secrets.token_hex(16)}",
}


@dataclass(frozen=True)
class Surroundings:
    """The environment before anything was started, with development's values where nobody set one."""

    values: dict[str, str]
    port: int
    uses_stand_in: bool

    @property
    def site_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def read_surroundings() -> Surroundings:
    """Read the environment and `.env`, and add what is missing; raises EmbeddedError with a sentence."""
    environ.Env.read_env(CHECKOUT / ".env")
    given = {name: value for name, value in os.environ.items() if value}
    port = _port(given.get("PORT", str(DEFAULT_PORT)))
    uses_stand_in = "STRIPE_SECRET_KEY" not in given
    kept = keep_secrets(SECRETS_FILE, MAKERS | STAND_IN_MAKERS)
    if not uses_stand_in:
        kept = {name: value for name, value in kept.items() if name not in STAND_IN_MAKERS}
    defaults = {
        "DEBUG": "true",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "EXTRA_HOSTS": "localhost",
        "STORAGE_PATH": str(VAR / "storage"),
        # The log-ins that are printed work with the password alone.
        "STAFF_SECOND_FACTOR_REQUIRED": "false",
    }
    return Surroundings({**defaults, **kept, **given, "PORT": str(port)}, port, uses_stand_in)


def keep_secrets(path: Path, makers: dict[str, Callable[[], str]]) -> dict[str, str]:
    """The secrets in the file at `path`; those it lacks are made and added. Only its owner may read it."""
    known = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        write_private(path, {**known, **missing})
    return {**known, **missing}


def write_private(path: Path, values: dict[str, str]) -> None:
    """Write NAME=value lines that only their owner may read; the file is whole or unchanged."""
    path.parent.mkdir(exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    unfinished.rename(path)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)
