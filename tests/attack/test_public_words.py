"""What strangers type, followed to where it is read: pages, letters, papers, calendars, spreadsheets and the office."""

import csv
import email
import email.policy
import io
import re
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from icalendar import Calendar

from bookings.forms.fields import EmailAddressField, TextField
from bookings.models import Booking
from communications.models import Message
from communications.posting import UnusableAddress, address, post
from communications.wording import plain_name
from config.kernel import clock
from customers.email_keys import email_key, is_usable
from customers.models import AccessLink
from customers.services import access
from invoicing.flows.rendering import render_invoice_pdf
from invoicing.models import Invoice
from invoicing.selectors import pdf_bytes
from invoicing.services.issuing import issue_invoice
from tests.bookings.answers import HANNAH, agreed, say_needs, take_places
from tests.communications.reading import written
from tests.factories import make_course, make_session, make_staff

pytestmark = pytest.mark.django_db

MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{% load static %}${7*7}"
"""Also closes what it may stand in, and is a template of three kinds."""


def assert_only_text(page: str, where: str) -> None:
    assert "<script>alert" not in page, where
    assert "<img src=x" not in page, where
    assert not re.search(r"alert\(1\)&gt;49|alert\(1\)>49|\$49", page), where


@pytest.fixture
def booked(settings: Any) -> Booking:
    """A free booking, made page by page, whose every word is hostile."""
    session, client = make_session(course=make_course(price=Decimal(0)), price=Decimal(0)), Client()
    take_places(client, session, 2)
    typed = HANNAH | {
        "first_name": f"=HYPERLINK{MARKUP}",
        "last_name": "+cmd|' /C calc'!A0",
        "company": f"@SUM(1){MARKUP}",
        "po_number": "-2+3",
        "billing_address": f"\t=1+1\r\n{MARKUP}",
        "person-1-first_name": f"\u200b=Tom{MARKUP}",
        "person-1-last_name": "\uff1dAckroyd \U0001f469\u200d\U0001f692 Z\u0351\u036b\u0343alg\u0489o",
        "person-1-email": "o'tom+{{7*7}}@example.org",
        "person-2-first_name": "Tom\r\nBcc: all@example.org\u2028X: 1\x85",
        "person-2-last_name": "www.evil.example http://evil.example/ a@evil.example",
        "person-2-email": "bcc@example.org",
    }
    people = f"/sessions/{session.code}/book/people/"
    judged = client.post(people, typed)
    assert judged.headers["Location"] == f"/sessions/{session.code}/book/requirements/", client.get(people).content
    assert_only_text(client.get(people).content.decode(), people)
    say_needs(client, session)
    check = f"/sessions/{session.code}/book/check/"
    assert_only_text(client.get(check).content.decode(), check)
    ordered = client.post(check, agreed(session, agreed_total="0.00"))
    assert ordered.status_code == 302
    booking = Booking.objects.get()
    assert_only_text(client.get(ordered.headers["Location"]).content.decode(), "booking")
    return booking


def test_letters_hold_words_only_and_go_to_nobody_else(booked: Booking, settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    messages = list(Message.objects.all())
    assert len(messages) == 3
    for message in messages:
        letter = written(message)
        assert_only_text(letter.html, message.kind)
        assert "\n" not in letter.subject
        post(message, letter)
        sent = email.message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=email.policy.default)
        assert sent["to"].addresses[0].addr_spec == message.to_email
        assert len(sent["to"].addresses) == 1
        assert (sent["bcc"], sent["cc"], sent["x"]) == (None, None, None)
        # Nothing that a mail program would make a link of stands in a name.
        words = letter.text + sent["to"].addresses[0].display_name
        assert "evil.example" not in words
        assert "http://evil" not in words


def test_the_office_reads_words_only(booked: Booking) -> None:
    browser = Client()
    browser.force_login(make_staff(is_superuser=True))
    customer = booked.customer
    for page in (
        "",
        "bookings/booking/",
        f"bookings/booking/{booked.pk}/",
        f"bookings/booking/{booked.pk}/change/",
        f"bookings/coursesession/{booked.session_id}/",
        "customers/user/",
        f"customers/user/{customer.pk}/",
        f"customers/user/{customer.pk}/?tab=bookings",
        f"customers/user/{customer.pk}/?tab=messages",
        f"customers/user/{customer.pk}/change/",
        "customers/lookup/?q=alert",
        "customers/change/",
        "communications/message/",
        f"communications/message/{Message.objects.earliest('pk').pk}/",
    ):
        answer = browser.get(f"/admin/{page}")
        assert answer.status_code == 200, page
        assert_only_text(answer.content.decode(), page)


def test_no_cell_of_the_spreadsheet_is_a_formula(booked: Booking) -> None:
    browser = Client()
    browser.force_login(make_staff(is_superuser=True))
    answer: Any = browser.get("/admin/bookings/booking/export/")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 2
    cells = dict(zip(*rows, strict=True))
    for name in ("First name", "Last name", "Company", "PO number", "People"):
        assert cells[name].startswith("'"), name
    # Nobody's second name is a formula either, where a spreadsheet is told to split cells.
    assert not re.search(r"(^|; )[=+@-]", cells["People"])
    numbers = {"Places": "2", "Total": "0.00"}
    assert {name: cells[name] for name in numbers} == numbers


def test_the_calendar_has_no_line_that_was_typed(booked: Booking) -> None:
    booked.session.course.name = "First\r\nATTENDEE:mailto:all@example.org\r\nBEGIN:VALARM;x,\\n"
    booked.session.course.save()
    link = access.current_link(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booked.pk))
    assert link
    browser = Client()
    browser.post(f"/access/{access.link_token(link)}/")
    file = browser.get(f"/bookings/{booked.reference}/calendar.ics")
    assert b"\nATTENDEE" not in file.content
    assert b"\nBEGIN:VALARM" not in file.content
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["summary"] == "First ATTENDEE:mailto:all@example.org BEGIN:VALARM;x,\\n"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{booked.reference}.ics"'


def test_the_invoice_prints_words_only(booked: Booking) -> None:
    """The maker of PDFs reads HTML: what was typed fetches no file, no address, and runs nothing."""
    fetching = "<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>"
    Booking.objects.filter(pk=booked.pk).update(company=fetching, total=90, price_per_place=45)
    booked.refresh_from_db()
    invoice = issue_invoice(booking=booked, paid=booked.total, paid_on=clock.london_today(), payment_note="Visa")
    render_invoice_pdf(invoice_id=invoice.pk)
    content = pdf_bytes(Invoice.objects.get())
    assert content.startswith(b"%PDF-")
    for sign in (b"/EmbeddedFile", b"/JavaScript", b"/Launch", b"/AcroForm", b"root:x:0"):
        assert sign not in content, sign


@pytest.mark.parametrize(
    "typed",
    [
        "\u202eevil",
        "a\x00b",
        "\ud800",
        "\u2066x\u2069",
        "\x1b[31m",
        "\x08",
        "x" * 151,
        "\u200b\u200d\u2060",
        "\ufeff",
        "\u3164" * 151,
    ],
)
def test_names_that_show_as_something_else_are_asked_for_again(typed: str) -> None:
    with pytest.raises(ValidationError):
        TextField(asks="Enter a name", max_length=150).clean(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example",
        '"a b"@c.example',
        "a@b.example>",
        "<a@b.example",
        "a@[127.0.0.1]",
        "a@b",
        "a@@b.example",
        "a@b.example\x00",
        "a@b..example",
        "@b.example",
        "a" * 250 + "@b.example",
        "a@b.example?cc=c@d.example",
        "a@b.example/x",
    ],
)
def test_no_second_address_and_no_header_hides_in_an_address(typed: str) -> None:
    field = EmailAddressField(autocomplete="email")
    with pytest.raises(ValidationError, match=r"Enter an email|Type this again|Shorten"):
        field.clean(typed)
    assert not is_usable(email_key(typed) or "")


@pytest.mark.parametrize(
    "name",
    [
        "Tom\r\nBcc: x@y.example",
        'Tom" <x@y.example>, "',
        "Tom\u2028X: 1",
        "T" * 5000,
        "\x00",
        ",",
        "Tom, all of them; x: " * 9,
        "Zo\u00eb, (x) " * 30,
        'a"b' * 40,
        *("Tom, x" + "x" * more for more in range(28, 56, 3)),
        "J. R. " * 40,
    ],
)
def test_a_name_in_a_header_is_one_name(name: str) -> None:
    header = address(name, "tom@example.org")
    assert re.search(r"[\r\n\x00]", header) is None
    message = EmailMessage(policy=email.policy.SMTP)
    message["To"] = message["Reply-To"] = header
    # As it arrives, broken into lines: that is where Python's library forgets its quotes.
    arrived = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    for name_of_header in ("to", "reply-to"):
        assert [one.addr_spec for one in arrived[name_of_header].addresses] == ["tom@example.org"]
    with pytest.raises(UnusableAddress):
        address("Tom", "tom@example.org\r\nBcc: x@y.example")


@pytest.mark.parametrize(
    "name",
    [
        "www.evil.example",
        "http://evil.example",
        "evil\u3002example",
        "evil\uff0eexample",
        "evil\u2024example",
        "a@b.c",
        "evil\u3002example\uff0fx",
        "javascript:x",
    ],
)
def test_no_name_is_a_link(name: str) -> None:
    """Browsers and mail programs take other scripts' full stops for ours."""
    plain = plain_name(name)
    assert not re.search(r"[.:\u3002\uff0e\u2024\uff61\uff1a]\S|[/@\\\uff0f\uff20]", plain), plain
