"""Somebody else's booking, place or paper, by every address that names one and with every key that is not its own."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import Attendee, Booking
from config.kernel import clock
from customers.models import AccessLink
from customers.services import access, signing_in
from customers.services.visits import begin_visit, end_visit
from invoicing.models import Invoice
from invoicing.services.issuing import issue_invoice
from payments.models import Payment
from tests.architecture.rights_world import fingerprint
from tests.factories import make_booking, make_payment, make_user

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Owned:
    """What one customer has: a paid booking with a place for a colleague, its invoice, and an order to be paid."""

    booking: Booking
    unpaid: Booking
    place: Attendee
    invoice: Invoice


def make_owned(email: str) -> Owned:
    customer = make_user(email)
    colleague = ("Tom", "Ackroyd", f"tom.{email}")
    booking = make_booking(customer=customer, people=[("Hannah", "Okafor", ""), colleague])
    booking.attendees.filter(position=1).update(is_booker=True)
    unpaid = make_booking(customer=customer, status=Booking.Status.PENDING)
    make_payment(booking)
    make_payment(unpaid, status=Payment.Status.OPEN)
    invoice = issue_invoice(booking=booking, paid=booking.total, paid_on=clock.london_today(), payment_note="Visa")
    return Owned(booking, unpaid, booking.attendees.get(position=2), invoice)


def token_for(purpose: AccessLink.Purpose, key: object, **fields: object) -> str:
    link = access.make_access_link(
        purpose=purpose, subject_key=str(key), expires_at=clock.now() + timedelta(days=1), **fields
    )
    return access.link_token(link)


@pytest.fixture
def hers() -> Owned:
    return make_owned("hannah@example.org")


@pytest.fixture
def his() -> Owned:
    return make_owned("mallory@example.org")


def addresses(owned: Owned) -> Iterator[tuple[str, str]]:
    """Each with its method; GET first."""
    booking, unpaid = f"/bookings/{owned.booking.reference}/", f"/bookings/{owned.unpaid.reference}/"
    for below in ("", "calendar.ics", "confirmation.pdf", f"invoices/{owned.invoice.number}.pdf", "paid/"):
        yield "GET", booking + below
    for below in ("", "pay/", "paid/"):
        yield "GET", unpaid + below
    yield "GET", f"/places/{owned.place.pk}/"
    yield "GET", f"/places/{owned.place.pk}/calendar.ics"
    yield "GET", f"{booking}taking-part/"
    yield "POST", f"{booking}email/"
    yield "POST", f"{booking}taking-part/"
    for below in ("pay/", "pay/form/", "pay/ask/", "pay/more-time/"):
        yield "POST", unpaid + below
    yield "POST", f"/places/{owned.place.pk}/"


def nobodys(owned: Owned) -> Owned:
    """The same addresses for what does not exist."""
    return Owned(
        Booking(reference="RFT-2222-22"), Booking(reference="RFT-3333-33"), Attendee(), Invoice(number="INV-1999-00001")
    )


def no_key(_his: Owned) -> dict[str, str]:
    return {}


def own_booking(his: Owned) -> dict[str, str]:
    return {"access": token_for(AccessLink.Purpose.BOOKING, his.booking.pk)}


def own_place(his: Owned) -> dict[str, str]:
    return {"access": token_for(AccessLink.Purpose.ATTENDEE, his.place.pk)}


def own_visit(his: Owned) -> dict[str, str]:
    return {"visit": begin_visit(user=his.booking.customer, keep=True).token}


def own_everything(his: Owned) -> dict[str, str]:
    return own_booking(his) | own_visit(his)


def a_hash(_his: Owned) -> dict[str, str]:
    """What is stored opens nothing."""
    stored = AccessLink.objects.values_list("token_hash", flat=True).first()
    return {"access": stored or "f" * 64, "visit": "f" * 64}


def sign_in_link(_his: Owned) -> dict[str, str]:
    """A link for signing in is for that alone."""
    link = signing_in.make_link(request=signing_in.ask(email="mallory@example.org"))
    return {"access": access.link_token(link), "visit": access.link_token(link)}


def swapped(his: Owned) -> dict[str, str]:
    """One kind of secret where the other belongs."""
    return {"access": own_visit(his)["visit"], "visit": own_booking(his)["access"]}


KEYS: list[Callable[[Owned], dict[str, str]]] = [
    no_key,
    own_booking,
    own_place,
    own_visit,
    own_everything,
    a_hash,
    sign_in_link,
    swapped,
]


@pytest.mark.parametrize("key", KEYS)
def test_no_other_key_opens_it_and_nothing_tells_whether_it_is_there(
    hers: Owned, his: Owned, key: Callable[[Owned], dict[str, str]]
) -> None:
    """The same page after the same number of queries, whether it exists or not; and nothing happens to it."""
    browser = Client()
    browser.cookies.load(key(his))
    before = fingerprint()
    for (method, there), (_, nowhere) in zip(addresses(hers), addresses(nobodys(hers)), strict=True):
        answers = []
        for address in (there, nowhere):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                answer = browser.generic(method, address, "remove=1", "application/x-www-form-urlencoded")
            answers.append((answer.status_code, answer.content.replace(address.encode(), b""), len(asked)))
        assert answers[0] == answers[1], there
        assert answers[0][0] == 404, there
    assert fingerprint() == before


def test_ones_own_keys_open_ones_own(hers: Owned) -> None:
    """The table above is about something: with the right keys the same addresses answer."""
    browser = Client()
    browser.cookies["visit"] = begin_visit(user=hers.booking.customer, keep=False).token
    mine = [(method, address) for method, address in addresses(hers) if "/places/" not in address and method == "GET"]
    assert {browser.get(address).status_code for _, address in mine} <= {200, 202, 302}
    browser.cookies["access"] = token_for(AccessLink.Purpose.ATTENDEE, hers.place.pk)
    assert browser.get(f"/places/{hers.place.pk}/").status_code == 200


@pytest.mark.parametrize("how", ["revoked", "expired", "signed out", "kept from logging in"])
def test_a_key_that_was_taken_back_opens_nothing(hers: Owned, how: str) -> None:
    purpose, key = AccessLink.Purpose.BOOKING, str(hers.booking.pk)
    browser = Client()
    if how in {"revoked", "expired"}:
        browser.cookies["access"] = token_for(purpose, key)
        assert browser.get(f"/bookings/{hers.booking.reference}/").status_code == 200
        if how == "revoked":
            access.revoke_links(purpose=purpose, subject_key=key)
        else:
            AccessLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    else:
        browser.cookies["visit"] = token = begin_visit(user=hers.booking.customer, keep=True).token
        assert browser.get(f"/bookings/{hers.booking.reference}/").status_code == 200
        if how == "signed out":
            end_visit(token)
        else:
            hers.booking.customer.is_active = False
            hers.booking.customer.save()
    for method, address in addresses(hers):
        assert browser.generic(method, address).status_code == 404, address
    assert browser.get("/my/").status_code == 302


def test_papers_of_one_booking_are_not_found_below_another(hers: Owned, his: Owned) -> None:
    browser = Client()
    browser.cookies.load(own_everything(his))
    for number in (hers.invoice.number, f"../../{hers.booking.reference}/invoices/{hers.invoice.number}", "%2e%2e"):
        address = f"/bookings/{his.booking.reference}/invoices/{number}.pdf"
        assert browser.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "other", ["hannah+1@example.org", "h\u0430nnah@example.org", "\uff48annah@example.org", "hannah@example.org.evil"]
)
def test_look_alikes_of_an_address_are_other_people(hers: Owned, other: str) -> None:
    """Cyrillic letters, full-width ones, plus-addresses: whoever signs in as one sees nothing of the other."""
    visit = begin_visit(user=make_user(other), keep=False)
    browser = Client()
    browser.cookies["visit"] = visit.token
    assert hers.booking.session.course.name not in browser.get("/my/").content.decode()
    assert browser.get(f"/bookings/{hers.booking.reference}/").status_code == 404
    assert browser.get(f"/places/{hers.place.pk}/").status_code == 404


def test_a_place_is_whose_proved_address_it_has_and_only_once_it_is_booked(hers: Owned) -> None:
    tom = make_user(hers.place.email)
    browser = Client()
    browser.cookies["visit"] = begin_visit(user=tom, keep=False).token
    assert browser.get(f"/places/{hers.place.pk}/").status_code == 200
    assert browser.get(f"/bookings/{hers.booking.reference}/").status_code == 404
    Attendee.objects.filter(pk=hers.place.pk).update(booking=hers.unpaid)
    assert browser.get(f"/places/{hers.place.pk}/").status_code == 404
    assert browser.get(f"/places/{uuid.UUID(int=0)}/").status_code == 404


def test_a_visit_that_somebody_else_left_in_the_browser_ends_when_one_signs_in(hers: Owned, his: Owned) -> None:
    """Session fixation: a cookie that was planted before is neither kept nor worth anything afterwards."""
    planted = own_visit(his)["visit"]
    link = signing_in.make_link(request=signing_in.ask(email="hannah@example.org"))
    browser = Client()
    browser.cookies["visit"] = planted
    assert browser.post(f"/my/sign-in/{access.link_token(link)}/").status_code == 302
    assert browser.cookies["visit"].value != planted
    assert hers.booking.reference in browser.get("/my/").content.decode()
    thief = Client()
    thief.cookies["visit"] = planted
    assert thief.get("/my/").status_code == 302
