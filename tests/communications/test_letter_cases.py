"""What letters say in particular cases, and that nothing typed can turn them into something else."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from bookings.models import CourseSession
from communications import letters, selectors
from communications.models import Message
from communications.rendering import render
from communications.services import outbox
from config.kernel import clock
from invoicing.models import SupplierProfile
from tests.communications.builders import HANNAH, PRIYA, TOM, Book, Person, issue
from tests.communications.reading import LINK, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_first_of_november")]


def test_a_business_without_vat_shows_none(book: Book) -> None:
    SupplierProfile.objects.create(
        version=2, legal_name="Small Ltd", address="x", email="x", phone="x", vat_registered=False
    )
    booking = book()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=issue(booking))
    letter = written(message)
    # As a word: the secret in the link is made of any letters.
    assert not re.search(r"\bVAT\b", letter.text + letter.html)
    assert "1 place: £90.00\nPaid by Visa ending 4242: £90.00\n" in letter.text
    assert "\nSmall Ltd\n" in letter.text


def test_money_before_an_invoice_and_no_money_at_all(book: Book) -> None:
    [unbilled] = outbox.queue_booking_messages(booking=book(), invoice=None)
    assert "1 place: £90.00\nTo pay: £90.00\n" in written(unbilled).text
    [free] = outbox.queue_booking_messages(booking=book(total=Decimal(0)), invoice=None)
    letter = written(free)
    assert "This course is free. There is nothing to pay.\n" in letter.text
    assert "Tell us if you can’t come, so that somebody else can have the place.\n" in letter.text
    assert "£" not in letter.text + letter.html


def test_payments_without_a_note(book: Book) -> None:
    booking = book()
    invoice = issue(booking)
    assert ("Paid by Visa ending 4242", "£90.00") in letters._sums(booking, invoice)
    invoice.payment_note = ""
    assert ("Paid", "£90.00") in letters._sums(booking, invoice)


def test_a_course_of_three_days_at_a_place_not_settled(book: Book, make_session: Callable[..., CourseSession]) -> None:
    session = make_session(date(2027, 3, 26), date(2027, 3, 29), date(2027, 3, 30), code="X3", at_venue=False)
    [message, joining] = outbox.queue_booking_messages(booking=book([HANNAH, TOM], on=session), invoice=None)
    for letter in (written(message), written(joining)):
        assert letter.text.count("When: ") == 3
        assert (
            "When: Friday 26 March 2027, 9am to 4pm\n"
            "When: Monday 29 March 2027, 9am to 4pm\n"
            "When: Tuesday 30 March 2027, 9am to 4pm\n"
            "Where: We’ll write to you as soon as the place is settled.\n"
        ) in letter.text
        assert "We’ll write to you as soon as the place is settled." in letter.html
    assert written(message).subject == "You're booked: Emergency First Aid at Work, 26 to 30 March"


def test_a_venue_of_which_nothing_is_known_says_whom_to_ask(book: Book) -> None:
    booking = book()
    booking.session.venue.step_free = booking.session.venue.parking = False  # type: ignore[union-attr]
    booking.session.venue.save()  # type: ignore[union-attr]
    [message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert "Access: Call 0114 496 0321 to ask about access.\n" in written(message).text


def test_the_booker_is_told_whose_letters_come_to_them_and_whose_names_are_missing(book: Book) -> None:
    sentences = {
        "whose": "instructions for Priya",
        "names": "Tell us the missing names as soon as you know them.",
    }
    for people, told in (
        ([HANNAH], []),
        ([HANNAH, TOM], []),
        ([HANNAH, TOM, PRIYA], ["whose"]),
        ([HANNAH, Person()], ["names"]),
    ):
        message = outbox.queue_booking_messages(booking=book(people), invoice=None)[0]
        letter = written(message)
        for name, sentence in sentences.items():
            assert [body.count(sentence) for body in (letter.text, letter.html)] == [int(name in told)] * 2


def test_hostile_names_stay_text(book: Book) -> None:
    hostile = Person(
        "<script>alert(1)</script>", "\r\nBcc: all@evil.example http://evil.example/{{ link }}", "v@b.example"
    )
    booking = book([hostile, TOM], contact=hostile)
    confirmation, passed_on, joining = outbox.queue_booking_messages(booking=booking, invoice=issue(booking))
    for message, links in ((confirmation, 1), (passed_on, 0), (joining, 1)):
        letter = written(message)
        assert "\n" not in letter.subject
        for body in (letter.text, letter.html):
            assert "<script" not in body
            assert "\nBcc" not in body
            assert "http://evil" not in body
            assert "evil.example" not in body
            assert body.count(LINK) == links


def test_markup_of_the_office_is_escaped(book: Book) -> None:
    booking = book()
    booking.session.course.name = "Tea & <b>Cake</b>"
    booking.session.course.save()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    letter = written(message)
    assert letter.subject.startswith("You're booked: Tea & <b>Cake</b>, ")
    assert "1 place on Tea & <b>Cake</b>." in letter.text
    assert "1 place on Tea &amp; &lt;b&gt;Cake&lt;/b&gt;." in letter.html


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_a_letter_without_its_subject_is_a_mistake(kind: str) -> None:
    message = Message(kind=kind, to_email="a@b.example")
    with pytest.raises(ValueError, match="without"):
        render(message, link_url=LINK)


def test_an_apology_without_its_sum_is_a_mistake(book: Book) -> None:
    message = outbox.queue_no_place_refund(booking=book(), amount=Decimal(1))
    Message.objects.update(amount=None)
    with pytest.raises(ValueError, match="without its sum"):
        written(message)


def test_the_number_of_queries_does_not_grow_with_the_people(
    book: Book, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for people in ([HANNAH], [HANNAH, TOM, PRIYA]):
        booking = book(people)
        invoice = issue(booking)
        confirmation = outbox.queue_booking_messages(booking=booking, invoice=invoice)[0]
        # Message with booking and session, people, days; invoice; supplier.
        with django_assert_num_queries(5):
            render(selectors.with_subject(confirmation.pk), link_url=LINK)


def test_a_persons_letters_newest_first(book: Book, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    booking = book([HANNAH, TOM])
    [confirmation, _] = outbox.queue_booking_messages(booking=booking, invoice=None)
    apology = outbox.queue_no_place_refund(booking=booking, amount=Decimal(1))
    Message.objects.filter(pk=confirmation.pk).update(created_at=clock.now() - timedelta(days=1))
    with django_assert_num_queries(1):
        found = list(selectors.for_customer(booking.customer))
        assert [(message.pk, message.booking) for message in found] == [
            (apology.pk if apology else None, booking),
            (confirmation.pk, booking),
        ]
