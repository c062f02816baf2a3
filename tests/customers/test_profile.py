"""The customer page: what it says, for whom, and where it leads."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, SpecialRequirement
from bookings.services.requirements import Needs, OwnWords, add_own_requirement
from communications.models import Message
from config.kernel import clock
from customers.flows import statistics
from customers.flows.profile.slices import SIZE
from customers.models import Activity, Membership, Organisation, Tag, User
from customers.services.notes import add_note
from customers.services.timeline import record_activity
from payments.models import Payment
from tests.communications.builders import issue
from tests.factories import (
    make_booking,
    make_payment,
    make_refund,
    make_session,
    make_staff,
    make_user,
    offer_first_templates,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@example.org", phone="07700 900142", company="Rylstone Nursery")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True, first_name="Moira", last_name="Dunne"))
    return client


def page(person: User, query: str = "") -> str:
    return reverse("admin:customers_user_page", args=[person.pk]) + query


def shown(browser: Client, person: User, query: str = "") -> Any:
    answer = browser.get(page(person, query))
    assert answer.status_code == 200
    return answer.context["profile"]


def test_it_says_who_it_is(owner: Client, hannah: User) -> None:
    hannah.tags.add(Tag.objects.create(name="Pays late"))
    works = Organisation.objects.create(name="Rylstone Nurseries Ltd")
    Membership.objects.create(user=hannah, organisation=works, role="organiser")
    text = owner.get(page(hannah)).content.decode()
    for part in (
        "<h1>Hannah Okafor</h1>",
        'href="mailto:hannah@example.org"',
        'href="tel:07700900142"',
        "Pays late",
        f'<a href="/admin/customers/organisation/{works.pk}/change/">Rylstone Nurseries Ltd</a>',
        f'href="/admin/customers/user/{hannah.pk}/write/"',
        f'href="/admin/bookings/booking/new/?customer={hannah.pk}"',
        f'href="/admin/customers/user/{hannah.pk}/change/"',
        f'href="/admin/customers/user/{hannah.pk}/history/"',
    ):
        assert part in text, part


def test_the_figures_are_those_of_the_statistics_and_lead_to_their_lists(owner: Client, hannah: User) -> None:
    people = [("Hannah", "Okafor", ""), ("Tom", "Ackroyd", "")]
    past, coming = (make_session(starts_at=clock.now() + timedelta(days=days)) for days in (-40, 40))
    _, paid = (make_booking(session, customer=hannah, people=people) for session in (past, coming))
    make_refund(make_payment(paid), amount=Decimal(30))
    for status in (Booking.Status.CANCELLED, Booking.Status.EXPIRED):
        make_booking(coming, customer=hannah, status=status)
    statistics.recalculate(user_ids=[hannah.pk])
    found = shown(owner, hannah)
    assert [(one.name, one.value, one.note) for one in found.figures[:3]] == [
        ("Lifetime value", "£150", "After £30 refunded"),
        ("Bookings", "2", "1 coming up, 1 cancelled"),
        ("Places", "4", "2 a booking"),
    ]
    assert found.derived_tags == ["Group booker", "Returning"]
    assert [(tab.tab, tab.count) for tab in found.tabs][1:3] == [("bookings", 4), ("payments", 1)]
    counts = {"": 4, "counted": 2, "coming": 1, "cancelled": 1, "nonsense": 4}
    for show, count in counts.items():
        assert len(shown(owner, hannah, f"?tab=bookings&show={show}").rows.rows) == count
    payment = shown(owner, hannah, "?tab=payments").rows.rows[0]
    assert (payment.sum, payment.below[0].sum) == ("£180.00", "−£30.00")
    assert [coming.tag.words for coming in found.coming] == ["Part refunded"]


def test_the_other_tabs_say_what_became_of_each(owner: Client, hannah: User) -> None:
    booking = make_booking(customer=hannah)
    make_payment(booking, method="invoice", status=Payment.Status.OPEN)
    invoice = issue(booking, paid="50.00")
    for state in (Message.State.BOUNCED, Message.State.QUEUED, Message.State.DELIVERED):
        Message.objects.create(
            dedupe_key=state, kind="booking_confirmation", state=state, user=hannah, booking=booking, to_email="h@e.org"
        )
    (payment,) = shown(owner, hannah, "?tab=payments").rows.rows
    assert (payment.detail, payment.tags[0].words) == ("On account", "Waiting for payment")
    (paper,) = shown(owner, hannah, "?tab=invoices").rows.rows
    assert (paper.title, paper.sum, paper.tags[0].words) == (invoice.number, "£90.00", "PDF being made")
    assert "£40.00 owed at issue · due" in paper.detail
    letters = shown(owner, hannah, "?tab=messages").rows.rows
    assert {(row.tags[0].words, row.tags[0].tone) for row in letters} == {
        ("Bounced", "bad"),
        ("Queued", "warn"),
        ("Delivered", "ok"),
    }
    assert {row.detail for row in letters} == {f"{booking.reference} · h@e.org"}


def test_a_person_of_whom_nothing_is_known_has_a_page(owner: Client) -> None:
    nobody = make_user("", first_name="", last_name="")
    text = owner.get(page(nobody)).content.decode()
    assert "<h1>Unknown person</h1>" in text
    assert "No email address" in text
    assert f"/user/{nobody.pk}/write/" not in text


def test_the_timeline_goes_by_london_days_and_says_who_did_it(owner: Client, hannah: User) -> None:
    note = add_note(user_id=hannah.pk, body="Wants <b>both</b> on one date")
    booking = make_booking(customer=hannah)
    at = clock.combine_london(clock.london_today() - timedelta(days=400), clock.now().time())
    for kind, key in (("booking", str(booking.pk)), ("booking", "B-17"), ("planet", "x")):
        Activity.objects.create(
            user=hannah,
            kind="booking_placed",
            summary=f"Booked {key}",
            subject_kind=kind,
            subject_key=key,
            actor_kind="customer",
            occurred_at=at,
        )
    days = shown(owner, hannah).timeline.days
    assert days[0].name == "Today"
    assert (days[0].lines[0].words, days[0].lines[0].address) == (note.body, f"/admin/customers/note/{note.pk}/edit/")
    assert days[0].lines[0].actor == "Automatically"
    assert days[1].name == clock.format_date(clock.london_date(at))
    assert [line.address for line in days[1].lines] == [
        "",
        "",
        reverse("admin:bookings_booking_page", args=[booking.pk]),
    ]
    assert {line.actor for line in days[1].lines} == {"By the customer"}
    assert "Wants &lt;b&gt;both&lt;/b&gt; on one date" in owner.get(page(hannah)).content.decode()


def test_earlier_pages_show_every_line_once(owner: Client, hannah: User) -> None:
    count = 2 * SIZE + 3
    line = record_activity(user_id=hannah.pk, kind="signed_in", summary="0")
    rows = [
        Activity(user=hannah, kind="signed_in", summary=str(n), actor_kind="customer", occurred_at=line.occurred_at)
        for n in range(1, count)
    ]
    Activity.objects.bulk_create(rows)
    seen, before = [], ""
    for _ in range(3):
        timeline = shown(owner, hannah, f"?before={before}").timeline
        seen += [line.summary for day in timeline.days for line in day.lines]
        before = timeline.slice.earlier
    assert seen == [str(n) for n in reversed(range(count))]
    assert before == ""


@pytest.mark.parametrize(
    "query",
    [
        "?tab=nonsense",
        "?tab=%00&show=%00&before=%00",
        "?before=zzz",
        "?before=999999999999999999-1",
        "?before=1-99999999999999999999999999999999999",
        "?before=1-6d1d5c7e-3f2a-4a53-9d53-6d6a0b6a2f11",
        "?tab=bookings&before=1-17",
        "?tab=messages&before=1-6d1d5c7e-3f2a-4a53-9d53-6d6a0b6a2f11",
    ],
)
def test_an_address_that_nobody_made_is_no_trouble(owner: Client, hannah: User, query: str) -> None:
    assert owner.get(page(hannah, query)).status_code == 200


def test_nobody_is_not_found(owner: Client) -> None:
    assert owner.get("/admin/customers/user/6d1d5c7e-3f2a-4a53-9d53-6d6a0b6a2f11/").status_code == 404


def test_who_may_be_the_same_is_named(owner: Client, hannah: User) -> None:
    same_phone = make_user("h@example.org", last_name="OKAFOR", phone="+44 (0)7700 900142")
    same_company = make_user("o@example.org", company="rylstone nursery")
    make_user("x@example.org", phone="07700 900999", company="Another")
    make_user("y@example.org", first_name="Helen", phone="07700 900142")
    found = shown(owner, hannah).lookalikes
    assert {one.address for one in found} == {page(same_phone), page(same_company)}
    assert shown(owner, make_user("z@example.org", phone="", company="")).lookalikes == []


def test_a_requirement_is_told_of_and_not_told(owner: Client, hannah: User) -> None:
    booking = make_booking(customer=hannah, people=[("Tom", "Ackroyd", "")])
    slug = offer_first_templates()[0].slug
    needs = Needs(slugs=(slug,), own_words=OwnWords("I carry two EpiPens.", "2026-11"))
    add_own_requirement(attendee_id=booking.attendees.get().pk, needs=needs)
    requirement = SpecialRequirement.objects.get()
    answer = owner.get(page(hannah))
    (told,) = answer.context["profile"].requirements
    assert (told.who, told.is_arranged) == ("Tom Ackroyd", False)
    assert told.address == reverse("admin:bookings_specialrequirement_page", args=[requirement.pk])
    assert "EpiPen" not in answer.content.decode()
    assert slug not in answer.content.decode()


@pytest.mark.parametrize(
    "permission, tab, part",
    [
        ("customers.view_activity", "timeline", None),
        ("bookings.view_booking", "bookings", "Coming up"),
        ("payments.view_payment", "payments", None),
        ("invoicing.view_invoice", "invoices", None),
        ("communications.view_message", "messages", None),
        ("customers.view_note", None, "No notes yet"),
        ("bookings.view_specialrequirement", None, "Requirements on record"),
    ],
)
def test_each_part_is_for_who_may_see_it(
    client: Client, hannah: User, permission: str, tab: str | None, part: str | None
) -> None:
    client.force_login(make_staff("customers.view_user", permission))
    answer = client.get(page(hannah, "?tab=payments"))
    assert [one.tab for one in answer.context["profile"].tabs] == ([tab] if tab else [])
    parts = {"Coming up", "No notes yet", "Requirements on record"}
    text = answer.content.decode()
    assert {one for one in parts if one in text} == ({part} if part else set())
    for action in ("write", "note", "sign-in-link", "change"):
        assert f"/user/{hannah.pk}/{action}/" not in text


def test_it_is_not_for_who_may_not_see_people(client: Client, hannah: User) -> None:
    client.force_login(make_staff("bookings.view_booking"))
    assert client.get(page(hannah)).status_code == 403


def test_lists_and_djangos_form_lead_to_it(owner: Client, hannah: User) -> None:
    listed = owner.get(reverse("admin:customers_user_changelist")).content.decode()
    assert f'href="{page(hannah)}"' in listed
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    sent = {"kind": "customer", "email": hannah.email, "first_name": "Hannah", "last_name": "Stone"} | inline
    answer = owner.post(page(hannah) + "change/", sent)
    assert (answer.status_code, answer["Location"]) == (302, page(hannah))
    hannah.refresh_from_db()
    assert hannah.last_name == "Stone"
