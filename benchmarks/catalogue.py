"""The catalogue page of the demo company, with one visitor at a time and with eight at once.

python -m benchmarks.catalogue
"""

import time
from dataclasses import dataclass

from benchmarks.asking import Asker
from benchmarks.harness import Site, at_once, median, p95, running_site, say
from benchmarks.processors import Watch
from config.runner.ports import HOST

WARM_UP = 50
REQUESTS = 400
ROUNDS = 5


@dataclass(frozen=True)
class Asked:
    """What one client saw; instants are of the machine's one monotonic clock."""

    started: float
    ended: float
    seconds: list[float]
    size: int


def ask(site: Site, requests: int) -> Asked:
    asker = Asker(HOST, site.port, "/")
    started = time.perf_counter()
    answers = [asker.ask() for _ in range(requests)]
    ended = time.perf_counter()
    asker.close()
    return Asked(started, ended, [seconds for seconds, _ in answers], answers[0][1])


def measure(site: Site, clients: int) -> None:
    watch = Watch(site)
    asked = at_once(clients, lambda _number: ask(site, REQUESTS))
    seconds = [one for client in asked for one in client.seconds]
    took = max(client.ended for client in asked) - min(client.started for client in asked)
    say(
        f"  {clients} at once: median {median(seconds) * 1000:6.2f} ms, 95 % within {p95(seconds) * 1000:6.2f} ms, "
        f"{len(seconds) / took:6.1f} requests/s ({len(seconds)} requests of {asked[0].size} bytes)"
    )
    say(f"             {watch.processor_time(len(seconds))}")


def main() -> None:
    with running_site() as site:
        say(f"GET /, {site.inside('size_of_catalogue')}")
        site.inside("finish_work")
        at_once(8, lambda _number: ask(site, WARM_UP))
        for clients in (1, 8):
            for _ in range(ROUNDS):
                measure(site, clients)


if __name__ == "__main__":
    main()
