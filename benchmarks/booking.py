"""The whole way of a booking, from the first step to the confirmation, by one buyer at a time and by eight at once.

python -m benchmarks.booking
"""

import time

from benchmarks.harness import Site, at_once, median, p95, running_site, say
from benchmarks.journey import Bought, buy
from benchmarks.processors import Watch

WARM_UP = 3
ROUNDS = 3
FLOWS = {1: 30, 8: 15}
"""How many bookings each client makes, by the number of clients."""


def book(site: Site, code: str, who: str, times: int) -> list[Bought]:
    return [buy(site.url, code, f"{who}-{number}@example.org") for number in range(times)]


def measure(site: Site, codes: list[str], clients: int, name: str) -> None:
    watch = Watch(site)
    started = time.perf_counter()
    bought = at_once(clients, lambda number: book(site, codes[number], f"{name}-{number}", FLOWS[clients]))
    flows = [flow for client in bought for flow in client]
    took = max(flow.confirmed_at for flow in flows) - started
    seconds = [flow.seconds for flow in flows]
    say(
        f"  {clients} at once: median {median(seconds) * 1000:5.0f} ms of waiting for the site, 95 % within "
        f"{p95(seconds) * 1000:5.0f} ms, {len(flows) / took:5.1f} bookings/s ({len(flows)} bookings of "
        f"{len(flows[0].statuses)} answers; {sum(not flow.confirmed_at for flow in flows)} not confirmed)"
    )
    say(f"             {watch.processor_time(len(flows))}")


def main() -> None:
    with running_site() as site:
        codes = site.inside("new_sessions", "8", "1000").split()
        say("Session, people, requirements, check, order, payment page, Stripe's page, return, confirmation, for one")
        say("place each; every client books on a session of its own. The time at Stripe's page is not counted, the")
        say("site's own calls to Stripe are: the stand-in answers them in this machine's time, not in Stripe's.")
        at_once(8, lambda number: book(site, codes[number], f"warm-up-{number}", WARM_UP))
        for clients in FLOWS:
            for number in range(ROUNDS):
                site.inside("finish_work")
                measure(site, codes, clients, f"c{clients}-{number}")


if __name__ == "__main__":
    main()
