"""What people said about their needs, and that they said anything, reaches nobody who need not know."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, SpecialRequirement
from bookings.services.arranging import arrange_again, mark_arranged
from bookings.services.requirements import Needs, OwnWords, add_own_requirement, remove_requirement
from customers.models import Activity
from customers.roles import RoleName
from tests.attack.office_people import browser_of, member
from tests.factories import make_booking, make_session, make_user, offer_first_templates

pytestmark = pytest.mark.django_db

WORDS = "Zanthoxylum keeps me well"
KINDS = {"needs_said", "needs_taken_back", "requirement_arranged", "requirement_reopened"}


@pytest.fixture
def booking() -> Booking:
    """Of a person about whom everything was said and done that can be."""
    ann = make_user("ann@example.com", first_name="Ann", last_name="Lee")
    booking = make_booking(make_session(), customer=ann, people=[("Ann", "Lee", ann.email), ("Bea", "Moss", "")])
    colleague = booking.attendees.get(last_name="Moss")
    slug = offer_first_templates()[0].slug
    for attendee in booking.attendees.all():
        add_own_requirement(
            attendee_id=attendee.pk, needs=Needs(slugs=(slug,), own_words=OwnWords(WORDS, consent_version="1"))
        )
    remove_requirement(attendee_id=colleague.pk)
    requirement = SpecialRequirement.objects.get(attendee__booking=booking)
    office = member(RoleName.OFFICE, "arranger@office.example")
    mark_arranged(requirement_id=requirement.pk, user=office, arranged=WORDS, said_at=requirement.said_at)
    arrange_again(requirement_id=requirement.pk, reason=WORDS)
    assert set(Activity.objects.filter(user=ann).values_list("kind", flat=True)) >= KINDS
    return booking


def pages(booking: Booking) -> list[str]:
    """Every page that tells what happened to somebody, or lists people by something about them."""
    person, activity = booking.customer_id, Activity.objects.get(kind="needs_taken_back")
    return [
        reverse("admin:customers_user_page", args=[person]),
        reverse("admin:customers_activity_changelist"),
        f"{reverse('admin:customers_activity_changelist')}?q=ann%40example.com",
        reverse("admin:customers_activity_change", args=[activity.pk]),
        reverse("admin:customers_activity_history", args=[activity.pk]),
        reverse("admin:bookings_booking_page", args=[booking.pk]),
        reverse("admin:bookings_booking_history", args=[booking.pk]),
        reverse("admin:customers_user_history", args=[person]),
        f"{reverse('admin:customers_change_changelist')}?q={booking.reference}",
        reverse("admin:bookings_attendee_changelist"),
        reverse("admin:index"),
    ]


def told(browser: Client, address: str) -> set[str]:
    """Which of the lines about needs a page has."""
    text = browser.get(address, follow=True).content.decode()
    assert WORDS not in text
    return {line for line in ("what would help", "was arranged", "arranged again") if line in text}


def test_finance_is_not_told_that_somebody_needs_something(booking: Booking) -> None:
    finance = browser_of(member(RoleName.FINANCE))
    assert {address: found for address in pages(booking) if (found := told(finance, address))} == {}
    # Nor by a link to it, a tag beside a name, or a line of what is to be done.
    session = booking.session_id
    pages_of_people = [reverse(f"admin:bookings_coursesession_{page}", args=[session]) for page in ("page", "people")]
    for address in [*pages(booking), *pages_of_people]:
        text = finance.get(address, follow=True).content.decode()
        assert "specialrequirement" not in text
        assert "On record" not in text
    tab = finance.get(reverse("admin:customers_user_page", args=[booking.customer_id])).context["profile"].tabs[0]
    assert tab.count == Activity.objects.filter(user=booking.customer_id).exclude(kind__in=KINDS).count()


@pytest.mark.parametrize("role", [RoleName.OWNER, RoleName.OFFICE, RoleName.AUDITOR])
def test_who_may_know_is_told_of_it_and_never_what(booking: Booking, role: RoleName) -> None:
    browser = browser_of(member(role))
    found = {address: told(browser, address) for address in pages(booking)}
    assert len(found[reverse("admin:customers_user_page", args=[booking.customer_id])]) == 3
    assert len(found[reverse("admin:customers_activity_changelist")]) == 3


@pytest.mark.parametrize(
    "asked",
    [
        # What the list works out for each row can be asked for by its name.
        "bookings/attendee/?on_record=1",
        "bookings/attendee/?on_record__exact=True",
        "bookings/attendee/?special_requirement__isnull=0",
        "bookings/attendee/?special_requirement__priority=high",
        "bookings/booking/?attendees__special_requirement__isnull=0",
        "customers/user/?places__special_requirement__isnull=0",
        "bookings/hold/?draft__contains=a",
    ],
)
def test_no_list_is_asked_who_needs_something(booking: Booking, asked: str) -> None:
    assert browser_of(member(RoleName.FINANCE)).get(f"/admin/{asked}").status_code == 400


def test_a_file_of_bookings_says_nothing_of_it(booking: Booking) -> None:
    finance = browser_of(member(RoleName.FINANCE))
    for query in ("?on_record=1", "?attendees__special_requirement__isnull=0"):
        assert finance.get(reverse("admin:bookings_booking_export") + query).status_code == 400
    answer = finance.get(reverse("admin:bookings_booking_export"), {"show": "all"})
    assert WORDS not in answer.getvalue().decode()
    assert "need" not in answer.getvalue().decode().lower()


def test_the_words_are_in_no_answer_but_the_one_to_a_press_and_that_is_kept_nowhere(booking: Booking) -> None:
    requirement = SpecialRequirement.objects.get(attendee__booking=booking)
    page = reverse("admin:bookings_specialrequirement_page", args=[requirement.pk])
    browser = browser_of(member(RoleName.OFFICE))
    assert WORDS not in browser.get(page).content.decode()
    assert WORDS not in browser.get(f"{page}?q={WORDS}&told=1").content.decode().replace(f"q={WORDS}", "")
    shown = browser.post(page)
    assert WORDS in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "private" in shown.headers["Cache-Control"]
    for list_of in ("customers_viewing", "customers_activity", "bookings_specialrequirement", "communications_message"):
        owner = browser_of(member(RoleName.OWNER, f"{list_of}@office.example"))
        assert WORDS not in owner.get(reverse(f"admin:{list_of}_changelist")).content.decode()
    assert WORDS not in browser.get(reverse("admin:customers_lookup"), {"q": "Zanthoxylum"}).content.decode().replace(
        "Zanthoxylum", ""
    )


def test_an_instructor_opens_nothing_about_people_on_anothers_session(booking: Booking) -> None:
    requirement = SpecialRequirement.objects.get(attendee__booking=booking)
    jo = member(RoleName.INSTRUCTOR)
    browser = browser_of(jo)
    page = reverse("admin:bookings_specialrequirement_page", args=[requirement.pk])
    for sent in (browser.get(page), browser.post(page)):
        assert sent.status_code == 404
    booking.session.instructors.add(jo)
    read = browser.post(page)
    assert read.status_code == 200
    assert "arranged" in read.content.decode()
    # Their own words stay theirs: the arranger's note about it is another field.
    assert read.context["told"].own_words == ""
    for ending in ("arranged", "again"):
        assert (
            browser.post(reverse(f"admin:bookings_specialrequirement_page_{ending}", args=[requirement.pk])).status_code
            == 403
        )


@pytest.mark.parametrize("sent", [{}, {"arranged": "\0", "reason": "\0", "said_at": "x"}])
def test_the_form_of_before_is_answered_when_somebody_was_quicker(booking: Booking, sent: dict[str, str]) -> None:
    requirement, browser = (
        SpecialRequirement.objects.get(attendee__booking=booking),
        browser_of(member(RoleName.OFFICE)),
    )
    arranged, again, page = (
        reverse(f"admin:bookings_specialrequirement_page{ending}", args=[requirement.pk])
        for ending in ("_arranged", "_again", "")
    )
    answer = browser.post(again, sent)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert browser.post(arranged, sent).status_code == 200
    mark_arranged(
        requirement_id=requirement.pk, user=member(RoleName.OWNER), arranged="A table", said_at=requirement.said_at
    )
    answer = browser.post(arranged, sent)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert browser.post(again, sent).status_code == 200
