"""The HTTP server: one thread a connection, kept alive; it answers for the API, the hosted pages, Stripe.js and
the control.
"""

import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from . import browser
from .account import Account
from .api import Api
from .control import Control
from .hosted import Hosted
from .messages import Reply, Request, as_json
from .store import Store
from .timers import run_due
from .webhooks import Webhooks

log = logging.getLogger(__name__)

_LARGEST_BODY = 1_000_000
_TICK = 0.5


class Server:
    """A running stand-in, in threads of this process: ``Server(...).start()``, then ``url``, then ``stop()``.

    Port 0 lets the system choose. ``state_path`` is the SQLite file; what is in it is kept.
    """

    def __init__(
        self,
        *,
        state_path: Path | str,
        webhook_url: str | None,
        webhook_secret: str,
        secret_key: str,
        publishable_key: str,
        port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        store = Store(state_path)
        webhooks = Webhooks(store, webhook_url, webhook_secret)
        self.account = Account(store, webhooks, secret_key=secret_key, publishable_key=publishable_key)
        self._listener = _Listener((host, port), self.account)
        self.url = f"http://{host}:{self._listener.server_address[1]}"
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()

    def start(self) -> "Server":
        """Answer and send from now on; returns at once."""
        self.account.webhooks.start()
        for target in (self._listener.serve_forever, self._tick):
            thread = threading.Thread(target=target, name="stripe-stand-in", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        """Stop answering and sending, and close the file."""
        self._stopped.set()
        self._listener.shutdown()
        self._listener.server_close()
        self.account.webhooks.stop()
        for thread in self._threads:
            thread.join()
        self.account.store.close()

    def _tick(self) -> None:
        """Let time pass for sessions and refunds even when nobody asks."""
        while not self._stopped.wait(_TICK):
            run_due(self.account)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], account: Account) -> None:
        self.answerers: tuple[tuple[str, Callable[[Request], Reply]], ...] = (
            ("/v1/", Api(account).answer),
            ("/c/", Hosted(account).answer),
            ("/js/", browser.answer),
            ("/_control/", Control(account).answer),
        )
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, lets the right part answer it, writes the reply in one piece."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75
    server: _Listener

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_OPTIONS(self) -> None:
        """A browser asks before it calls the API from another origin. The control addresses are closed to pages."""
        allowed = self.path.startswith("/v1/")
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Version",
            "Access-Control-Max-Age": "300",
        }
        self._write(Reply(204, b"", headers) if allowed else as_json(403, {"error": "Not from a web page."}))

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._write(as_json(413, {"error": {"type": "invalid_request_error", "message": "The body is too long."}}))
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base_url=f"http://{self.headers.get('Host') or '{}:{}'.format(*self.server.server_address[:2])}",
            from_this_machine=ipaddress.ip_address(self.client_address[0]).is_loopback,
        )
        reply = self._reply(request)
        if reply.silence is None:
            self._write(reply)
        else:
            time.sleep(reply.silence)
            self.close_connection = True

    def _reply(self, request: Request) -> Reply:
        for prefix, answer in self.server.answerers:
            if request.path.startswith(prefix):
                try:
                    return answer(request)
                except Exception:
                    # A fault of the stand-in itself: its transaction is undone, and it must not look like a refusal.
                    log.exception("the Stripe stand-in failed at %s %s", request.method, request.path)
                    return as_json(500, {"error": {"type": "api_error", "message": "The Stripe stand-in failed."}})
        return as_json(404, {"error": {"type": "invalid_request_error", "message": f"No such page: {request.path}"}})

    def _write(self, reply: Reply) -> None:
        phrase = HTTPStatus(reply.status).phrase
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in reply.headers.items())]
        lines.append(f"Content-Length: {len(reply.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        try:
            self.wfile.write("\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + reply.body)
        except OSError:
            self.close_connection = True  # The caller went away, as after its own timeout.

    def log_message(self, *_args: object) -> None:
        """Nothing: an access log would only repeat the product's own."""
