"""A client that costs next to nothing, so that the figures are the server's: one kept connection, one request text."""

import socket
import time


class Asker:
    """Asks for one page again and again, as a browser's first visit does: no cookie, nothing conditional."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\n\r\n".encode()

    def ask(self) -> tuple[float, int]:
        """Seconds until the whole answer was here, and the bytes of its body. Raises RuntimeError unless it is 200."""
        started = time.perf_counter()
        self._socket.sendall(self._request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        size = len(body)
        while size < length:
            size += len(self._more())
        return time.perf_counter() - started, size

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise RuntimeError("The server closed the connection.")
        return received
