"""Requests that no browser makes: odd encodings, addresses, hosts, cookies and bodies. None is a failure of ours."""

from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from bookings.models import Hold
from config.kernel.actor import LONGEST_LABEL, staff_actor
from config.kernel.references import reference_key
from config.wsgi import application
from customers.models import Activity, SignInRequest
from customers.services import visits
from customers.services.timeline import record_activity, record_once
from tests.factories import make_booking, make_payment, make_session, make_staff, make_user

pytestmark = pytest.mark.django_db

PARTS = "multipart/form-data"
NOT_UTF_8 = (
    "text/plain; charset=hex",
    "text/plain; charset=undefined",
    "multipart/form-data; boundary=x; charset=unicode_escape",
    "multipart/form-data; boundary=x; charset=raw_unicode_escape",
    "application/x-www-form-urlencoded; charset=utf-16",
    "text/plain; charset=utf-7",
    "text/plain; charset=utf-8-sig",
    "text/plain; charset=latin-1",
    "text/plain; charset=utf-8\0",
    "text/plain; charset*=nothing''utf-8",
    f"text/plain; charset={'x' * 20_000}",
)


def multipart(name: str, value: bytes, *, more: bytes = b"") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"'.encode()
    return head + more + b"\r\n\r\n" + value + b"\r\n--x--\r\n"


def status_of(content_type: str) -> str:
    """As the web server hands a request on: Django's test client reads these headers in the same way and breaks."""
    environ: dict[str, Any] = {"PATH_INFO": "/healthz/", "QUERY_STRING": "x=%5Cud800", "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start_response(status: str, *_: Any) -> Any:
        statuses.append(status)

    application(environ | {"CONTENT_TYPE": content_type}, start_response)
    return statuses[0]


@pytest.mark.parametrize("content_type", NOT_UTF_8)
def test_no_encoding_but_utf_8_is_read(content_type: str) -> None:
    """ "unicode_escape" made half characters, at which the database's driver broke; "hex" broke the reading itself."""
    assert status_of(content_type) == "400 Bad Request"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/json; charset=utf-8", "text/plain; charset=UTF8", "text/plain; charset=no-such"],
)
def test_utf_8_by_any_name_is_read(content_type: str) -> None:
    assert status_of(content_type) == "200 OK"


@pytest.mark.parametrize(
    "body, kind",
    [
        (b"email=%00@example.org", "application/x-www-form-urlencoded"),
        (multipart("email", b"!!!", more=b"\r\nContent-Transfer-Encoding: base64"), f"{PARTS}; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="email"; filename="../../x"\r\n\r\nx\r\n--x--\r\n',
            f"{PARTS}; boundary=x",
        ),
        (b'{"email": 1}', "application/json"),
        (b"x", PARTS),
        (b"x", f"{PARTS}; boundary=\xff"),
    ],
)
def test_bodies_that_are_no_answer_are_asked_for_again(client: Client, body: bytes, kind: str) -> None:
    answer = client.generic("POST", "/my/sign-in/", body, kind)

    assert answer.status_code in {200, 400}
    assert SignInRequest.objects.count() == 0


def test_half_characters_arrive_as_the_sign_for_what_was_no_character(client: Client) -> None:
    form = "application/x-www-form-urlencoded"
    client.generic("POST", "/my/sign-in/", b"email=a%ed%a0%80@example.org", form)
    client.generic("POST", "/my/sign-in/", multipart("email", b"a\xed\xa0\x80@example.org"), f"{PARTS}; boundary=x")

    assert {request.email for request in SignInRequest.objects.all()} == {"a\ufffd\ufffd\ufffd@example.org"}


ODD_ADDRESSES = (
    "/terms/9999999999999999999999999/",
    "/terms/" + "9" * 5000 + "/",
    "/bookings/%00/",
    "/bookings/a%00b/pay/",
    "/bookings/%ed%a0%80/",
    "/bookings/" + "%cc%81" * 2000 + "/",
    "/bookings/" + "x" * 100_000 + "/",
    "/bookings/x/invoices/%00.pdf",
    "/access/%00/",
    "/access/" + "x" * 100_000 + "/",
    "/my/sign-in/%00/",
    "/courses/" + "a" * 50_000 + "/",
    "/sessions/" + "a" * 50_000 + "/book/",
    "/places/00000000-0000-0000-0000-000000000000/",
    "/static/../config/settings.py",
    "/static/%2e%2e/config/settings.py",
    "/static/..%2f..%2fetc/passwd",
    "/static//etc/passwd",
    "/%5C%5Cevil.example/my",
)


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_odd_addresses_lead_nowhere(client: Client, is_signed_in: bool) -> None:
    if is_signed_in:
        client.cookies["visit"] = visits.begin_visit(user=make_user(), keep=False).token
    assert {address[:60]: client.get(address).status_code for address in ODD_ADDRESSES} == {
        address[:60]: 404 for address in ODD_ADDRESSES
    }


def test_a_storm_of_marks_is_not_put_in_order() -> None:
    """Normalising takes time by the square of the marks; what is cut off is not looked at, which can be counted."""
    storm = "\u0315\u0300\u0327" * 100_000
    assert reference_key("RFT" + storm) == reference_key("RFT" + storm[:397])
    assert reference_key("rft-7k4m-q2" + " " * 300) == "RFT7K4MQ2"


@pytest.mark.parametrize("page", ["%00", "9" * 5000, "-1", "nan", "1e400", "%EF%BC%91", "<script>"])
def test_odd_pages_of_a_list_are_its_first_or_last(client: Client, page: str) -> None:
    client.cookies["visit"] = visits.begin_visit(user=make_user(), keep=False).token
    assert client.get(f"/my/?page={page}").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "judge=1&people=" + "9" * 400,
        "judge=1&people=%EF%BC%91%EF%BC%93",
        "judge=1&people=-1&date=%00",
        "judge=1&people=NaN&date=%3Cscript%3E",
        "judge=1&date=" + "a" * 50_000,
        "judge=&judge=2&people=0&people=13&date[]=x",
    ],
)
def test_what_an_address_says_of_the_first_step_is_judged_and_shown_as_text(client: Client, asked: str) -> None:
    session = make_session()
    page = client.get(f"/sessions/{session.code}/book/?{asked}")
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("name", ["hold", "answers", "access", "visit", "sign_in", "sessionid", "csrftoken"])
@pytest.mark.parametrize("value", ["\\000", "a.b", "é" * 50, "x" * 5000, ".", "a." + "x" * 100])
def test_odd_cookies_open_nothing(client: Client, name: str, value: str) -> None:
    booking = make_booking()
    make_payment(booking)
    statuses = {}
    for address in (
        f"/sessions/{booking.session.code}/book/people/",
        f"/bookings/{booking.reference}/",
        "/my/",
        "/my/sign-in/sent/",
    ):
        statuses[address.split("/")[1] + address[-5:]] = client.get(
            address, headers={"cookie": f"{name}={value}"}
        ).status_code
    assert sorted(statuses.values()) == [302, 302, 302, 404]


def test_other_names_of_the_site_are_refused_and_never_repeated(client: Client) -> None:
    for host in ("evil.example", "testserver@evil.example", "testserver\r\nX: 1", "[::1", "evil.example:80"):
        answer = client.get("/sitemap.xml", headers={"host": host})
        assert (answer.status_code, b"evil" in answer.content) == (400, False)
    forwarded = client.get("/sitemap.xml", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil"})
    assert forwarded.status_code == 200
    assert b"evil" not in forwarded.content


@pytest.mark.parametrize(
    "address, leads_to",
    [
        ("//evil.example/my", "/my/"),
        ("/my", "/my/"),
        ("/bookings/a%0d%0aX-Evil:1", "/bookings/a%0D%0AX-Evil:1/"),
        ("/courses/x%0aSet-Cookie:a", None),
    ],
)
def test_mended_addresses_stay_on_the_site(client: Client, address: str, leads_to: str | None) -> None:
    answer = client.get(address)
    assert answer.headers.get("Location") == leads_to
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("goal", ["//evil.example/", "\\\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nothing_that_is_sent_says_where_a_press_leads(client: Client, goal: str) -> None:
    """Of all our pages only the office's log-in takes an address, and only one of this site."""
    person = make_staff(is_superuser=True)
    person.set_password("a-long-password-1")
    person.save()
    answers = {"username": person.email, "password": "a-long-password-1", "next": goal}
    pressed = client.post("/admin/login/", answers)
    assert (pressed.status_code, pressed.headers["Location"]) == (302, "/admin/")
    session = make_session()
    for step in ("", "people/", "requirements/", "check/"):
        address = f"/sessions/{session.code}/book/{step}?next={goal}&to={goal}"
        moved = Client().post(address, {"session": goal, "next": goal, "places": "1"})
        assert moved.status_code == 302
        assert moved.headers["Location"].startswith(f"/sessions/{session.code}/book/")


def test_a_timeline_takes_whatever_was_typed() -> None:
    """A line that quotes somebody is cut where it ends; a long word undoes nothing of what happened."""
    person = make_user()
    record_activity(user_id=person.pk, kind="noted", summary="x" * 1000)
    assert Activity.objects.get().summary == "x" * 300
    for _ in range(2):
        record_once(user=person, kind="once", summaries=["y" * 400, "y" * 500])
    assert Activity.objects.filter(kind="once").count() == 1
    assert staff_actor("Z" * 301, person.pk).label == "Z" * LONGEST_LABEL
