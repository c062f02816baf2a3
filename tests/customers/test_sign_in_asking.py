"""Asking for a link: one answer for every address, and who gets a letter is found out in the worker."""

import re

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from communications.models import Message
from customers.models import SignInRequest
from tests.customers.signing import answer_all
from tests.factories import make_booking, make_staff, make_user

# The count of presses begins anew with each test.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broker")]

Answer = SignInRequest.Answer
ADDRESS = "/my/sign-in/"
HOME = "81.2.69.142"
TOM = ("Tom", "Ackroyd", "Tom@example.org")


def ask(client: Client, email: str, *, at: str = "127.0.0.1"):
    return client.post(ADDRESS, {"email": email}, REMOTE_ADDR=at)


def test_the_page_asks_for_an_address_and_nothing_else(client: Client) -> None:
    page = client.get(ADDRESS).content.decode()
    assert "<h1>See your bookings</h1>" in page
    assert re.findall(r'<input type="(?!hidden)(\w+)" name="(\w+)"', page) == [("email", "email")]
    assert 'autocomplete="email"' in page
    assert "password" not in page.replace("No password.", "")


def test_every_address_gets_the_same_answer_after_the_same_work() -> None:
    """Known, with another spelling, booked for, staff, closed, unknown, and one that no mail can go to."""
    make_user("known@example.org")
    make_booking(people=[TOM])
    make_staff(email="office@example.org")
    make_user("closed@example.org", is_active=False)
    seen = set()
    for email in (
        "known@example.org",
        "KNOWN@Example.org",
        "tom@example.org",
        "office@example.org",
        "closed@example.org",
        "nobody.here@example.org",
        "somebody@no-such-domain.invalid",
    ):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            response = ask(client, email)
            page = client.get(response["Location"])
        shapes = tuple(re.sub(r"'[^']*'", "'?'", query["sql"]) for query in queries)
        cookies = tuple((name, cookie["max-age"], cookie["path"]) for name, cookie in response.cookies.items())
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, "?")
        seen.add((response.status_code, response["Location"], cookies, page.status_code, text, shapes))
    assert len(seen) == 1
    assert SignInRequest.objects.count() == 7
    assert Message.objects.count() == 0


def test_the_answer_shows_the_address_to_who_typed_it_alone(client: Client) -> None:
    response = ask(client, "  Hannah@Example.org.\n")
    assert (response.status_code, response["Location"]) == (302, "/my/sign-in/sent/")
    cookie = response.cookies["sign_in"]
    assert (cookie["max-age"], cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        1800,
        "/my/sign-in/",
        True,
        "Lax",
    )
    page = client.get("/my/sign-in/sent/").content.decode()
    assert "<h1>Check your email</h1>" in page
    assert "Hannah@Example.org</b>" in page
    assert "hannah" not in response["Location"].lower()
    elsewhere = Client().get("/my/sign-in/sent/")
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, ADDRESS)


def test_nobody_can_make_the_page_show_another_address(client: Client) -> None:
    for forged in ("victim@example.org", "InZpY3RpbUBleGFtcGxlLm9yZyI:1abcde:forged", ""):
        client.cookies["sign_in"] = forged
        assert client.get("/my/sign-in/sent/")["Location"] == ADDRESS


def test_an_address_in_any_script_is_shown_as_typed(client: Client) -> None:
    response = ask(client, "жанна@пример.example")
    assert response.cookies["sign_in"].OutputString().isascii()
    assert "жанна@пример.example</b>" in client.get("/my/sign-in/sent/").content.decode()


@pytest.mark.parametrize(
    "typed", ["", " ", "hannah", "hannah@", "@example.org", "a b@example.org", "a@b", "a\0@example.org", "x" * 300]
)
def test_what_is_no_address_is_asked_for_again(client: Client, typed: str) -> None:
    response = ask(client, typed)
    assert response.status_code == 200
    assert [problem.message for problem in response.context["problems"]] == [
        "Enter an email address like name@example.com"
    ]
    assert "<title>Error: See your bookings" in response.content.decode()
    assert SignInRequest.objects.count() == 0
    assert "sign_in" not in response.cookies


def test_who_has_booked_gets_a_letter(client: Client) -> None:
    user = make_user("Hannah@example.org")
    ask(client, "HANNAH@example.org")
    assert answer_all() == [Answer.MAILED]
    letter = Message.objects.get()
    assert (letter.kind, letter.user, letter.to_email) == (Message.Kind.SIGN_IN, user, "Hannah@example.org")
    assert SignInRequest.objects.get().answer == Answer.MAILED


def test_who_was_booked_for_gets_a_letter_at_the_address_given(client: Client) -> None:
    make_booking(people=[("Hannah", "Okafor", ""), TOM])
    ask(client, "tom@example.org")
    assert answer_all() == [Answer.MAILED]
    letter = Message.objects.get()
    assert (letter.user, letter.to_email, letter.to_name) == (None, "Tom@example.org", "Tom Ackroyd")


@pytest.mark.parametrize("email", ["nobody.here@example.org", "closed@example.org", "pending@example.org"])
def test_others_get_none(client: Client, email: str) -> None:
    make_user("closed@example.org", is_active=False)
    make_booking(status=Booking.Status.PENDING, people=[("Pia", "Pending", "pending@example.org")])
    ask(client, email)
    assert answer_all() == [Answer.UNKNOWN]
    assert Message.objects.count() == 0


def test_a_request_is_answered_once(client: Client) -> None:
    make_user("hannah@example.org")
    ask(client, "hannah@example.org")
    [request] = SignInRequest.objects.all()
    assert answer_all() == [Answer.MAILED]
    request.refresh_from_db()
    SignInRequest.objects.update(answer=Answer.WAITING)  # as if the worker died before it could note the answer
    assert answer_all() == [Answer.MAILED]
    assert answer_all() == []
    assert Message.objects.count() == 1


def test_five_letters_an_hour_go_to_one_address_and_the_page_says_nothing_of_it() -> None:
    make_user("hannah@example.org")
    make_user("other@example.org")
    client = Client()
    answers = [ask(client, spelling)["Location"] for spelling in ("hannah@example.org", "HANNAH@example.org") * 3]
    assert set(answers) == {"/my/sign-in/sent/"}
    assert answer_all() == [Answer.MAILED] * 5 + [Answer.LIMITED]
    ask(client, "other@example.org")
    assert answer_all() == [Answer.MAILED]
    assert Message.objects.filter(to_email="hannah@example.org").count() == 5


def test_ten_presses_a_minute_come_from_one_household(client: Client, in_one_minute: None) -> None:
    statuses = [ask(client, f"person{number}@example.org", at=HOME).status_code for number in range(12)]
    assert statuses == [302] * 10 + [429] * 2
    assert SignInRequest.objects.count() == 10
    assert ask(client, "b@example.org", at="81.2.69.160").status_code == 302
    refused = ask(client, "c@example.org", at=HOME)
    assert refused["Retry-After"] == "60"
    assert "<h1>Wait a minute, then try again</h1>" in refused.content.decode()


def test_without_redis_it_works_all_the_same(client: Client, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert [ask(client, "hannah@example.org", at=HOME).status_code for _ in range(11)] == [302] * 11


def test_another_site_cannot_ask() -> None:
    assert Client(enforce_csrf_checks=True).post(ADDRESS, {"email": "hannah@example.org"}).status_code == 403
    assert SignInRequest.objects.count() == 0
