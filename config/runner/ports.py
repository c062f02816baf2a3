"""Finding out, before anything starts, whether a port on this machine can be had."""

import contextlib
import errno
import socket
from collections.abc import Iterator

from config.embedded.processes import EmbeddedError

HOST = "127.0.0.1"
STAND_IN_OFFSET = 1000


@contextlib.contextmanager
def reserved(port: int) -> Iterator[None]:
    """Hold a port until the block ends, so that a second runner sees it taken even before our web server listens.

    The web server shares its port (SO_REUSEPORT) and may therefore still take it; whoever asks for it alone may not.
    """
    try:
        with _bound(port, shared=False):
            pass
        holder = _bound(port, shared=True)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = f"Port {port} is taken by another program. Stop that, or choose another port: PORT=8080 make run"
        else:
            text = f"Port {port} cannot be used here ({error.strerror}). Choose another port: PORT=8080 make run"
        raise EmbeddedError(text) from None
    with holder:
        yield


def stand_in_port(site_port: int) -> int:
    """A free port for the stand-in: the same one at every start when that is free, else any."""
    for port in (site_port + STAND_IN_OFFSET, 0):
        with contextlib.suppress(OSError, OverflowError), _bound(port, shared=False) as probe:
            return int(probe.getsockname()[1])
    raise EmbeddedError("This machine has no free port left for the stand-in for Stripe.")


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as connection:
        return connection.connect_ex((HOST, port)) == 0


def _bound(port: int, *, shared: bool) -> socket.socket:
    """Take a port alone, or so that the web server may take it too.

    Alone, SO_REUSEADDR lets a port count as free that only waits for stragglers of the last run. It must not be set on
    the shared one: while nobody listens, two such sockets would both be let in.
    """
    bound = socket.socket()
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT if shared else socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except BaseException:
        bound.close()
        raise
    return bound
