"""A letter in the office's own words: typed on a page, sent once a press, shown as it was typed and nothing more."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from communications.flows.delivering import deliver
from communications.models import Message
from communications.services import outbox
from communications.services.office_letters import NoAddress, queue_office_letter
from config.kernel import clock
from customers.models import Activity, SignInRequest, User
from tests.communications.builders import Sink
from tests.communications.reading import written
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db

RIGHTS = ("customers.view_user", "communications.add_message")
TOKEN = UUID("6d1d5c7e-3f2a-4a53-9d53-6d6a0b6a2f11")


@pytest.fixture
def hannah() -> User:
    return make_user("Hannah@example.org", first_name="Hannah")


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(*RIGHTS, first_name="Moira", last_name="Dunne"))
    return client


def write_page(person: User) -> str:
    return reverse("admin:customers_user_write", args=[person.pk])


def letter_to(person: User, text: str = "Park behind the building.\n\nThe gate is open from 8am.") -> Message:
    return queue_office_letter(user=person, subject="Where to park", text=text, token=TOKEN)


def test_it_is_sent_once_a_press(office: Client, hannah: User) -> None:
    token = office.get(write_page(hannah)).context["form"]["token"].value()
    sent = {"subject": "Where to park", "text": "Behind the building.", "token": str(token)}
    for _ in range(2):
        answer = office.post(write_page(hannah), sent)
        assert answer["Location"] == reverse("admin:customers_user_page", args=[hannah.pk])
    message = Message.objects.get()
    assert (message.kind, message.user_id, message.to_email) == ("office_letter", hannah.pk, "Hannah@example.org")
    assert (message.typed_subject, message.typed_text) == ("Where to park", "Behind the building.")
    line = Activity.objects.get()
    assert (line.summary, line.subject_key) == ("Wrote an email: Where to park", str(message.pk))
    office.post(write_page(hannah), sent | {"token": str(uuid4())})
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"subject": ""}, {"subject": ["Enter a subject"]}),
        ({"subject": "\r\n\u202e"}, {"subject": ["Enter a subject"]}),
        ({"subject": "x" * 101}, {"subject": ["A subject has at most 100 characters"]}),
        ({"text": " "}, {"text": ["Write what you want to say"]}),
        ({"text": "x" * 10_001}, {"text": ["An email has at most 10,000 characters"]}),
        ({"text": "a\0b"}, {"text": ["Take out the signs that can’t be printed"]}),
        ({"token": "zzz"}, {"token": ["Enter a valid UUID."]}),
    ],
)
def test_what_is_no_letter_is_refused(
    office: Client, hannah: User, changed: dict[str, str], told: dict[str, list[str]]
) -> None:
    sent = {"subject": "Where to park", "text": "Behind.", "token": str(TOKEN)}
    answer = office.post(write_page(hannah), sent | changed)
    assert (answer.status_code, answer.context["form"].errors) == (200, told)
    assert (Message.objects.count(), Activity.objects.count()) == (0, 0)


def test_it_looks_like_every_letter_and_says_what_was_typed(hannah: User) -> None:
    letter = written(letter_to(hannah))
    assert letter.subject == "Where to park"
    assert "Park behind the building.\n\nThe gate is open from 8am." in letter.text
    assert letter.html.count("Where to park") == 2
    assert "The gate is open from 8am." in letter.html
    assert letter.attachments == ()


def test_no_sign_means_anything_but_itself(hannah: User) -> None:
    message = queue_office_letter(
        user=hannah,
        subject="Hello\r\nBcc: all@evil.example",
        text='<a href="https://evil.example/">here</a> {{ legal_line }}\r\n\r\n[here](https://evil.example/)',
        token=TOKEN,
    )
    letter = written(message)
    assert letter.subject == "Hello Bcc: all@evil.example"
    assert 'href="https://evil' not in letter.html
    assert "&lt;a href=&quot;https://evil.example/&quot;&gt;here&lt;/a&gt; {{ legal_line }}" in letter.html
    assert "[here](https://evil.example/)" in letter.html


def test_it_goes_out_and_its_copy_goes_to_the_address_of_today(hannah: User, sink: Sink) -> None:
    message = letter_to(hannah)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.subject) == (Message.State.SENT, "Where to park")
    User.objects.filter(pk=hannah.pk).update(email="new@example.org", email_key="new@example.org")
    copy = outbox.resend(message=Message.objects.get(pk=message.pk))
    deliver(message_id=copy.pk)
    assert (copy.to_email, copy.typed_text) == ("new@example.org", message.typed_text)
    assert len(sink.received) == 2


def test_who_has_no_address_is_not_written_to(office: Client) -> None:
    nobody = make_user("")
    assert office.get(write_page(nobody)).status_code == 302
    assert office.post(write_page(nobody), {"subject": "a", "text": "b", "token": str(TOKEN)}).status_code == 302
    with pytest.raises(NoAddress):
        letter_to(nobody)
    with pytest.raises(ValueError, match="within bounds"):
        letter_to(nobody, text=" ")
    assert Message.objects.count() == 0


def test_who_may_not_write_may_not(client: Client, hannah: User) -> None:
    client.force_login(make_staff("customers.view_user", "communications.view_message"))
    for page in ("customers_user_write", "customers_user_sign_in_link"):
        address = reverse(f"admin:{page}", args=[hannah.pk])
        assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    assert (Message.objects.count(), SignInRequest.objects.count()) == (0, 0)


def link_page(person: User) -> str:
    return reverse("admin:customers_user_sign_in_link", args=[person.pk])


def test_a_link_to_sign_in_is_sent_once_in_a_minute(office: Client, hannah: User) -> None:
    assert "Hannah@example.org" in office.get(link_page(hannah)).content.decode()
    assert SignInRequest.objects.count() == 0
    told = [told_by(office.post(link_page(hannah), follow=True)) for _ in range(2)]
    assert told == [
        ["The link to sign in is on its way to Hannah@example.org."],
        ["A link went to Hannah@example.org a moment ago. It is still the one to use."],
    ]
    message = Message.objects.get()
    assert (message.kind, message.user_id, message.to_email) == ("sign_in", hannah.pk, "Hannah@example.org")
    assert Activity.objects.get().kind == "sign_in_link_sent"


def test_five_links_an_hour_are_enough_whoever_asks(office: Client, hannah: User) -> None:
    for _ in range(5):
        office.post(link_page(hannah))
        SignInRequest.objects.update(created_at=clock.now() - timedelta(minutes=2))
    assert told_by(office.post(link_page(hannah), follow=True))[5:] == [
        "Hannah@example.org has had enough links for this hour. Nothing was sent."
    ]
    assert (Message.objects.count(), Activity.objects.count()) == (5, 5)


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}])
def test_who_may_not_sign_in_is_sent_no_link(office: Client, fields: dict[str, object]) -> None:
    person = make_user(**({"email": "gone@example.org"} | fields))  # type: ignore[arg-type]
    assert "No link can be sent" in office.get(link_page(person)).content.decode()
    assert told_by(office.post(link_page(person), follow=True)) == [
        "Nothing was sent: they may not sign in, or have no usable email address."
    ]
    assert (Message.objects.count(), SignInRequest.objects.count()) == (0, 0)


def told_by(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]
