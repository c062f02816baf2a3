"""What happens by itself when the clock reaches a moment: sessions expire, refunds and debits end."""

from collections.abc import Callable

from . import bacs, checkout, refunds, settling
from .account import Account

_ACTIONS: dict[str, Callable[[Account, str], None]] = {
    checkout.EXPIRE: checkout.expire_by_itself,
    refunds.SETTLE: refunds.settle,
    bacs.SETTLE: settling.settle_debit,
}


def run_due(account: Account) -> int:
    """Do what is due by the account's clock, in order, and return how much that was."""
    return _run(account, "due <= ?", (account.clock.now(),))


def settle(account: Account) -> int:
    """End every pending refund and debit now, for tests that will not wait, and return how many there were."""
    return _run(account, "action IN (?, ?)", (refunds.SETTLE, bacs.SETTLE))


def _run(account: Account, condition: str, values: tuple[int | str, ...]) -> int:
    select = f"SELECT number, action, object FROM timers WHERE {condition} ORDER BY due, number"  # noqa: S608 - ours
    if not account.store.rows(f"{select} LIMIT 1", values):
        return 0
    with account.store.transaction():
        due = account.store.rows(select, values)
        for number, action, object_id in due:
            account.store.run("DELETE FROM timers WHERE number = ?", (number,))
            _ACTIONS[action](account, object_id)
    account.webhooks.wake()
    return len(due)
