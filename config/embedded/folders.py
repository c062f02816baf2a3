"""Where servers keep their files: short-lived folders for tests and sockets, lasting ones for `make run`."""

import contextlib
import fcntl
import grp
import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent
VAR = CHECKOUT / "var"

# PostgreSQL refuses to run as root. This account exists on every Debian and owns nothing.
UNPRIVILEGED = ("nobody", "nogroup")

# Root keeps binaries and data here: the unprivileged account may be unable to enter the checkout (mode 0700).
ROOT_HOME = Path("/var/lib/coursebook-embedded")

# Not tempfile.gettempdir(): a long TMPDIR would push socket paths over the 107 bytes that Linux allows.
SHORT_HOME = Path("/tmp")  # noqa: S108 - only used through mkdtemp, which makes folders of mode 0700
PREFIX = "coursebook-"


def account() -> dict[str, Any]:
    """Popen's arguments for running as the unprivileged account; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    user, group = UNPRIVILEGED
    return {"user": pwd.getpwnam(user).pw_uid, "group": grp.getgrnam(group).gr_gid, "extra_groups": []}


def give_to_account(folder: Path) -> None:
    """Make a folder that the unprivileged account owns and nobody else may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, *UNPRIVILEGED)


def kept_folder() -> Path:
    """Where this checkout keeps its servers' data: `var/`, or for root a folder named by a hash of its path.

    A folder of root's that belongs to an earlier checkout at the same path is emptied: its secrets are gone.
    """
    VAR.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() != 0:
        return VAR
    folder = _root_folder()
    mark, same = VAR / "embedded.id", folder / "embedded.id"
    if not mark.exists():
        mark.write_text(secrets.token_hex(16))
    if not same.exists() or same.read_text() != mark.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        same.write_text(mark.read_text())
    for part in (ROOT_HOME, folder):
        part.chmod(0o755)
    return folder


def forget_kept_data() -> None:
    """Remove the servers' data of this checkout."""
    shutil.rmtree(VAR / "postgres", ignore_errors=True)
    shutil.rmtree(VAR / "redis", ignore_errors=True)
    if os.geteuid() == 0:
        shutil.rmtree(_root_folder(), ignore_errors=True)


@contextlib.contextmanager
def short_lived_folder() -> Iterator[Path]:
    """A folder with a short path, removed at the end; those whose owner was killed earlier are removed too."""
    _remove_abandoned()
    # The lock is taken under another name, so that nobody ever finds the folder without an owner.
    unlocked = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}", dir=SHORT_HOME))
    lock = (unlocked / "owner.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder = unlocked.rename(SHORT_HOME / unlocked.name.removeprefix("new-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def _remove_abandoned() -> None:
    """Remove folders whose owner no longer holds the lock (it was killed before it could tidy up)."""
    for folder in SHORT_HOME.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "owner.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _root_folder() -> Path:
    return ROOT_HOME / hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
