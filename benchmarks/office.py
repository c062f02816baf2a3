"""The office with a million customers: finding them, their pages, long lists, and a long file for a spreadsheet.

python -m benchmarks.office [CUSTOMERS]
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from benchmarks.harness import Site, median, p95, running_site, say
from benchmarks.memory import Peak
from benchmarks.processors import Watch
from tests.system.visitor import Visitor

CUSTOMERS = 1_000_000
TEXTS = 200
PAGES = 90
# Every thread of the server has a connection of its own, which plans a query the first times it is asked.
WARM_UP = 40
LOOKUP = "/admin/customers/lookup/"
# Each as it opens, and with everything in it.
_LISTS = {
    "bookings": ("/admin/bookings/booking/", "/admin/bookings/booking/?show=all"),
    "payments": ("/admin/payments/payment/", "/admin/payments/payment/"),
    "people": ("/admin/customers/user/?kind__exact=customer", "/admin/customers/user/?kind__exact=customer"),
    "messages": ("/admin/communications/message/", "/admin/communications/message/"),
}
TABS = ("timeline", "bookings", "payments", "invoices", "messages")


def fill(site: Site, customers: int) -> None:
    """Three times as many bookings, payments and what belongs to them; says how long each step took."""
    say(f"Filling the database for {customers:,} customers:")
    started = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.inside.scale", str(customers)]
    subprocess.run(command, env=site.environment, check=True)
    say(f"  all of it in {(time.monotonic() - started) / 60:.1f} minutes")


def ask(site: Site, desk: Visitor, name: str, paths: Sequence[str], *, expected: set[int]) -> None:
    """Asks for each path once and says how long that took."""
    for path in paths[:WARM_UP]:
        desk.get(path)
    watch, seconds, sizes = Watch(site), [], []
    for path in paths[WARM_UP:]:
        started = time.perf_counter()
        answer = desk.get(path)
        seconds.append(time.perf_counter() - started)
        sizes.append(len(answer.body))
        if answer.status not in expected:
            raise RuntimeError(f"{answer.status} for {path}: {answer.text[:500]}")
    say(
        f"  {name}: median {median(seconds) * 1000:6.1f} ms, 95 % within {p95(seconds) * 1000:6.1f} ms "
        f"({len(seconds)} requests, median {median(sizes) / 1024:.1f} KiB)"
    )
    say(f"      {watch.processor_time(len(seconds))}")


def find(site: Site, desk: Visitor, texts: dict[str, list[str]]) -> None:
    say("Find by ... (the page as a person gets it; one who is just what was typed is gone to at once)")
    for name, words in texts.items():
        ask(site, desk, name, [f"{LOOKUP}?q={quote(word)}" for word in words], expected={200, 302})
    say("The same while typing: results alone")
    for name in ("an email address", "half a surname with a slip"):
        paths = [f"{LOOKUP}?q={quote(word)}&part=results" for word in reversed(texts[name])]
        ask(site, desk, name, paths, expected={200})


def look(site: Site, desk: Visitor, known: dict[str, Any]) -> None:
    say("The page of a customer with 500 bookings")
    page = f"/admin/customers/user/{known['first_person']}/"
    for tab in TABS:
        ask(site, desk, tab, [f"{page}?tab={tab}"] * PAGES, expected={200})
    say("Lists of all bookings, payments, people and letters")
    for name, (opens, everything) in _LISTS.items():
        separator = "&" if "?" in everything else "?"
        deep = f"{everything}{separator}after={known['deep'][name]}"
        ask(site, desk, f"{name}, as the list opens", [opens] * PAGES, expected={200})
        if everything != opens:
            ask(site, desk, f"{name}, first page of all", [everything] * PAGES, expected={200})
        ask(site, desk, f"{name}, half way down", [deep] * PAGES, expected={200})


def export(site: Site, desk: Visitor, known: dict[str, Any]) -> None:
    days = f"booked_from={known['exported_from']}&booked_to={known['exported_to']}"
    peak, watch = Peak(site, "web server"), Watch(site)
    started = time.perf_counter()
    answer = desk.get(f"/admin/bookings/booking/export/?show=all&{days}")
    took = time.perf_counter() - started
    rows, memory = answer.body.count(b"\r\n") - 1, peak.of_busiest()
    say(f"CSV of {rows:,} bookings: {took:.2f} s, {len(answer.body) / 1e6:.1f} MB")
    say(f"      {watch.processor_time(1)}")
    say(
        f"      the process that wrote it had {memory.highest:.0f} MB resident at most (RSS), {memory.grown:.0f} MB "
        f"more than before; {memory.own:.0f} MB are its own (USS), {memory.share:.0f} MB with its part of what "
        "is shared (PSS)"
    )


def measure(site: Site) -> None:
    desk = Visitor(site.url)
    name, _, value = site.inside("staff_session").partition("=")
    desk.cookies[name, "/"] = value
    known = json.loads(site.inside("office_texts", str(TEXTS + WARM_UP)))
    find(site, desk, known["texts"])
    look(site, desk, known)
    export(site, desk, known)


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    # The worker would take the new rows for news and write some of what they are filled with.
    with running_site(worker=False) as site:
        fill(site, customers)
        site.start_worker()
        # The demo company's papers wait for it: made while pages are asked for, they would be in the figures.
        site.inside("finish_work")
        say("From here on one worker with its scheduler runs beside it.")
        measure(site)


if __name__ == "__main__":
    main()
