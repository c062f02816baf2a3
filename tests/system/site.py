"""A whole running site: web server, worker, stand-in for Stripe and mail sink."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

import pytest

from config.embedded.processes import Server
from config.embedded.redis_server import start_redis
from tests.system.mail import MailSink
from tests.system.servers import Process, database_url, free_port, start_web, start_worker
from tests.system.stand_in import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, StandIn, start_server
from tests.system.visitor import Visitor


class Broker:
    """A Redis of the test's own, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = self._start()
        self.url = self._server.url

    def _start(self) -> Server:
        # The path of a Unix socket is short, so it does not lie in the test's own folder.
        return start_redis(self._folder / "data", self._folder, throw_away=True)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server = self._start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)


@dataclass
class RunningSite:
    """Where everything is, and the processes to kill."""

    url: str
    web: Process
    stripe: StandIn
    mail: MailSink
    broker: Broker
    storage: Path
    environment: dict[str, str]
    folder: Path
    workers: list[Process] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, address: str = "") -> Visitor:
        """A new browser, at this site or another one; its connection is closed with the site."""
        self.visitors.append(Visitor(address or self.url))
        return self.visitors[-1]

    def restart_web(self, **environment: str) -> None:
        """The web server again, with something set differently."""
        self.web.stop()
        self.environment |= environment
        self.web = start_web(urlsplit(self.url).port or 0, self.environment, self.folder)

    def start_worker(self) -> Process:
        worker = start_worker(self.environment, self.folder)
        self.workers.append(worker)
        return worker

    def stop(self) -> None:
        for visitor in self.visitors:
            visitor.close()
        processes = [*self.workers, self.web]
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.stop()


@contextmanager
def run_site(folder: Path, **environment: str) -> Iterator[RunningSite]:
    """The site on the database that is connected just now, with no worker yet; nothing is eager and nothing is mocked.

    What it writes lies in `folder`; `environment` is set besides what every site needs.
    """
    broker = Broker(Path(mkdtemp(prefix="broker-", dir="/tmp")))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    stand_in = start_server(folder / "stripe.sqlite3", f"{url}/webhooks/stripe/")
    mail = MailSink().start()
    everything = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        "SITE_URL": url,
        "STORAGE_PATH": str(folder / "storage"),
        "STRIPE_API_BASE": stand_in.url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail.port),
        "SMTP_TLS": "false",
        # Short, so that what the broker did not take is picked up within the test.
        "SWEEP_SECONDS": "1",
        "LOG_LEVEL": "INFO",
    } | environment
    web = start_web(port, everything, folder)
    running = RunningSite(url, web, StandIn(stand_in.url), mail, broker, folder / "storage", everything, folder)
    yield running
    running.stop()
    broker.remove()
    mail.stop()
    stand_in.stop()


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[RunningSite]:
    """A site for one test, on the test's own database."""
    with run_site(tmp_path) as running:
        yield running
