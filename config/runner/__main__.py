"""The order of things at start, and the one way they all end."""

import contextlib
import fcntl
import http.client
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from config.embedded.folders import CHECKOUT, VAR, kept_folder, short_lived_folder
from config.embedded.postgres import start_postgres
from config.embedded.processes import EmbeddedError
from config.embedded.redis_server import start_redis
from config.runner import commands
from config.runner.children import ChildDiedError, Family, run_step
from config.runner.environment import RUNNING_FILE, Surroundings, read_surroundings, write_private
from config.runner.ports import HOST, answers, reserved, stand_in_port


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception, so that nothing on the way mistakes it for an error."""


def main() -> int:
    """Run the site until Ctrl-C (or SIGTERM); 1 with a sentence when it cannot start or a part of it dies."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        surroundings = read_surroundings()
        with _only_runner_here(), reserved(surroundings.port), short_lived_folder() as sockets:
            _run(surroundings, sockets)
    except Stopped:
        say("Everything is stopped.")
    except PermissionError as error:
        say(f"{error.filename} belongs to another user (did root run this before?). Give it back, or remove it.")
        return 1
    except (EmbeddedError, ChildDiedError) as error:
        say(str(error))
        return 1
    return 0


def say(text: str) -> None:
    print(text, flush=True)


def _run(surroundings: Surroundings, sockets: Path) -> None:
    family = Family(VAR / "log")
    with contextlib.ExitStack() as ending:
        ending.callback(RUNNING_FILE.unlink, missing_ok=True)
        ending.callback(family.stop)
        # Runs first: a second, impatient Ctrl-C must not interrupt the tidying.
        ending.callback(_ignore_signals)

        environment = surroundings.values | _start_servers(family, surroundings, sockets)
        if surroundings.uses_stand_in:
            environment |= _start_stand_in(family, surroundings, environment)
        write_private(
            RUNNING_FILE, {name: environment[name] for name in sorted(environment.keys() - os.environ.keys())}
        )
        logins = _prepare(surroundings, environment)
        _start_site(family, surroundings, environment)
        family.watch_until(lambda: _is_ready(surroundings.port))
        _welcome(surroundings, family, logins)
        family.watch_until(_never)


def _start_servers(family: Family, surroundings: Surroundings, sockets: Path) -> dict[str, str]:
    """Start PostgreSQL and Redis where no address is set; the addresses of those started."""
    addresses = {}
    for name, folder, start in (("DATABASE_URL", "postgres", start_postgres), ("REDIS_URL", "redis", start_redis)):
        if name not in surroundings.values:
            server = start(kept_folder() / folder, sockets / folder, throw_away=False)
            family.servers.append(server)
            addresses[name] = server.url
    return addresses


def _start_stand_in(family: Family, surroundings: Surroundings, environment: dict[str, str]) -> dict[str, str]:
    """Start the server in Stripe's place; the variables that lead the site to it."""
    port = stand_in_port(surroundings.port)
    command = commands.stand_in(
        port, state=VAR / "stand-in.state", site_url=surroundings.site_url, environment=environment
    )
    family.start("stand-in for Stripe", command, environment)
    family.watch_until(lambda: answers(port))
    return {"STRIPE_API_BASE": f"http://{HOST}:{port}"}


def _prepare(surroundings: Surroundings, environment: dict[str, str]) -> str:
    """Bring the database up to date and fill an empty one; returns the staff log-ins to show."""
    say("Bringing the database up to date; an empty one is filled with demo data (a minute, the first time) ...")
    # Demo payments exist in the stand-in only; at Stripe itself nothing is made up.
    demo = ["--demo", str(VAR / "demo.unfinished")] if surroundings.uses_stand_in else []
    command = [sys.executable, "manage.py", "prepare_site", *demo]
    logins = run_step("Preparing the database", command, environment)
    return logins or "There is no demo data beside Stripe's own keys. For a staff log-in: manage.py createsuperuser"


def _start_site(family: Family, surroundings: Surroundings, environment: dict[str, str]) -> None:
    # SIGKILL when we die: a warm shutdown would wait for a Redis that dies at the same moment. Nothing is lost by it,
    # because what a worker was doing is a row that a sweeper finds.
    family.start("worker", commands.worker(), environment, on_death=signal.SIGKILL)
    family.start("web server", commands.web_server(surroundings.port), environment)


def _is_ready(port: int) -> bool:
    """Whether the web server answers and sees the database, Redis and a worker that takes work."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _never() -> bool:
    return False


def _welcome(surroundings: Surroundings, family: Family, logins: str) -> None:
    say(f"\nThe site is running on {surroundings.site_url}/ and the office on {surroundings.site_url}/admin/.")
    say(logins)
    say(f"Logs are in {family.logs.relative_to(CHECKOUT)}/. Ctrl-C stops everything.")


@contextlib.contextmanager
def _only_runner_here() -> Iterator[None]:
    """Hold the checkout: two runners would share one database folder. A killed runner lets go by dying."""
    VAR.mkdir(exist_ok=True, mode=0o700)
    with (VAR / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip()
            raise EmbeddedError(f"This checkout is running already (process {other}). Stop that one first.") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
