"""The catalogue and the course page: what is on, what is left, and at a fixed price in queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Course, CourseSession
from config.kernel import clock
from tests.factories import make_booking, make_course, make_hold, make_session, make_venue

pytestmark = pytest.mark.django_db


def in_days(number: int):
    return clock.now() + timedelta(days=number)


def catalogue(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_courses_stand_under_their_need_with_their_next_two_dates(client: Client) -> None:
    work = make_course(name="Emergency First Aid at Work")
    make_course(name="Paediatric First Aid", need=Course.Need.CHILDREN)
    sessions = [make_session(course=work, starts_at=in_days(number)) for number in (30, 10, 20)]
    make_booking(sessions[1], people=[("", "", "")] * 10)
    make_hold(sessions[1], places=1)
    page = catalogue(client)

    assert page.index("For your workplace") < page.index("Emergency First Aid at Work")
    assert page.index("Emergency First Aid at Work") < page.index("For people who look after children")
    assert page.index("For people who look after children") < page.index("Paediatric First Aid")
    assert page.index("1 place left") < page.index("12 places left")
    assert page.count("12 places left") == 1
    assert "<strong>2 courses, 3 dates</strong>" in page
    assert page.count("See 3 dates") == 1
    assert page.count("£90</span> per person, inc. VAT") == 2
    assert page.count("No dates yet.") == 1


def test_a_full_session_says_so(client: Client) -> None:
    session = make_session(capacity=1)
    make_booking(session)
    assert '<span class="tag tag-grey">Full</span>' in catalogue(client)


def test_what_is_not_on_sale_is_not_listed(client: Client) -> None:
    make_session(is_private=True)
    make_session(status=CourseSession.Status.DRAFT)
    make_session(status=CourseSession.Status.CANCELLED)
    make_session(starts_at=in_days(-1))
    hidden = make_course(name="Hidden course", is_published=False)
    make_session(course=hidden)
    page = catalogue(client)
    assert page.count("No dates yet.") == 4
    assert "Hidden course" not in page
    assert "places left" not in page


def test_nothing_to_show(client: Client) -> None:
    assert "No courses can be booked online at the moment" in catalogue(client)


def test_a_free_course_says_free(client: Client) -> None:
    make_session(course=make_course(price=Decimal(0)))
    page = catalogue(client)
    assert '<span class="price">Free</span>' in page
    assert "£0" not in page


def test_names_are_text_not_markup(client: Client) -> None:
    make_course(name="<b>Bold</b> & co")
    page = catalogue(client)
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in page
    assert "<b>Bold" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_catalogue_costs_four_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        course = make_course()
        for _ in range(number):
            make_booking(make_session(course=course))
    client.get("/")
    with django_assert_num_queries(4):
        client.get("/")


@pytest.mark.parametrize("number", [1, 3])
def test_a_course_costs_three_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    course = make_course()
    for _ in range(number):
        make_booking(make_session(course=course, days=2))
    client.get("/")
    with django_assert_num_queries(3):
        client.get(course.get_absolute_url())


def test_a_course_shows_every_date_with_access_and_a_way_to_book(client: Client) -> None:
    course = make_course(bring="Loose clothes")
    venue = make_venue(step_free=True, hearing_loop=False, parking=True)
    open_one = make_session(course=course, venue=venue, days=3)
    full = make_session(course=course, venue=venue, capacity=1)
    make_booking(full)
    closing = make_session(course=course, venue=venue, starts_at=clock.now() + timedelta(minutes=90))
    page = client.get(course.get_absolute_url()).content.decode()

    assert "<h1>Emergency First Aid at Work</h1>" in page
    assert page.count("Kelham Works, <strong>Sheffield</strong>") == 3
    assert (page.count("Step-free"), page.count("Hearing loop"), page.count("Parking")) == (3, 0, 3)
    assert f'class="button" href="/sessions/{open_one.code}/book/"' in page
    assert f' href="/sessions/{full.code}/book/">See other dates<' in page
    assert f'href="/sessions/{closing.code}/book/' not in page
    assert page.count("Online booking closed") == 1
    assert "Loose clothes" in page


def test_a_course_says_what_taking_part_is_like(client: Client) -> None:
    course = make_course(
        practised="CPR",
        description="You kneel if you can.\n\nBring with you:\n\n- your glasses\n- **patience**\n\n"
        "<script>alert(1)</script> [here](javascript:alert(1))",
    )
    page = client.get(course.get_absolute_url()).content.decode()
    told = page[page.index('<h2 id="taking-part">Taking part</h2>') :]
    assert page.index("What you will practise") < page.index("Taking part")
    assert "<p>You kneel if you can.</p>" in told
    assert "<ul>\n<li>your glasses</li>\n<li><strong>patience</strong></li>\n</ul>" in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [here](javascript:alert(1))" in told
    assert "We ask when you book what would help you take part." in told
    assert "alert(1)</script>" not in page


def test_taking_part_is_spoken_of_also_where_nothing_was_written_about_it(client: Client) -> None:
    page = client.get(make_course().get_absolute_url()).content.decode()
    assert '<h2 id="taking-part">Taking part</h2>\n      \n      <p>We ask when you book' in page


def test_a_session_without_a_venue_is_shown(client: Client) -> None:
    session = make_session()
    CourseSession.objects.update(venue=None)
    assert "We’ll tell you the place" in client.get(session.course.get_absolute_url()).content.decode()
    assert catalogue(client).count("12 places left") == 1


@pytest.mark.parametrize("slug", ["nothing", "%00", "hidden"])
def test_an_unknown_course_is_not_found(client: Client, slug: str) -> None:
    make_course(slug="hidden", is_published=False)
    assert client.get(f"/courses/{slug}/").status_code == 404


def test_reading_is_all_there_is_to_do(client: Client) -> None:
    course = make_course()
    assert client.post("/").status_code == 405
    assert client.post(course.get_absolute_url()).status_code == 405


def test_a_row_that_was_drawn_before_says_what_is_so_now(client: Client) -> None:
    """Rows are drawn once for the same facts; each of these changes one of them."""
    course = make_course(name="Emergency First Aid at Work")
    session = make_session(course=course)
    assert "12 places left" in catalogue(client)

    hold = make_hold(session, places=2)
    assert "10 places left" in catalogue(client)
    hold.delete()
    assert "12 places left" in catalogue(client)

    course.price, course.name, course.summary = Decimal(75), "Lifesaver", "For drivers <of vans>"
    course.save()
    page = catalogue(client)
    assert "£75</span> per person" in page
    assert page.count("Lifesaver") == 3
    assert "For drivers &lt;of vans&gt;" in page
    assert "Emergency First Aid at Work" not in page

    venue = make_venue(town="Whitby")
    CourseSession.objects.update(venue=venue)
    assert page.count("Whitby") == 0
    assert "· Whitby</strong>" in catalogue(client)
