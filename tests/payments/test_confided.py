"""What people confide is nowhere in the clear: no table, no log record, no key in Redis, no task, no letter, no file.

The whole story over HTTP with a sentinel in every field of free text that may speak of health.
"""

import base64
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bookings.models import Booking, Hold, RequirementTemplate, SpecialRequirement
from bookings.services.holding import save_draft
from bookings.services.placing import Person
from bookings.services.requirements import Needs, OwnWords
from communications.flows.delivering import deliver
from communications.models import MailboxMessage, Message
from config.kernel import clock
from config.kernel.crypto import UndecryptableValue, rotate
from customers.models import AccessLink
from customers.services.access import link_token, make_access_link
from invoicing.flows.rendering import render_confirmation_pdf, render_invoice_pdf
from invoicing.models import BookingConfirmation, Invoice
from payments.flows.completing import complete_free_order
from tests.bookings.answers import HANNAH, agreed, take_places
from tests.factories import make_booking, make_hold, make_requirement, make_session
from tests.factories.at_stripe import OpenStandIn
from tests.factories.orders import place_an_order

SENTINEL = "Sentinel-of-the-left-knee"
CHOSEN = "sentinel-of-what-was-ticked"
SPELLINGS = [
    spelling
    for word in (SENTINEL, CHOSEN)
    for spelling in (
        word,
        word.encode().hex(),
        *(base64.b64encode(b" " * shift + word.encode())[4:-4].decode() for shift in range(3)),
    )
]


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return [table.name for table in connection.introspection.get_table_list(cursor)]


def found_in(text: str) -> bool:
    return any(spelling in text for spelling in SPELLINGS)


def tables_that_tell() -> list[str]:
    """Every column of every table, read as text; bytes read as hexadecimal digits and as what they spell."""
    telling = []
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT whole::text FROM "{table}" AS whole')  # noqa: S608 - names from the catalogue
            if any(found_in(row) for (row,) in cursor.fetchall()):
                telling.append(table)
    return telling


def redis_keys_that_tell(client: redis.Redis) -> list[bytes]:
    """Keys and values, as they lie there."""
    telling = []
    for key in client.scan_iter():
        read: dict[Any, Callable[[Any], object]] = {
            b"list": lambda key: client.lrange(key, 0, -1),
            b"hash": client.hgetall,
            b"set": client.smembers,
            b"zset": lambda key: client.zrange(key, 0, -1),
            b"string": client.get,
        }
        if found_in(f"{key!r} {read[client.type(key)](key)!r}"):
            telling.append(key)
    return telling


def files_that_tell() -> list[Path]:
    stored = [path for path in Path(django_settings.STORAGE_PATH).rglob("*") if path.is_file()]
    return [path for path in stored if found_in(path.read_bytes().decode("latin-1"))]


class Everything(logging.Handler):
    """Keeps every record whole, before any filter or formatter."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.records.append(f"{record.getMessage()} {record.__dict__!r} {trace}")


@pytest.fixture
def logged() -> Iterator[Everything]:
    """What all loggers were given, whatever their level."""
    root, handler = logging.getLogger(), Everything()
    before = {name: logging.getLogger(name).level for name in ["", *logging.root.manager.loggerDict]}
    for name in before:
        logging.getLogger(name or None).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name or None).setLevel(level)


@pytest.mark.django_db(transaction=True)
def test_a_whole_booking_tells_nothing(
    stripe_stand_in: OpenStandIn, broker: redis.Redis, client: Client, logged: Everything, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}
    session = make_session()
    take_places(client, session)
    steps = f"/sessions/{session.code}/book/"
    assert client.post(f"{steps}people/", HANNAH | {"coming": "on"}).status_code == 302
    # Refused first (no consent), so that the draft holds errors and all; then accepted.
    answers = {"you-answer": "helps", "you-own_words": SENTINEL, "draft": SENTINEL}
    assert client.post(f"{steps}requirements/", answers).headers["Location"] == f"{steps}requirements/?judge=1"
    assert SENTINEL in str(Hold.objects.get().draft)
    assert client.post(f"{steps}requirements/", answers | {"you-own_words_consent": "on"}).status_code == 302
    assert SENTINEL in str(Hold.objects.get().draft)
    assert tables_that_tell() == []

    ordered = client.post(f"{steps}check/", agreed(session))
    booking = Booking.objects.get()
    assert SpecialRequirement.objects.get().own_words == SENTINEL
    page = client.post(ordered.headers["Location"]).headers["Location"]
    back = stripe_stand_in.pay(page).location
    assert client.get(back).headers["Location"] == f"/bookings/{booking.reference}/"
    assert client.get(f"/bookings/{booking.reference}/").status_code == 200

    assert broker.dbsize() > 0
    assert redis_keys_that_tell(broker) == []
    render_invoice_pdf(invoice_id=Invoice.objects.get().pk)
    render_confirmation_pdf(confirmation_id=BookingConfirmation.objects.get().pk)
    for message in Message.objects.all():
        deliver(message_id=message.pk)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}

    assert tables_that_tell() == []
    assert files_that_tell() == []
    assert redis_keys_that_tell(broker) == []
    # Letters and their attachments lie in a table too, which was searched; here as a mail client reads them.
    letters = [message_from_bytes(bytes(raw)) for raw in MailboxMessage.objects.values_list("raw", flat=True)]
    assert len(letters) == Message.objects.count() > 0
    assert not any(found_in(str(part.get_payload(decode=True))) for letter in letters for part in letter.walk())
    assert len(logged.records) > 0
    assert [record for record in logged.records if found_in(record)] == []
    assert Hold.objects.get().draft == {}
    assert not found_in(str(stripe_stand_in.stripe.v1.events.list({"limit": 100})))


@pytest.mark.django_db(transaction=True)
def test_what_people_tick_and_what_they_write_on_their_own_page_tells_nothing(
    broker: redis.Redis, client: Client, logged: Everything, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}
    RequirementTemplate.objects.create(slug=CHOSEN, label="A seat by the door")
    hannah = Person("Hannah", "Okafor", is_booker=True, needs=Needs((CHOSEN,), OwnWords(SENTINEL, "2026-11")))
    tom = Person("Tom", "Ackroyd", "tom@example.org", needs=Needs((CHOSEN,)))
    placed, _ = place_an_order(make_session(price=Decimal(0)), places=2, people=[hannah, tom])
    complete_free_order(booking_id=placed.booking.pk)
    attendee = placed.booking.attendees.get(first_name="Tom")
    link = make_access_link(
        purpose=AccessLink.Purpose.ATTENDEE,
        subject_key=str(attendee.pk),
        expires_at=clock.now() + timedelta(days=1),
    )
    page = client.post(f"/access/{link_token(link)}/").headers["Location"]
    # Refused first (no consent), then accepted.
    answers = {"adjustments": [CHOSEN], "own_words": SENTINEL}
    assert client.post(page, answers).status_code == 200
    assert client.post(page, answers | {"own_words_consent": "on"}).status_code == 302
    assert SENTINEL not in client.get(page).content.decode()
    said = SpecialRequirement.objects.order_by("created_at")
    assert [(one.slugs, one.own_words) for one in said] == [((CHOSEN,), SENTINEL)] * 2
    render_confirmation_pdf(confirmation_id=BookingConfirmation.objects.get().pk)
    for message in Message.objects.all():
        deliver(message_id=message.pk)

    # The list of what can be ticked is no secret.
    assert tables_that_tell() == ["bookings_requirementtemplate"]
    assert broker.dbsize() > 0
    assert redis_keys_that_tell(broker) == []
    assert files_that_tell() == []
    letters = [message_from_bytes(bytes(raw)) for raw in MailboxMessage.objects.values_list("raw", flat=True)]
    assert len(letters) == Message.objects.count() > 0
    assert not any(found_in(str(part.get_payload(decode=True))) for letter in letters for part in letter.walk())
    assert len(logged.records) > 0
    assert [record for record in logged.records if found_in(record)] == []


@pytest.mark.django_db
def test_the_search_would_find_it(broker: redis.Redis) -> None:
    """Each of the searches above does find the sentinel where it lies open."""
    make_booking(notes=f"About {SENTINEL}.")
    assert tables_that_tell() == ["bookings_booking"]
    broker.lpush("default", base64.b64encode(f"[{SENTINEL}]".encode()))
    broker.set("plain", SENTINEL)
    assert sorted(redis_keys_that_tell(broker)) == [b"default", b"plain"]
    assert found_in(SENTINEL.encode().hex())
    assert found_in(CHOSEN)


OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def raw(column: str, table: str) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608 - literals of this file
        return [bytes(value) for (value,) in cursor.fetchall()]


def opens(key: str, blob: bytes) -> bool:
    try:
        MultiFernet([Fernet(key)]).decrypt(blob)
    except InvalidToken:
        return False
    return True


def confide(words: str) -> SpecialRequirement:
    return make_requirement(make_booking().attendees.get(), own_words=words)


@pytest.mark.django_db
def test_a_new_key_takes_over_row_by_row(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    old = confide(SENTINEL)
    hold = make_hold(make_session())
    save_draft(hold=hold, draft={"own_words": SENTINEL})

    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    # Old rows are read, new ones are under the new key alone.
    assert SpecialRequirement.objects.get(pk=old.pk).own_words == SENTINEL
    assert Hold.objects.get().draft == {"own_words": SENTINEL}
    fresh = confide(SENTINEL)
    by_key = {blob: (opens(OLD, blob), opens(NEW, blob)) for blob in raw("own_words", "bookings_specialrequirement")}
    assert sorted(by_key.values()) == [(False, True), (True, False)]

    # Saving a row moves it, and so does rotate(); then the old key can go.
    SpecialRequirement.objects.get(pk=old.pk).save(update_fields=["own_words"])
    (draft,) = raw("draft", "bookings_hold")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_hold SET draft = %s", [rotate(draft)])
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert {row.own_words for row in SpecialRequirement.objects.filter(pk__in=[old.pk, fresh.pk])} == {SENTINEL}
    assert Hold.objects.get().draft == {"own_words": SENTINEL}


@pytest.mark.django_db
def test_without_its_key_a_row_says_nothing(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    confide(SENTINEL)
    settings.FIELD_ENCRYPTION_KEYS = [OTHER]
    with pytest.raises(UndecryptableValue) as problem:
        SpecialRequirement.objects.get()
    assert SENTINEL not in repr(problem.getrepr())
