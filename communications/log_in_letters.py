"""Letters that warn a member of staff: something about how they log in to the office was changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from communications.letter_parts import Content, Row
from communications.models import Message
from communications.wording import plain_name
from config.kernel import clock

_BY_THEMSELVES = "You, or somebody who was logged in as you"


@dataclass(frozen=True, slots=True)
class _Words:
    """`subject` fits into a list of letters; `means` is what it is from now on."""

    subject: str
    means: str


_Change = Message.LogInChange
_WORDS: Mapping[Message.LogInChange, _Words] = {
    _Change.DEVICE_SET_UP: _Words(
        "Your second factor was set up",
        "From now on, logging in to the office takes your password and a code from that device.",
    ),
    _Change.DEVICE_REPLACED: _Words(
        "Your second factor was moved to another device",
        "Codes from the device you had before, and the recovery codes that came with it, no longer work.",
    ),
    _Change.DEVICE_REMOVED: _Words(
        "Your second factor was removed",
        "Codes from your device and your recovery codes no longer work.",
    ),
    _Change.CODES_REPLACED: _Words(
        "New recovery codes were made for you",
        "Recovery codes that you kept before no longer work. The new ones were shown once, on the screen.",
    ),
    _Change.CODES_USED_UP: _Words(
        "Your last recovery code was used",
        "Somebody logged in as you with it. Make new codes before you need one: without any, a lost device keeps you "
        "out until an owner helps.",
    ),
    _Change.PASSWORD_CHANGED: _Words(
        "Your password was changed",
        "The password you had before, if there was one, no longer works.",
    ),
}


def log_in_changed(message: Message, _link: str) -> Content:
    """For the member of staff whose log-in it is: what was changed, by whom, when, and what to do if it was not meant.

    It holds no secret, no address to press and nothing that would help somebody else who reads it.
    """
    if not message.log_in_change or message.done_at is None or message.user is None:
        raise ValueError("A letter about a log-in without what happened to it.")
    change = Message.LogInChange(message.log_in_change)
    when = f"{clock.format_date(clock.london_date(message.done_at))}, {clock.format_time(message.done_at)}"
    context = {
        "subject": _WORDS[change].subject,
        "means": _WORDS[change].means,
        "first_name": plain_name(message.user.first_name),
        "facts": [
            Row("What", (change.label,)),
            Row("Done by", (plain_name(message.done_by) or _BY_THEMSELVES,)),
            Row("When", (when,)),
        ],
        "is_by_another": bool(message.done_by),
    }
    return Content(context)
