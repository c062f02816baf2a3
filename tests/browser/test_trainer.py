"""Who teaches looks at their course on a telephone: who comes, what was ticked for them, and the list to print."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pypdf import PdfReader

from bookings.models import Course, CourseSession, RequirementTemplate
from config.kernel import clock
from customers.models import User, Viewing
from customers.roles import RoleName
from tests.browser.members import log_in, make_member
from tests.browser.walking import Walk
from tests.factories import make_booking, make_course, make_requirement, make_session
from tests.system.site import RunningSite

OWN_WORDS = "sentinel-epilepsy"
TWELVE = [("Tom", f"Ackroyd {number}", "") for number in range(1, 13)]


@pytest.fixture
def teacher(site: RunningSite) -> User:
    return make_member(RoleName.INSTRUCTOR, first_name="Jo", last_name="Bramley")


@pytest.fixture
def another(teacher: User) -> Iterator[CourseSession]:
    """Somebody else's, beside one of theirs with twelve people. The catalogue is as it was afterwards."""
    soon = clock.now() + timedelta(days=3)
    theirs, another = (
        make_session(course=make_course(name=name), starts_at=soon, capacity=12)
        for name in ("Fell Rescue First Aid", "Harbour First Aid")
    )
    theirs.instructors.add(teacher)
    make_booking(another)
    booking = make_booking(theirs, people=TWELVE)
    make_requirement(
        booking.attendees.earliest("position"),
        own_words=OWN_WORDS,
        adjustments={"slugs": [RequirementTemplate.objects.earliest("position").slug]},
    )
    yield another
    Course.objects.filter(sessions__in=(theirs, another)).update(is_published=False)


def links(page: Page) -> set[str]:
    found = page.locator("a[href]").evaluate_all("(links) => links.map(({href}) => href.split('#')[0])")
    return {link for link in found if urlsplit(link).path.startswith("/admin/")}


def test_a_trainer_prepares_their_course(walk: Callable[..., Walk], teacher: User, another: CourseSession) -> None:
    trainer = walk(width=390)
    page = trainer.page
    offered: set[str] = set()

    def follow(name: str) -> None:
        with page.expect_navigation():
            page.locator("main").get_by_role("link", name=name, exact=True).click()
        assert trainer.sticking_out() == []
        offered.update(links(page))

    log_in(trainer, teacher)
    coming = page.locator("table.coming").inner_text()
    assert ("Fell Rescue First Aid" in coming, "Harbour First Aid" in coming) == (True, False)
    offered.update(links(page))

    follow("Fell Rescue First Aid")
    assert trainer.headings == ["Fell Rescue First Aid"]
    follow("On record for Tom Ackroyd 1")
    trainer.has_words("Each look at it is written down with your name.")
    assert not Viewing.objects.filter(actor_user=teacher).exists()
    with page.expect_navigation():
        page.get_by_role("button", name="Show what was said").click()
    trainer.has_words(RequirementTemplate.objects.earliest("position").label)
    assert OWN_WORDS not in trainer.document
    assert Viewing.objects.filter(actor_user=teacher).count() == 1

    follow("Fell Rescue First Aid")
    follow("List to print")
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    (words,) = [" ".join(sheet.extract_text().split()) for sheet in paper.pages]
    assert [number for number in range(1, 13) if f"Ackroyd {number} " not in words] == []
    assert ("Menu" in words, "Print this page" in words) == (False, False)

    for name in ("page", "people"):
        trainer.open(reverse(f"admin:bookings_coursesession_{name}", args=[another.pk]))
        assert trainer.status == 404
    assert len(offered) >= 5
    assert [link for link in sorted(offered) if page.request.get(link).status != 200] == []
