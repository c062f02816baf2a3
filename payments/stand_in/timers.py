"""What happens by itself when the clock reaches a moment: sessions expire, asynchronous refunds end."""

from collections.abc import Callable

from . import checkout, refunds
from .account import Account

_ACTIONS: dict[str, Callable[[Account, str], None]] = {
    checkout.EXPIRE: checkout.expire_by_itself,
    refunds.SETTLE: refunds.settle,
}


def run_due(account: Account) -> int:
    """Do what is due by the account's clock, in order, and return how much that was."""
    return _run(account, "due <= ?", account.clock.now())


def settle_refunds(account: Account) -> int:
    """End every asynchronous refund now, for tests that will not wait, and return how many there were."""
    return _run(account, "action = ?", refunds.SETTLE)


def _run(account: Account, condition: str, value: int | str) -> int:
    select = f"SELECT number, action, object FROM timers WHERE {condition} ORDER BY due, number"  # noqa: S608 - ours
    if not account.store.rows(f"{select} LIMIT 1", (value,)):
        return 0
    with account.store.transaction():
        due = account.store.rows(select, (value,))
        for number, action, object_id in due:
            account.store.run("DELETE FROM timers WHERE number = ?", (number,))
            _ACTIONS[action](account, object_id)
    account.webhooks.wake()
    return len(due)
