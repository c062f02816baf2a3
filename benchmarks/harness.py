"""The whole site with production's settings on a database of its own, and clients beside it.

Everything runs as `make run` runs it, with DEBUG off, static files collected, PostgreSQL as durable as it comes (a
commit waits for the disk) and the demo company in it.
"""

import contextlib
import multiprocessing
import os
import platform
import socket
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from config.embedded.folders import short_lived_folder
from config.embedded.postgres import start_postgres
from config.embedded.processes import Server
from config.embedded.redis_server import start_redis
from config.runner import commands
from config.runner.children import Family, run_step
from config.runner.environment import MAKERS, STAND_IN_MAKERS, keep_secrets
from config.runner.ports import HOST, answers


@dataclass(frozen=True)
class Site:
    """The running site: where it is and what its processes find in their environment."""

    port: int
    environment: dict[str, str]
    family: Family

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start_worker(self) -> None:
        self.family.start("worker", commands.worker(), self.environment)

    @property
    def redis(self) -> Server:
        return next(server for server in self.family.servers if server.name == "Redis")

    def inside(self, module: str, *arguments: str) -> str:
        """Runs a module of benchmarks/inside to its end and gives back what it printed."""
        command = [sys.executable, "-m", f"benchmarks.inside.{module}", *arguments]
        return run_step(module, command, self.environment)


@contextlib.contextmanager
def running_site(*, worker: bool = True) -> Iterator[Site]:
    """Starts everything, the web server last; without a worker what it would do stays waiting."""
    with short_lived_folder() as folder, contextlib.ExitStack() as ending:
        family = Family(folder / "log")
        ending.callback(family.stop)
        for start, part in ((start_postgres, "postgres"), (start_redis, "redis")):
            family.servers.append(start(folder / part, folder / part, throw_away=False))
        web_port, stand_in_port = _free_port(), _free_port()
        postgres, redis = family.servers
        environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DEBUG", "LOG_LEVEL"}},
            **keep_secrets(folder / "secrets.env", MAKERS | STAND_IN_MAKERS),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "SITE_URL": f"http://{HOST}:{web_port}",
            "STORAGE_PATH": str(folder / "storage"),
            "STAFF_SECOND_FACTOR_REQUIRED": "false",
            "STRIPE_API_BASE": f"http://{HOST}:{stand_in_port}",
        }
        site = Site(web_port, environment, family)
        stand_in = commands.stand_in(
            stand_in_port, state=folder / "stand-in.state", site_url=site.url, environment=environment
        )
        family.start("stand-in", stand_in, environment)
        family.watch_until(lambda: answers(stand_in_port))
        preparing = [sys.executable, "manage.py", "prepare_site", "--demo", str(folder / "demo.unfinished")]
        run_step("Preparing the database", preparing, environment)
        if worker:
            site.start_worker()
        family.start("web server", commands.web_server(web_port), environment)
        family.watch_until(lambda: answers(web_port))
        _introduce(worker=worker)
        yield site


def at_once[Result](clients: int, work: Callable[[int], Result]) -> list[Result]:
    """Calls `work(0)`, `work(1)`, ... in a process each, all starting at the same moment; what each gave back.

    Raises the first error of any of them, when all have ended.
    """
    fork = multiprocessing.get_context("fork")
    barrier, results = fork.Barrier(clients), fork.SimpleQueue()

    def client(number: int) -> None:
        barrier.wait()
        try:
            results.put(work(number))
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for the result
            results.put(error)

    processes = [fork.Process(target=client, args=(number,)) for number in range(clients)]
    for process in processes:
        process.start()
    found: list[Any] = [results.get() for _ in processes]
    for process in processes:
        process.join()
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def say(text: str = "") -> None:
    print(text, flush=True)


def _introduce(*, worker: bool) -> None:
    parts = f"Redis, {'one worker with its scheduler' if worker else 'no worker'}"
    say(f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}.")
    say("granian with 2 processes of 4 threads, DEBUG off, static files hashed and collected, connections pooled;")
    say(f"PostgreSQL with fsync and synchronous_commit on; {parts}; the demo company in the database.")
    say("Clients and servers share the cores.")
    say(f"Load average: {os.getloadavg()[0]:.2f} (the site's own start is part of it).")
    say()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
