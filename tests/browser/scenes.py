"""How a person comes to a page in a certain state. What lies before it is done over HTTP, which is quicker."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bookings.models import Booking, Course, CourseSession, Hold
from config.kernel import clock
from customers.models import AccessLink
from customers.services import access
from customers.services.visits import begin_visit
from customers.visit_cookies import COOKIE_NAME
from tests.browser.walking import Walk
from tests.factories import make_booking, make_course, make_session, make_user
from tests.system.site import RunningSite
from tests.system.visitor import Answer, Visitor

COURSE = "Moor and Mountain First Aid"
THREE = {
    "person-2-first_name": "Tom",
    "person-2-last_name": "Ackroyd",
    "person-2-email": "tom@example.org",
    "person-3-first_name": "Priya",
    "person-3-last_name": "Nair",
    "person-3-to_booker": "on",
}
"""Whom Hannah brings."""


@dataclass
class Scene:
    """One person's browser at the running site, and what is made up around them."""

    site: RunningSite
    walk: Walk

    def session(self, **fields: Any) -> CourseSession:
        """A session of the one course that is made up here."""
        course = Course.objects.filter(name=COURSE).first() or make_course(name=COURSE)
        return make_session(course=course, **fields)

    def course_without_dates(self) -> Course:
        return make_course(name="Lone Worker First Aid")

    def visitor(self) -> Visitor:
        return self.site.visitor()

    def go_on(self, visitor: Visitor, answer: Answer) -> None:
        """Opens, in the browser, the page that the visitor came to."""
        self.walk.take_over(visitor)
        self.walk.open(answer.path)

    def lapse(self, session: CourseSession) -> None:
        """The time for which places on it were held is over."""
        Hold.objects.filter(session=session).update(expires_at=clock.now() - timedelta(seconds=1))

    def open_link(self, purpose: AccessLink.Purpose, key: uuid.UUID) -> None:
        """Opens the address in somebody's letter."""
        soon = clock.now() + timedelta(days=1)
        link = access.make_access_link(purpose=purpose, subject_key=str(key), expires_at=soon)
        self.walk.open(self.path_of(link))

    def reference(self, path: str) -> str:
        """Of the booking whose page that is."""
        return path.split("/")[2]

    def path_of(self, link: AccessLink) -> str:
        return urlsplit(access.link_url(link)).path

    def booking(self, **fields: Any) -> Booking:
        """A booking of three people, as plain rows."""
        people = [("Hannah", "Okafor", "hannah@example.org"), ("Tom", "Ackroyd", "tom@example.org"), ("", "", "")]
        fields = {"people": people} | fields
        session = fields.pop("session", None) or self.session(capacity=20)
        return make_booking(session, customer=fields.pop("customer", None) or make_user(), **fields)

    def sign_in(self, bookings: int = 0) -> None:
        """As somebody with so many bookings."""
        person = make_user()
        for _ in range(bookings):
            self.booking(customer=person)
        token = begin_visit(user=person, keep=False).token
        self.walk.page.context.add_cookies([{"name": COOKIE_NAME, "value": token, "url": self.site.url}])
