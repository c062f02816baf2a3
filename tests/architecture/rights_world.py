"""One of everything, all hanging on one booking; and a browser for everybody who may come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client

from bookings.models import BookingPolicy
from communications.models import MailboxMessage, Message, PageText
from config.kernel import clock
from customers.models import (
    AccessLink,
    Activity,
    Change,
    CustomerStatistics,
    Membership,
    Note,
    Organisation,
    SecondFactor,
    SignInRequest,
    Tag,
    User,
    Viewing,
)
from customers.roles import RoleName
from customers.services.roles import ensure_roles
from customers.services.visits import begin_visit
from customers.visit_cookies import COOKIE_NAME
from invoicing.models import NumberSequence, SupplierProfile
from invoicing.services.confirmations import ensure_confirmation
from invoicing.services.issuing import issue_invoice
from payments.models import Discrepancy, PaymentEvent
from tests.factories import (
    make_booking,
    make_hold,
    make_payment,
    make_refund,
    make_requirement,
    make_session,
    make_user,
    make_venue,
    offer_first_templates,
)
from tests.factories.stripe_events import make_event

STRANGER, CUSTOMER = "stranger", "customer"
LETTERS = {"w": RoleName.OWNER, "o": RoleName.OFFICE, "f": RoleName.FINANCE, "i": RoleName.INSTRUCTOR}
LETTERS |= {"a": RoleName.AUDITOR}


@dataclass(frozen=True)
class World:
    objects: Mapping[str, Model]
    """One row of each model, by its label."""
    staff: Mapping[str, User]
    """Who has each role, by its letter."""
    colleague: User
    """Somebody else in the office, whom rights and passwords are tried on."""
    browsers: Mapping[str, Client]
    """By letter of the role; the stranger's and the customer's by name."""
    as_made: list[tuple[str, int, int]]
    """The fingerprint of the database before anybody came."""

    def arguments(self, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """What stands in the address of this page, for each of its parameters."""
        return {parameter: self._argument(name, parameter) for parameter in parameters}

    def _argument(self, name: str, parameter: str) -> Any:
        ours = self.objects
        if parameter in ("key", "object_id", "id", "message_id", "discrepancy_id") and name != "view_on_site":
            return self._key_for(name)
        return {
            "app_label": "bookings",
            "attendee_id": ours["bookings.attendee"].pk,
            "code": vars(ours["bookings.coursesession"])["code"],
            "content_type_id": ContentType.objects.get_for_model(ours["bookings.booking"]).pk,
            "number": 0 if name.startswith("communications_mailbox") else vars(ours["invoicing.invoice"])["number"],
            "object_id": ours["bookings.booking"].pk,
            "reference": vars(ours["bookings.booking"])["reference"],
            "slug": vars(ours["bookings.course"])["slug"],
            "status": "completed",
            "token": "t" * 43,
            "version": 1,
        }[parameter]

    def _key_for(self, name: str) -> Any:
        """Of the model that the page's name begins with; of a colleague where it is about somebody's rights."""
        if name in ("auth_user_password_change", "customers_user_role", "customers_user_second_factor"):
            return self.colleague.pk
        app, model = name.split("_")[:2]
        return self.objects[f"{app}.{model}"].pk


def make_world() -> World:
    ensure_roles()
    ann = make_user("ann@example.com", first_name="Ann", last_name="Lee")
    staff = {letter: _member(role) for letter, role in LETTERS.items()}
    colleague = _member(RoleName.OFFICE)
    rows = [*_of_customers(ann), *_of_bookings(ann, staff["i"])]
    booking = next(row for row in rows if row._meta.label_lower == "bookings.booking")
    rows += _of_money(booking, ann)
    rows += [Group.objects.get(name=RoleName.OFFICE), PageText.objects.earliest("pk")]
    rows.append(SecondFactor.objects.create(user=colleague, secret="secret", confirmed_at=clock.now()))
    rows.append(
        Change.objects.create(
            record_kind="bookings.Booking", record_key=str(booking.pk), action="changed", actor_kind="system"
        )
    )
    visit = begin_visit(user=ann, keep=False)
    rows.append(visit.visit)
    browsers = {who: Client(raise_request_exception=False) for who in (STRANGER, CUSTOMER, *staff)}
    browsers[CUSTOMER].cookies[COOKIE_NAME] = visit.token
    for letter, person in staff.items():
        browsers[letter].force_login(person)
    return World({row._meta.label_lower: row for row in rows}, staff, colleague, browsers, fingerprint())


def fingerprint() -> list[tuple[str, int, int]]:
    """For every table how many rows there are and what stands in them."""
    tables = [name for name in connection.introspection.table_names() if name != "django_session"]
    each = (f"SELECT '{name}', count(*), coalesce(sum(hashtext(r::text)), 0) FROM {name} r" for name in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return sorted(cursor.fetchall())


def _member(role: RoleName) -> User:
    kind = User.Kind.INSTRUCTOR if role == RoleName.INSTRUCTOR else User.Kind.ADMIN
    person = make_user(kind=kind, is_staff=True, first_name="Dev", last_name=role.title())
    person.groups.add(Group.objects.get(name=role))
    return person


def _of_customers(ann: User) -> list[Model]:
    works = Organisation.objects.create(name="Works")
    soon = clock.now() + timedelta(days=1)
    return [
        ann,
        works,
        Membership.objects.create(user=ann, organisation=works),
        Note.objects.create(user=ann, body="Rang"),
        Tag.objects.create(name="Regular"),
        Activity.objects.create(user=ann, kind="note", summary="Rang", actor_kind="system"),
        Viewing.objects.create(user=ann, what="own words", subject_kind="requirement", subject_key="1"),
        CustomerStatistics.objects.create(user=ann, computed_at=clock.now()),
        AccessLink.objects.create(purpose="booking", subject_key="1", token_hash="h", expires_at=soon),
        SignInRequest.objects.create(email="ann@example.com", email_key="ann@example.com"),
    ]


def _of_bookings(ann: User, teacher: User) -> list[Model]:
    venue = make_venue()
    session = make_session(venue=venue)
    session.instructors.add(teacher)
    booking = make_booking(session, customer=ann, people=[("Ann", "Lee", ann.email)])
    booking.attendees.update(is_booker=True)
    attendee = booking.attendees.get()
    template = offer_first_templates()[0]
    requirement = make_requirement(attendee, own_words="Health text", adjustments={"slugs": [template.slug]})
    hold, policy = make_hold(session), BookingPolicy.objects.get(version=1)
    return [session, session.course, venue, booking, attendee, template, requirement, hold, policy]


def _of_money(booking: Any, ann: User) -> list[Model]:
    payment = make_payment(booking)
    invoice = issue_invoice(
        booking=booking, paid=booking.total, paid_on=date(2026, 11, 20), payment_note="Visa ending 4242"
    )
    return [
        payment,
        make_refund(payment, amount=booking.total / 3),
        PaymentEvent.objects.create(payment=payment, kind=PaymentEvent.Kind.values[0], actor_kind="system"),
        make_event("payment_intent.succeeded", "pi_1"),
        Discrepancy.objects.create(kind=Discrepancy.Kind.values[0], payment=payment, stripe_object_id="pi_1"),
        invoice,
        ensure_confirmation(booking),
        NumberSequence.objects.latest("pk"),
        SupplierProfile.objects.get(version=1),
        Message.objects.create(
            kind=Message.Kind.BOOKING_CONFIRMATION,
            user=ann,
            booking=booking,
            to_email=ann.email,
            dedupe_key="of the rights",
            body_text="Hello",
            body_html="<p>Hello</p>",
        ),
        MailboxMessage.objects.create(sender="a@b.example", recipients=ann.email, raw=b"Subject: Hello\n\nHello"),
    ]
