"""The account's clock: the machine's, or a moment at which tests and the demo loader hold it still."""

import time


class Clock:
    """Seconds since 1970, as Stripe stamps objects. Webhook signatures and retries use real time, never this."""

    def __init__(self) -> None:
        self._held: int | None = None

    def now(self) -> int:
        """Return the present second, or the held one."""
        return int(time.time()) if self._held is None else self._held

    def hold(self, moment: int | None) -> None:
        """Hold the clock at ``moment``; ``None`` lets it run with the machine again."""
        self._held = moment
