"""``python -m payments.stand_in``: the stand-in as a process of its own."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from .server import Server


def main() -> int:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m payments.stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose; the address is printed")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", type=Path, required=True, metavar="FILE", help="SQLite file that keeps the account")
    parser.add_argument("--webhook-url", help="where events are delivered; without it none are")
    parser.add_argument("--webhook-secret", default="whsec_stand_in")
    parser.add_argument("--secret-key", default="sk_test_stand_in")
    parser.add_argument("--publishable-key", default="pk_test_stand_in")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s stripe stand-in: %(message)s")
    given.state.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = Server(
            port=given.port,
            host=given.host,
            state_path=given.state,
            webhook_url=given.webhook_url,
            webhook_secret=given.webhook_secret,
            secret_key=given.secret_key,
            publishable_key=given.publishable_key,
        )
    except OSError as problem:
        print(f"The Stripe stand-in cannot listen on {given.host}:{given.port}: {problem.strerror}.", file=sys.stderr)
        return 1
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    print(f"Stripe stand-in on {server.url}", flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
