"""Step 2 as a form: what it makes of the answers, and what it keeps of them."""

from decimal import Decimal
from typing import Any

from bookings.forms.people import PeopleStep
from bookings.models import Booking
from bookings.services.placing import Contact, Order, Person
from bookings.services.requirements import NOTHING_NEEDED, Needs, OwnWords
from tests.bookings.answers import HANNAH

TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-email": "tom@example.org"}


def step(places: int, **answers: Any) -> PeopleStep:
    return PeopleStep(places=places, data=HANNAH | answers)


def test_an_order_with_the_booker_among_the_people() -> None:
    judged = step(3, coming="on", own_words="A chair", own_words_consent="on", **TOM)
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
            Person(
                "Hannah",
                "Okafor",
                "hannah@example.org",
                is_booker=True,
                needs=Needs(own_words=OwnWords("A chair", "2026-11")),
            ),
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


def test_consent_without_words_is_nothing() -> None:
    judged = step(1, coming="on", own_words="  ", own_words_consent="on")
    assert judged.is_valid()
    assert judged.order(agreed_total=Decimal("90.00")).people[0].needs == NOTHING_NEEDED


def test_own_words_are_never_printed() -> None:
    judged = step(1, coming="on", own_words="sentinel", own_words_consent="on")
    assert judged.is_valid()
    assert "sentinel" not in repr(judged.order(agreed_total=Decimal("90.00")))


def test_a_draft_gives_the_same_order_again() -> None:
    first = step(2, coming="on", own_words="A chair", own_words_consent="on", **TOM)
    again = PeopleStep(places=2, data=first.draft())
    assert first.is_valid()
    assert again.is_valid()
    assert again.order(agreed_total=Decimal(1)) == first.order(agreed_total=Decimal(1))


def test_a_shown_draft_is_not_judged() -> None:
    shown = PeopleStep(places=1, draft={"first_name": "Hannah", "email": "no"})
    assert shown.problems() == []
    assert shown.booker["first_name"].value() == "Hannah"


def test_a_draft_is_bounded_and_can_be_encoded() -> None:
    draft = step(1, own_words="x" * 1_000_000, first_name="a\ud800b").draft()
    assert len(draft["own_words"]) == 4000
    assert draft["first_name"] == "a?b"
    assert len("".join(map(str, draft.values())).encode()) < 5000


def test_two_people_may_share_an_address() -> None:
    assert step(
        2, **(TOM | {"person-1-first_name": "Priya", "person-1-last_name": "Shah", "person-1-email": "tom@example.org"})
    ).is_valid()


def test_problems_come_in_the_order_of_the_page() -> None:
    judged = step(2, first_name="", own_words="A chair", **{"person-1-last_name": "Shah", "person-2-email": "x"})
    assert not judged.is_valid()
    assert [problem.href for problem in judged.problems()] == [
        "#id_first_name",
        "#id_own_words_consent",
        "#id_person-1-first_name",
        "#id_person-2-first_name",
        "#id_person-2-last_name",
        "#id_person-2-email",
    ]
