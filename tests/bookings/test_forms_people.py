"""Step 2 as a form: what it makes of the answers, and what it keeps of them."""

from decimal import Decimal
from typing import Any

import pytest

from bookings.forms.people import PeopleStep
from bookings.models import Booking
from bookings.services.placing import Contact, Order, Person
from tests.bookings.answers import HANNAH

TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-email": "tom@example.org"}


def step(places: int, **answers: Any) -> PeopleStep:
    return PeopleStep(places=places, data=HANNAH | answers)


def person(number: int, first: str, last: str, email: str = "", **more: str) -> dict[str, str]:
    names = {"first_name": first, "last_name": last, "email": email} | more
    return {f"person-{number}-{name}": value for name, value in names.items()}


def problems(judged: PeopleStep) -> list[tuple[str, str]]:
    assert not judged.is_valid()
    return [(problem.href, problem.message) for problem in judged.problems()]


def test_an_order_with_the_booker_among_the_people() -> None:
    judged = step(3, coming="on", **TOM)
    assert judged.is_valid()
    assert judged.order(agreed_total=Decimal("270.00")) == Order(
        contact=Contact(
            first_name="Hannah",
            last_name="Okafor",
            email="hannah@example.org",
            phone="07700 900142",
            company="Rylstone Nursery",
            billing_address="4 Mill Lane\nHebden Bridge",
        ),
        people=[
            Person("Hannah", "Okafor", "hannah@example.org", is_booker=True),
            Person("Tom", "Ackroyd", "tom@example.org"),
            Person(),
        ],
        agreed_total=Decimal("270.00"),
        purpose=Booking.Purpose.WORK,
        po_number="RN-2208",
        referral_source="A colleague or friend",
    )


def test_an_order_for_others_only() -> None:
    judged = step(2, **TOM)
    assert judged.is_valid()
    assert judged.order(agreed_total=Decimal("180.00")).people == [
        Person(),
        Person("Tom", "Ackroyd", "tom@example.org"),
    ]


@pytest.mark.parametrize("email", ["", "tom@nowhere", "tom@example.org"])
def test_whose_emails_come_to_the_booker_needs_no_address(email: str) -> None:
    judged = step(1, **person(1, "Tom", "Ackroyd", email, to_booker="on"))
    assert judged.is_valid()
    assert judged.people_coming() == [Person("Tom", "Ackroyd", "")]


def test_a_tick_without_a_name_is_nobody_yet() -> None:
    judged = step(1, **person(1, "", "", to_booker="on"))
    assert judged.is_valid()
    assert judged.people_coming() == [Person()]


def test_half_a_person_is_asked_for_the_rest() -> None:
    assert problems(step(1, **{"person-1-first_name": "Tom"})) == [
        ("#id_person-1-last_name", "Person 1: enter a last name"),
        ("#id_person-1-email", "Person 1: enter an email address like name@example.com"),
    ]
    assert problems(step(1, **{"person-1-first_name": "Tom", "person-1-to_booker": "on"})) == [
        ("#id_person-1-last_name", "Person 1: enter a last name"),
    ]


def test_a_booker_who_comes_too_is_one_too_many_for_their_places() -> None:
    assert problems(step(2, coming="on", **TOM, **person(1, "Priya", "Shah", "priya@example.org"))) == [
        (
            "#id_coming",
            "With you, that’s 3 people for 2 places. Add another person, remove one, or untick this box",
        )
    ]


def test_two_people_may_share_an_address_and_are_told_what_comes_of_it() -> None:
    judged = step(3, **TOM, **person(1, "Priya", "Shah", "TOM@example.org "), **person(3, "Al", "Ro", HANNAH["email"]))
    assert judged.is_valid()
    assert [one.note for one in judged.people] == [
        "",
        "That’s the address of person 1 too. Each of them gets their own emails there.",
        "That’s your own address too, so their emails come to you.",
    ]


def test_the_same_name_and_address_twice_is_asked_about_once() -> None:
    twice = TOM | person(3, "tom", "ACKROYD", "Tom@Example.org")
    message = "is this the same person as person 2? Remove one of them, or tick the box to say that they’re two people"
    assert problems(step(3, **twice)) == [("#id_person-3-is_another", f"Person 3: {message}")]
    assert step(3, **twice, **{"person-3-is_another": "on"}).is_valid()
    assert step(3, **TOM, **person(3, "Tom", "Ackroyd", "other@example.org")).is_valid()


@pytest.mark.parametrize("email, to_booker", [("hannah@example.org", ""), ("", "on")])
def test_a_booker_who_names_themselves_again_is_asked(email: str, to_booker: str) -> None:
    judged = step(2, coming="on", **person(2, "Hannah", "Okafor", email, to_booker=to_booker))
    [(href, message)] = problems(judged)
    assert href == "#id_person-2-is_another"
    assert message.startswith("Person 2: is this the same person as person 1?")


def test_a_draft_gives_the_same_order_again() -> None:
    typed = HANNAH | TOM | {"coming": "on"}
    first = PeopleStep(places=2, data=typed)
    again = PeopleStep(places=2, data=PeopleStep.typed(typed, places=2))
    assert first.is_valid()
    assert again.is_valid()
    assert again.order(agreed_total=Decimal(1)) == first.order(agreed_total=Decimal(1))


def test_a_page_that_had_fewer_people_says_nothing_of_the_others() -> None:
    typed = PeopleStep.typed(HANNAH | TOM, places=3)
    assert sorted(key for key in typed if key.startswith("person-")) == [
        f"person-2-{name}" for name in ("email", "first_name", "is_another", "last_name", "to_booker")
    ]


def test_a_shown_draft_is_not_judged() -> None:
    shown = PeopleStep(places=1, draft={"first_name": "Hannah", "email": "no"})
    assert shown.problems() == []
    assert shown.booker["first_name"].value() == "Hannah"


def test_a_draft_is_bounded_and_can_be_encoded() -> None:
    draft = PeopleStep.typed({"last_name": "x" * 1_000_000, "first_name": "a\ud800b"}, places=1)
    assert len(draft["last_name"]) == 4000
    assert draft["first_name"] == "a?b"
    assert len("".join(map(str, draft.values())).encode()) < 5000


def test_problems_come_in_the_order_of_the_page() -> None:
    judged = step(2, first_name="", **{"person-1-last_name": "Shah", "person-2-email": "x"})
    assert [href for href, _message in problems(judged)] == [
        "#id_first_name",
        "#id_person-1-first_name",
        "#id_person-1-email",
        "#id_person-2-first_name",
        "#id_person-2-last_name",
        "#id_person-2-email",
    ]
