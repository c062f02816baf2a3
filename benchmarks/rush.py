"""Two hundred buyers want fifty places at the same moment.

python -m benchmarks.rush
"""

import time
from collections import Counter

from benchmarks.harness import Site, at_once, running_site, say
from benchmarks.journey import Bought, Buyer

PLACES = 50
BUYERS = 200
CLIENTS = 25
ROUNDS = 5


def queue(site: Site, code: str, client: int) -> list[Bought]:
    """Every client plays its share of the buyers: first each tries for a place, then who has one goes on."""
    numbers = range(client, BUYERS, CLIENTS)
    buyers = [Buyer(site.url, code, f"{code}-{number}@example.org") for number in numbers]
    return [buyer.go_on() for buyer in buyers]


def measure(site: Site, code: str) -> None:
    started = time.perf_counter()
    bought = [one for client in at_once(CLIENTS, lambda number: queue(site, code, number)) for one in client]
    held = sorted(one.held_at - started for one in bought if one.held_at)
    confirmed = sorted(one.confirmed_at - started for one in bought if one.confirmed_at)
    statuses = Counter(status for one in bought for status in one.statuses)
    sold, payments = site.inside("sold", code).split()
    say(
        f"  all {len(held)} held after {held[-1]:.2f} s, all {len(confirmed)} paid and confirmed after "
        f"{confirmed[-1]:.2f} s; {sold} sold and {payments} payments in the books; {statuses.total()} answers, "
        f"{sum(number for status, number in statuses.items() if status >= 500)} of them 5xx"
    )


def main() -> None:
    with running_site() as site:
        say(f"{BUYERS} buyers for {PLACES} places at {CLIENTS} connections:")
        for code in site.inside("new_sessions", str(ROUNDS), str(PLACES)).split():
            site.inside("finish_work")
            measure(site, code)


if __name__ == "__main__":
    main()
