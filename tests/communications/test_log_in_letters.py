"""The letter that warns a member of staff: what it says of each change, once, and to whom it goes."""

from datetime import UTC, datetime

import pytest

from communications.models import Message
from communications.services import outbox
from communications.services.log_in_letters import queue_log_in_changed
from config.kernel import clock
from config.kernel.actor import Actor, acting_as, staff_actor
from customers.models import User
from tests.communications.builders import Started
from tests.communications.reading import LINK, written
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db

Change = Message.LogInChange
THEN = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


@pytest.fixture
def dev() -> User:
    return make_user("dev@example.com", first_name="Dev", last_name="Chowdhury", kind=User.Kind.ADMIN, is_staff=True)


@pytest.fixture
def olive(monkeypatch: pytest.MonkeyPatch) -> Actor:
    monkeypatch.setattr(clock, "now", lambda: THEN)
    return staff_actor("Olive Owner", make_staff().pk)


def test_it_says_what_who_when_and_what_to_do(dev: User, olive: Actor) -> None:
    with acting_as(olive):
        letter = written(queue_log_in_changed(user=dev, change=Change.DEVICE_REMOVED, once="7"))
    assert letter.subject == "Your second factor was removed"
    assert letter.text.startswith(
        """\
Your second factor was removed

Hello Dev. Codes from your device and your recovery codes no longer
work.

What: Second factor removed
Done by: Olive Owner
When: Saturday 21 November 2026, 2:30pm

IF THIS WAS MEANT

There is nothing more to do.

IF IT WAS NOT

Speak to whoever did it, by telephone or in person. Then tell an owner
of the office at once.

On your page, under “Rights and log-in”, an owner can keep you from
logging in, set a new password and remove a device. Each of these ends
every open log-in of yours.
"""
    )
    for body in (letter.text, letter.html):
        # Whoever did it may read the answers too, and nothing in this letter is to be pressed.
        assert "Don’t reply: somebody else may read your email." in " ".join(body.split())
        assert ("or reply to this email" in body, "href" in body) == (False, False)
        assert (LINK in body, "http" in body.replace("http-equiv", "")) == (False, False)
    assert letter.attachments == ()


@pytest.mark.parametrize("change", Change)
def test_what_one_did_oneself_may_have_been_somebody_else(dev: User, change: Message.LogInChange) -> None:
    with acting_as(staff_actor(dev.full_name, dev.pk)):
        letter = written(queue_log_in_changed(user=dev, change=change, once="7"))
    for body in (letter.text, letter.html):
        assert "You, or somebody who was logged in as you" in body
        assert "Change your password, if you still can." in " ".join(body.split())
        assert body.count(change.label) >= 1


def test_it_goes_once_a_change_and_to_nobody_without_an_address(dev: User, olive: Actor, started: Started) -> None:
    for change, once in ((Change.CODES_REPLACED, "7"), (Change.CODES_REPLACED, "8"), (Change.CODES_USED_UP, "7")) * 2:
        queue_log_in_changed(user=dev, change=change, once=once)
    assert Message.objects.filter(user=dev, kind=Message.Kind.LOG_IN_CHANGED).count() == 3
    assert queue_log_in_changed(user=make_user(""), change=Change.CODES_USED_UP, once="1") is None
    assert Message.objects.count() == 3


def test_sent_again_it_says_the_same_and_goes_to_the_address_on_record(dev: User, olive: Actor) -> None:
    with acting_as(olive):
        message = queue_log_in_changed(user=dev, change=Change.PASSWORD_CHANGED, once="7")
    assert message is not None
    before = written(message)
    Message.objects.update(state=Message.State.SENT)
    User.objects.filter(pk=dev.pk).update(email="dev.chowdhury@example.com")
    copy = outbox.resend(message=Message.objects.get())
    assert (copy.to_email, written(copy)) == ("dev.chowdhury@example.com", before)


def test_nothing_in_a_name_is_a_link(dev: User, olive: Actor) -> None:
    User.objects.filter(pk=dev.pk).update(first_name="http://evil.example/<b>")
    with acting_as(Actor("staff", "Olive https://evil.example/", olive.user_id)):
        letter = written(queue_log_in_changed(user=dev, change=Change.DEVICE_REMOVED, once="7"))
    for body in (letter.text, letter.html):
        assert ("evil.example" in body, "<b>" in body) == (False, False)
