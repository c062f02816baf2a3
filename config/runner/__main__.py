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
    command = [sys.executable, "-m", "payments.stand_in", "--port", str(port), "--state", str(VAR / "stand-in.state")]
    command += ["--webhook-url", f"{surroundings.site_url}/webhooks/stripe/"]
    for name in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"):
        option = name.removeprefix("STRIPE_").lower().replace("_", "-")
        command += [f"--{option}", environment[name]]
    family.start("stand-in for Stripe", command, environment)
    family.watch_until(lambda: answers(port))
    return {"STRIPE_API_BASE": f"http://{HOST}:{port}"}


def _prepare(surroundings: Surroundings, environment: dict[str, str]) -> str:
    """Bring the database up to date and fill an empty one; returns the staff log-ins to show."""
    say("Bringing the database up to date; an empty one is filled with demo data (a minute, the first time) ...")
    demo = ["--demo"] if surroundings.uses_stand_in else []
    return run_step("Preparing the database", [sys.executable, "-m", "config.runner.preparing", *demo], environment)


def _start_site(family: Family, surroundings: Surroundings, environment: dict[str, str]) -> None:
    celery = ["nice", "-n", "5", sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "-Q", "default,pdf"]
    celery += ["--concurrency", "2", "--max-tasks-per-child", "200", "--loglevel", "INFO"]
    celery += ["--without-gossip", "--without-mingle", "-s", str(VAR / "celerybeat-schedule")]
    # SIGKILL when we die: a warm shutdown would wait for a Redis that dies at the same moment. Nothing is lost by it,
    # because what a worker was doing is a row that a sweeper finds.
    family.start("worker", celery, environment, on_death=signal.SIGKILL)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    granian += ["--host", HOST, "--port", str(surroundings.port), "--workers", "2", "--blocking-threads", "4"]
    granian += ["--no-ws", "--workers-kill-timeout", "5"]
    family.start("web server", granian, environment)


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
