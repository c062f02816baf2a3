"""Looking for a course: what, where, when and for how many, as an address that can be sent to somebody."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bookings.forms.filters import Wanted, people
from bookings.models import CourseSession
from config.kernel import clock
from tests.factories import make_booking, make_course, make_session, make_venue

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def timetable() -> dict[str, CourseSession]:
    """Two courses, two towns, two months."""
    work, children = make_course(name="At Work", slug="at-work"), make_course(name="With Children", slug="children")
    leeds, york = make_venue(name="Mill", town="Leeds"), make_venue(name="Gate", town="York")
    return {
        "work in Leeds": make_session(course=work, venue=leeds, starts_at=datetime(2026, 12, 3, 9, tzinfo=UTC)),
        "work in York": make_session(course=work, venue=york, starts_at=datetime(2027, 1, 14, 9, tzinfo=UTC)),
        "children in York": make_session(course=children, venue=york, starts_at=datetime(2026, 12, 8, 9, tzinfo=UTC)),
    }


def shown(client: Client, query: str = "") -> str:
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def has_link(page: str, address: str, words: str, mark: str = "") -> bool:
    """Whether a link with these words leads there; `mark` is an attribute that it has to have."""
    return bool(re.search(rf'<a href="{re.escape(address)}"[^>]*{mark}[^>]*>{re.escape(words)}</a>', page))


def dates_on(page: str) -> list[str]:
    return re.findall(r"<strong>(\w.*? · \w+)</strong>", page)


ALL = ["Thu 3 Dec · Leeds", "Thu 14 Jan · York", "Tue 8 Dec · York"]


@pytest.mark.parametrize(
    "query, dates, counts",
    [
        ("", ALL, "2 courses, 3 dates"),
        ("?what=&where=&when=&people=1", ALL, "2 courses, 3 dates"),
        ("?what=at-work", ALL[:2], "1 course, 2 dates"),
        ("?where=York", ALL[1:], "2 courses, 2 dates"),
        ("?when=2026-12", [ALL[0], ALL[2]], "2 courses, 2 dates"),
        ("?where=York&when=2026-12", ALL[2:], "1 course, 1 date"),
        ("?what=at-work&where=York&when=2027-01", ALL[1:2], "1 course, 1 date"),
    ],
)
@pytest.mark.usefixtures("timetable")
def test_a_search_shows_what_fits_and_counts_it(client: Client, query: str, dates: list[str], counts: str) -> None:
    page = shown(client, query)
    assert dates_on(page) == dates
    assert f"<strong>{counts}</strong>" in page


@pytest.mark.parametrize(
    "query", ["?what=nothing", "?where=Atlantis", "?when=2020-01", "?when=%00", "?people=x", "?people=999999999999999"]
)
@pytest.mark.usefixtures("timetable")
def test_what_nobody_offers_counts_as_not_asked_for(client: Client, query: str) -> None:
    assert dates_on(shown(client, query)) == ALL


@pytest.mark.usefixtures("timetable")
def test_a_search_is_shown_back_and_can_be_cleared(client: Client) -> None:
    page = shown(client, "?what=at-work&where=York&people=3")
    for value in ("at-work", "York", "3"):
        assert f'<option value="{value}" selected>' in page
    assert has_link(page, "/", "Clear all")
    assert "Clear all" not in shown(client, "?people=3")


@pytest.mark.usefixtures("timetable")
def test_nothing_found_leads_to_what_is_near(client: Client) -> None:
    page = shown(client, "?what=children&where=Leeds&when=2027-01&people=2")
    assert dates_on(page) == []
    assert "With Children in Leeds, January 2027." in page
    assert "Any course in Leeds, January 2027" not in page
    page = shown(client, "?what=children&where=Leeds&when=2026-12&people=2")
    anywhere, any_course = (
        "/?what=children&amp;when=2026-12&amp;people=2",
        "/?where=Leeds&amp;when=2026-12&amp;people=2",
    )
    assert has_link(page, anywhere, "With Children, anywhere, December 2026 (1 date)")
    assert has_link(page, any_course, "Any course in Leeds, December 2026 (1 date)")


def test_dates_with_too_few_places_are_marked(client: Client, timetable: dict[str, CourseSession]) -> None:
    make_booking(timetable["work in Leeds"], people=[("", "", "")] * 10)
    page = shown(client, "?people=3")
    assert page.count("Only 2 left, you need 3") == 1
    course = client.get("/courses/at-work/?people=3").content.decode()
    assert course.count("Only 2 left, you need 3") == 1
    assert f'href="/sessions/{timetable["work in York"].code}/book/?people=3"' in course
    assert f'class="button" href="/sessions/{timetable["work in Leeds"].code}/book/' not in course
    assert 'href="/courses/at-work/?people=3"' in page


@pytest.mark.parametrize(
    "text, number", [("", 1), ("0", 1), ("1", 1), ("12", 12), ("13", 12), ("-1", 1), ("²", 1), ("1e9", 1)]
)
def test_people_are_one_to_twelve(text: str, number: int) -> None:
    assert people({"people": text}) == number


def test_an_address_carries_only_what_is_asked_for() -> None:
    assert Wanted().query() == ""
    assert Wanted(where="Hebden Bridge", people=2).query(when="2026-12") == "?where=Hebden+Bridge&when=2026-12&people=2"


def test_a_course_is_narrowed_to_a_town(client: Client, timetable: dict[str, CourseSession]) -> None:
    page = client.get("/courses/at-work/?where=York").content.decode()
    assert "Thursday 14 January 2027" in page
    assert "Thursday 3 December 2026" not in page
    assert has_link(page, "/courses/at-work/?where=York#dates", "York", 'aria-current="true"')
    assert has_link(page, "/courses/at-work/#dates", "All places")


def test_more_than_five_dates_are_a_press_away(client: Client) -> None:
    course = make_course(slug="at-work")
    for day in range(1, 8):
        make_session(course=course, starts_at=datetime(2026, 12, day, 9, tzinfo=UTC))
    page = client.get("/courses/at-work/?people=2").content.decode()
    assert page.count("12 places left") == 5
    assert re.search(r'<a [^>]*href="/courses/at-work/\?people=2&amp;all=1#dates"[^>]*>Show 2 more dates</a>', page)
    whole = client.get("/courses/at-work/?people=2&all=1").content.decode()
    assert whole.count("12 places left") == 7
    assert "more date" not in whole


def test_a_cancelled_date_stands_with_the_course_and_not_in_the_catalogue(client: Client) -> None:
    session = make_session(course=make_course(slug="at-work"), starts_at=datetime(2026, 12, 3, 9, tzinfo=UTC))
    CourseSession.objects.filter(pk=session.pk).update(status=CourseSession.Status.CANCELLED, cancelled_at=NOW)
    page = client.get("/courses/at-work/").content.decode()
    assert '<span class="tag tag-grey">Cancelled</span>' in page
    assert session.code not in page
    assert "Cancelled" not in shown(client)


@pytest.mark.parametrize(
    "asked, others",
    [("", "?all=1#dates"), ("?people=2&where=Leeds", "?where=Leeds&amp;people=2&amp;all=1#dates")],
)
def test_a_cancelled_date_leads_to_the_others(client: Client, asked: str, others: str) -> None:
    course, venue = make_course(slug="at-work"), make_venue(town="Leeds")
    session = make_session(course=course, venue=venue, starts_at=datetime(2026, 12, 3, 9, tzinfo=UTC))
    CourseSession.objects.filter(pk=session.pk).update(status=CourseSession.Status.CANCELLED, cancelled_at=NOW)
    make_session(course=course, starts_at=datetime(2026, 12, 10, 9, tzinfo=UTC))
    page = client.get(f"/courses/at-work/{asked}").content.decode()
    spoken = '<span class="visually-hidden"> than Thursday 3 December 2026</span>'
    assert f'<a class="lone-link" href="/courses/at-work/{others}">Choose another date{spoken}</a>' in page
    assert page.count("Choose another date") == 1


@pytest.mark.usefixtures("timetable")
def test_search_engines_are_told_one_address_whatever_is_looked_for(client: Client, settings: Settings) -> None:
    for path, query in (
        ("/", "?what=at-work&where=York&people=3"),
        ("/courses/at-work/", "?where=York&people=3&all=1"),
    ):
        page = client.get(path + query).content.decode()
        assert re.findall(r'<link rel="canonical" href="(.*?)">', page) == [settings.SITE_URL + path]


def structured(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_search_engines_read_course_and_offers(client: Client, settings: Settings) -> None:
    course = make_course(slug="at-work", name="Work & </script><b>", price=Decimal("90.00"))
    session = make_session(course=course, starts_at=datetime(2026, 12, 3, 9, tzinfo=UTC), venue=make_venue())
    page = client.get("/courses/at-work/").content.decode()
    address = f"{settings.SITE_URL}/courses/at-work/"
    assert f'<link rel="canonical" href="{address}">' in page
    facts = structured(page)
    assert (facts["@type"], facts["name"], facts["url"]) == ("Course", "Work & </script><b>", address)
    (instance,) = facts["hasCourseInstance"]
    assert instance["startDate"] == "2026-12-03T09:00:00+00:00"
    assert instance["location"]["address"]["addressLocality"] == "Sheffield"
    assert instance["offers"] == {
        "@type": "Offer",
        "category": "Paid",
        "price": "90.00",
        "priceCurrency": "GBP",
        "availability": "https://schema.org/InStock",
        "url": f"{settings.SITE_URL}/sessions/{session.code}/book/",
    }


def test_search_engines_are_told_the_same_whatever_number_was_asked_for(client: Client) -> None:
    course = make_course(slug="at-work")
    now = clock.now()
    make_booking(make_session(course=course, starts_at=now + timedelta(days=30), capacity=1))
    make_session(course=course, starts_at=now + timedelta(days=31), capacity=2)
    make_session(course=course, starts_at=now + timedelta(minutes=1), capacity=2)
    for query in ("", "?people=12"):
        facts = structured(client.get(f"/courses/at-work/{query}").content.decode())
        told = [one["offers"]["availability"].rpartition("/")[2] for one in facts["hasCourseInstance"]]
        # One that has closed, one that is full, one with room.
        assert told == ["SoldOut", "SoldOut", "InStock"]


def test_the_sitemap_names_public_pages_and_published_courses(client: Client) -> None:
    make_course(slug="at-work")
    make_course(slug="hidden", is_published=False)
    page = client.get("/sitemap.xml").content.decode()
    assert re.findall(r"<loc>http://testserver(.*?)</loc>", page) == [
        "/",
        "/help/",
        "/terms/",
        "/privacy/",
        "/accessibility/",
        "/certificates/verify/",
        "/courses/at-work/",
    ]
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /bookings/\n" in robots
    assert re.search(r"^Sitemap: http.*/sitemap\.xml$", robots, re.MULTILINE)


@pytest.mark.parametrize("host", ["www.example.org", "example.org"])
def test_the_sitemap_names_the_sites_own_address_whichever_was_asked(
    client: Client, settings: Settings, host: str
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://www.example.org", ["www.example.org", "example.org"]
    make_course(slug="at-work")
    page = client.get("/sitemap.xml", headers={"host": host}).content.decode()
    assert (page.count("<loc>https://www.example.org/"), page.count("<loc>")) == (7, 7)


@pytest.mark.parametrize(
    "days, hours, words",
    [(1, "3.0", "3 hours"), (1, "6.0", "1 day"), (3, "18.0", "3 days"), (1, "3.5", "3.5 hours")],
)
def test_how_long_a_course_takes(client: Client, days: int, hours: str, words: str) -> None:
    make_course(days=days, contact_hours=Decimal(hours), certificate_months=18)
    page = shown(client)
    assert f"<span>{words}</span>" in page
    assert "<span>Lasts 18 months</span>" in page
