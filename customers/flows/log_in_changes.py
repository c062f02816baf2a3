"""What changes how somebody logs in to the office, each with the letter that tells them.

The letter goes to their own address, whoever did it, in the transaction that does it: who has found a browser open, or
has a password that is not theirs, can't keep it from the person. What is checked before, and that nothing happens
otherwise, is services.second_factor's.
"""

from dataclasses import dataclass

from django.db import transaction

from communications.models import Message
from communications.services.log_in_letters import queue_log_in_changed
from customers.models import User
from customers.services import second_factor
from customers.services.second_factor import Proof
from customers.services.timeline import record_activity

_Change = Message.LogInChange


@dataclass(frozen=True, slots=True)
class UsedCode:
    """A code that was right, and is used up now. `told`: what stands on the timeline of it; blank for a device's."""

    proof: Proof
    told: str = ""


@transaction.atomic
def set_up_device(*, user: User, code: str) -> list[str] | None:
    """`second_factor.confirm_set_up`, and the letter."""
    before = second_factor.standing_of(user.pk)
    codes = second_factor.confirm_set_up(user=user, code=code)
    if codes is not None:
        change = _Change.DEVICE_REPLACED if before else _Change.DEVICE_SET_UP
        queue_log_in_changed(user=user, change=change, once=str(second_factor.newest_code(user.pk)))
    return codes


@transaction.atomic
def replace_codes(*, user: User) -> list[str] | None:
    """`second_factor.replace_codes`, and the letter."""
    codes = second_factor.replace_codes(user=user)
    if codes is not None:
        once = str(second_factor.newest_code(user.pk))
        queue_log_in_changed(user=user, change=_Change.CODES_REPLACED, once=once)
    return codes


@transaction.atomic
def remove_device(*, user: User) -> bool:
    """`second_factor.remove`, and the letter."""
    before = second_factor.standing_of(user.pk)
    is_removed = second_factor.remove(user=user)
    if is_removed and before:
        queue_log_in_changed(user=user, change=_Change.DEVICE_REMOVED, once=str(before.factor.pk))
    return is_removed


@transaction.atomic
def use_code(*, user: User, code: str) -> UsedCode | None:
    """`second_factor.check_code`; a code from paper is told on the timeline, and the last one by letter.

    Of two codes that are used at once the second one's press counts after the first: the device is locked until then.
    """
    proof = second_factor.check_code(user_id=user.pk, code=code)
    if proof is None or proof == Proof.DEVICE:
        return UsedCode(proof) if proof else None
    left = second_factor.codes_left(user.pk)
    told = f"Logged in with a recovery code; {left} are left"
    record_activity(user_id=user.pk, kind="second_factor", summary=told)
    if not left:
        once = str(second_factor.newest_code(user.pk))
        queue_log_in_changed(user=user, change=_Change.CODES_USED_UP, once=once)
    return UsedCode(proof, told)


@transaction.atomic
def password_was_changed(*, user: User, told: str) -> None:
    """Part of the transaction that stored the new password: `told` is the line on the timeline."""
    line = record_activity(user_id=user.pk, kind="rights", summary=told)
    queue_log_in_changed(user=user, change=_Change.PASSWORD_CHANGED, once=str(line.pk))
