"""Courses, venues, people and sessions as rows, ready to be stored together."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bookings.models import Course, CourseSession, SessionDay, Venue
from bookings.services.scheduling import CODE_LENGTH
from config.demo.courses import courses
from config.demo.days import meeting
from config.demo.people import MEMBERS, customers, instructors, new_user, organisation
from config.demo.timetable import DemoSession
from config.demo.venues import venues
from config.kernel import clock
from config.kernel.references import new_code
from customers.models import Membership, Organisation, User

type SessionKey = tuple[str, str, date]


@dataclass(frozen=True)
class Catalogue:
    """Rows that are not stored yet, by what plans call them: slug, town, address, key of a session."""

    courses: dict[str, Course]
    venues: dict[str, Venue]
    instructors: list[User]
    customers: dict[str, User]
    organisation: Organisation
    sessions: dict[SessionKey, CourseSession] = field(default_factory=dict)
    days: list[SessionDay] = field(default_factory=list)
    teaching: list[tuple[CourseSession, User]] = field(default_factory=list)

    @property
    def members(self) -> list[User]:
        """Who works at the organisation, who books for it first."""
        return list(self.customers.values())[:MEMBERS]

    def add_session(self, demo: DemoSession, *, status: CourseSession.Status, created_at: datetime) -> CourseSession:
        course, days = self.courses[demo.course], [meeting(day) for day in demo.days]
        session = CourseSession(
            code=new_code(CODE_LENGTH),
            course=course,
            venue=self.venues[demo.town],
            status=status,
            capacity=demo.capacity,
            price=course.price if demo.price is None else demo.price,
            vat_rate=course.vat_rate,
            starts_at=days[0].starts_at,
            ends_at=days[-1].ends_at,
            created_at=created_at,
        )
        self.sessions[demo.key] = session
        self.days.extend(SessionDay(session=session, **day._asdict()) for day in days)
        if demo.instructor is not None:
            self.teaching.append((session, self.instructors[demo.instructor]))
        return session


def new_catalogue() -> Catalogue:
    """Everything but the sessions."""
    people = instructors()
    for person in people:
        person.kind = User.Kind.INSTRUCTOR
    return Catalogue(
        courses={course.slug: course for course in courses()},
        venues={venue.town: venue for venue in venues()},
        instructors=people,
        customers={person.email: new_user(person) for person in customers()},
        organisation=organisation(),
    )


def store(catalogue: Catalogue, *, since: date) -> None:
    """Stores it all; the organisation's members have been there since a day. Part of the caller's transaction."""
    Course.objects.bulk_create(catalogue.courses.values())
    Venue.objects.bulk_create(catalogue.venues.values())
    User.objects.bulk_create([*catalogue.instructors, *catalogue.customers.values()])
    catalogue.organisation.save(force_insert=True)
    Membership.objects.bulk_create(
        Membership(
            user=member,
            organisation=catalogue.organisation,
            role=Membership.Role.MEMBER if number else Membership.Role.ORGANISER,
            started_on=since,
        )
        for number, member in enumerate(catalogue.members)
    )
    CourseSession.objects.bulk_create(catalogue.sessions.values())
    SessionDay.objects.bulk_create(catalogue.days)
    through = CourseSession.instructors.through
    through.objects.bulk_create(through(coursesession=session, user=person) for session, person in catalogue.teaching)


def stored_sessions() -> dict[SessionKey, CourseSession]:
    """The sessions that are stored, by what plans call them."""
    sessions = CourseSession.objects.select_related("course", "venue").filter(venue__isnull=False)
    return {
        (session.course.slug, session.venue.town, clock.london_date(session.starts_at)): session
        for session in sessions
        if session.venue
    }
