"""The letter with a link to sign in: what it says, and that its link is new whenever it is sent."""

from datetime import timedelta

import pytest

from communications.flows.delivering import deliver
from communications.models import Message
from communications.services import outbox
from communications.services.sign_in_letters import queue_sign_in
from config.kernel import clock
from customers.models import AccessLink, SignInRequest
from customers.services import access, signing_in
from tests.communications.builders import Sink, Started
from tests.communications.reading import LINK, written
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def queue(first_name: str = "Hannah", *, known: bool = True) -> Message:
    request = signing_in.ask(email="hannah@example.org")
    user = make_user("hannah@example.org", first_name=first_name) if known else None
    return queue_sign_in(request=request, user=user, email="hannah@example.org", name=f"{first_name} Okafor")


def test_it_says_what_it_is_for_and_how_long() -> None:
    letter = written(queue())
    assert letter.subject == "Sign in to React Fast Training"
    for body in (letter.text, letter.html):
        assert "Hello Hannah." in body
        assert body.count(LINK) == 1
        assert "30 minutes" in body
        assert body.count(signing_in.code_of("s" * 43)) == 1
        assert "ignore it" in body
    assert letter.attachments == ()


@pytest.mark.parametrize("first_name, known", [("", True), ("Hannah", False)])
def test_nobody_is_greeted_by_a_name_we_are_not_sure_of(first_name: str, known: bool) -> None:
    assert "Hello" not in written(queue(first_name, known=known)).text


def test_a_name_can_only_be_a_name() -> None:
    letter = written(queue("http://evil.example/\r\nBcc: all@evil.example"))
    for body in (letter.text, letter.html):
        assert "evil.example" not in body
        assert "http://evil" not in body


def test_it_is_queued_once_a_request(started: Started) -> None:
    message = queue()
    again = queue_sign_in(request=message.sign_in, user=None, email="other@example.org", name="")  # type: ignore[arg-type]
    assert again == message
    assert Message.objects.count() == 1
    assert [event.kind for event in message.events.all()] == ["queued"]


def test_its_link_begins_when_it_is_sent_and_is_masked_in_the_copy(sink: Sink) -> None:
    message = queue()
    SignInRequest.objects.update(created_at=clock.now() - timedelta(hours=3))
    deliver(message_id=message.pk)
    [link] = AccessLink.objects.all()
    assert (link.purpose, link.subject_key) == ("sign_in", str(message.sign_in_id))
    assert timedelta(minutes=29) < link.expires_at - clock.now() <= timedelta(minutes=30)
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert "/my/sign-in/(secret)/" in message.body_text
    assert "/my/sign-in/(secret)/" in message.body_html
    assert "asked for it: (secret)" in message.body_text
    code = signing_in.code_of(access.link_token(link))
    assert code in str(sink.received[0].content)
    assert code not in message.body_text + message.body_html


def test_sent_again_by_the_office_it_carries_a_fresh_link(sink: Sink) -> None:
    message = queue()
    deliver(message_id=message.pk)
    message.refresh_from_db()
    copy = outbox.resend(message=message)
    deliver(message_id=copy.pk)
    assert copy.sign_in_id == message.sign_in_id
    assert (len(sink.received), AccessLink.objects.count()) == (2, 2)


def test_when_its_request_is_forgotten_it_fails_and_says_why(sink: Sink) -> None:
    message = queue()
    signing_in.forget_old(now=clock.now() + timedelta(days=8), limit=10)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert sink.received == []
    assert (message.sign_in_id, message.state) == (None, Message.State.FAILED)
    assert message.last_error == "The request to sign in is too old; a new one can be made on the website."
