"""What each letter says, in both of its forms."""

from decimal import Decimal

import pytest

from communications.models import Message
from communications.services import outbox
from communications.services.links import link_for
from config.kernel import clock
from tests.communications.builders import HANNAH, PRIYA, TOM, Book, Person, issue, store_pdf
from tests.communications.reading import LINK, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_first_of_november")]

MAP = "https://www.google.com/maps/search/?api=1&query=Kelham+Works%2C+Green+Lane%2C+Sheffield+S3+8SE"
FOOTER = """\
--------

Need a hand? Call 0114 496 0321, Monday to Friday, 8:30am to 5pm, or
reply to this email.

React Fast Training Ltd · Company no. 12345678 · VAT no. GB 123 4567 89
"""


def test_the_confirmation(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA, Person()])
    invoice = issue(booking)
    message = outbox.queue_booking_messages(booking=booking, invoice=invoice)[0]
    letter = written(message)
    assert letter.subject == "You're booked: Emergency First Aid at Work, Thu 3 December"
    assert letter.text == (
        f"""\
You’re booked, Hannah

4 places on Emergency First Aid at Work.

Booking reference: {booking.reference}
When: Thursday 3 December 2026, 9am to 4pm
Where: Kelham Works, Green Lane, Sheffield S3 8SE
Map:
{MAP}
How to find it: Past the mill, then left.
Access: There is step-free access and parking. Call 0114 496 0321 to ask
about anything else.
Who: Hannah Okafor
Who: Tom Ackroyd, joining instructions sent
Who: Priya Sharma, instructions to pass on
Who: Person 4: name to follow
What to bring: Comfortable clothes.
Lunch.

Tell us the missing names as soon as you know them.

We write to everyone whose own email address you gave us. Joining
instructions for Priya come to you: pass them on.

View your booking:
{LINK}

WHAT YOU PAID

4 places, before VAT: £300.00
VAT at 20%: £60.00
Paid by Visa ending 4242: £360.00
Your invoice follows in a separate email.

IF YOUR PLANS CHANGE

Swap a name free of charge, up to the morning of the course.
Cancel by Thursday 19 November 2026 and we refund everything. After that
we refund half, until Thursday 26 November 2026. Later there is no
refund.
Move to another date free of charge, once, by Thursday 26 November 2026.

ATTACHED

Calendar file: emergency-first-aid.ics

"""
        + FOOTER
        + "We sent this because you made a booking. It is not marketing.\n"
    )
    for fact in (LINK, booking.reference, "Tom Ackroyd, joining instructions sent", "£360.00", "we refund half"):
        assert letter.html.count(fact) == 1
    escaped = MAP.replace("&", "&amp;")
    assert f'href="{escaped}">See Kelham Works on a map</a>' in letter.html
    assert [attachment.filename for attachment in letter.attachments] == ["emergency-first-aid.ics"]


def test_the_confirmation_with_its_invoice(book: Book) -> None:
    booking = book()
    invoice = issue(booking)
    [message] = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    store_pdf(invoice)
    Message.objects.update(invoice=invoice)
    letter = written(message)
    assert "1 place on Emergency First Aid at Work." in letter.text
    assert f"ATTACHED\n\nInvoice: {invoice.number}.pdf\nCalendar file: emergency-first-aid.ics\n" in letter.text
    assert letter.html.count(f"{invoice.number}.pdf") == 1
    assert "follows" not in letter.text + letter.html
    assert [a.filename for a in letter.attachments] == [f"{invoice.number}.pdf", "emergency-first-aid.ics"]


def test_joining_instructions_say_nothing_about_the_others_the_money_or_the_booking(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    issue(booking)
    [_, message, _] = outbox.queue_booking_messages(booking=booking, invoice=None)
    letter = written(message)
    assert letter.subject == "Your course on Thu 3 December: what to know"
    assert letter.text == (
        f"""\
You’re coming to Emergency First Aid at Work

Hello Tom. Hannah Okafor booked a place for you on Emergency First Aid
at Work.

When: Thursday 3 December 2026, 9am to 4pm
Where: Kelham Works, Green Lane, Sheffield S3 8SE
Map:
{MAP}
How to find it: Past the mill, then left.
Access: There is step-free access and parking. Call 0114 496 0321 to ask
about anything else.
What to bring: Comfortable clothes.
Lunch.

See your place on this course:
{LINK}

This link is yours alone. On the page you can see everything about the
day, and tell us what would help you.

NEED ANYTHING?

Tell us on your page what would help you take part. Who booked doesn’t
see it. You can also call us, or reply to this email.

CAN’T COME?

Tell Hannah Okafor. They can give your place to somebody else.

ATTACHED

Calendar file: emergency-first-aid.ics

"""
        + FOOTER
        + "We sent this because Hannah Okafor gave us your address when booking. It\nis not marketing.\n"
    )
    [calendar] = letter.attachments
    everything = letter.subject + letter.text + letter.html + calendar.content.decode()
    for secret in ("Priya", "Sharma", "hannah@example.org", booking.reference, str(booking.pk), "£", "270.00"):
        assert secret not in everything


def test_joining_instructions_to_pass_on_open_nothing(book: Book) -> None:
    booking = book([HANNAH, TOM, PRIYA])
    [_, _, message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    assert link_for(message) is None
    letter = written(message, link="")
    assert letter.subject == "For Priya: course on Thu 3 December"
    assert letter.text == (
        f"""\
For Priya: Emergency First Aid at Work

Hello Hannah. These are Priya’s joining instructions. Pass them on.

When: Thursday 3 December 2026, 9am to 4pm
Where: Kelham Works, Green Lane, Sheffield S3 8SE
Map:
{MAP}
How to find it: Past the mill, then left.
Access: There is step-free access and parking. Call 0114 496 0321 to ask
about anything else.
What to bring: Comfortable clothes.
Lunch.

DOES PRIYA NEED ANYTHING?

Priya can tell us what would help to take part: call 0114 496 0321, or
email hello@reactfast.example.

PRIYA CAN’T COME?

You can give the place to somebody else. Call us, or reply to this
email.

ATTACHED

Calendar file: emergency-first-aid.ics

"""
        + FOOTER
        + "We sent this because you booked for Priya and gave us no other email\n"
        + "address for them. It is not marketing.\n"
    )
    [calendar] = letter.attachments
    everything = letter.subject + letter.text + letter.html + calendar.content.decode()
    for secret in ("Tom", "/access/", "This link is yours", booking.reference, str(booking.pk), "£", "270.00"):
        assert secret not in everything


def test_a_long_name_leaves_the_date_in_the_subject(book: Book) -> None:
    booking = book([Person("Wolfeschlegelsteinhausenbergerdorff" * 2, "Lee")])
    [_, message] = outbox.queue_booking_messages(booking=booking, invoice=None)
    letter = written(message, link="")
    assert letter.subject == "For Wolfeschlegelsteinhausenberg…: course on Thu 3 December"
    assert f"For {'Wolfeschlegelsteinhausenbergerdorff' * 2}: Emerg" in " ".join(letter.html.split())


def test_nobodys_name_is_missed(book: Book) -> None:
    booking = book([Person(email="x@example.org")], contact=Person(email="y@example.org"))
    letters = [written(message) for message in outbox.queue_booking_messages(booking=booking, invoice=None)]
    assert letters[0].text.startswith("You’re booked\n")
    assert "Someone booked a place for you" in letters[1].text
    assert "Tell the person who booked." in letters[1].text


def test_the_invoice_letter(book: Book) -> None:
    invoice = issue(book(po_number="PO-77"))
    store_pdf(invoice)
    letter = written(outbox.queue_invoice_follow_up(invoice=invoice))
    assert letter.subject == f"Invoice {invoice.number} from React Fast Training"
    assert letter.text.split("--------")[0] == (
        f"""\
Your invoice

Here is the invoice for Emergency First Aid at Work.

Invoice: {invoice.number}
Booking: {invoice.booking_reference}
PO number: PO-77
Total: £90.00
Paid: £90.00, on Friday 20 November 2026

There is nothing left to pay.

View your booking:
{LINK}

ATTACHED

Invoice: {invoice.number}.pdf

"""
    )
    assert [attachment.filename for attachment in letter.attachments] == [f"{invoice.number}.pdf"]


def test_an_invoice_that_is_not_paid_says_what_is_due_and_when(book: Book) -> None:
    booking = book()
    invoice = issue(booking, paid="30.00")
    store_pdf(invoice)
    letter = written(outbox.queue_invoice_follow_up(invoice=invoice))
    assert invoice.due_on is not None
    assert f"Still to pay: £60.00, due by {clock.format_date(invoice.due_on)}\n" in letter.text
    assert "nothing left" not in letter.text + letter.html
    [message] = outbox.queue_booking_messages(booking=booking, invoice=invoice)
    assert "Paid by Visa ending 4242: £30.00\nStill to pay: £60.00\n" in written(message).text


def test_a_booking_on_account_says_what_is_still_to_pay(book: Book) -> None:
    booking = book()
    [message] = outbox.queue_booking_messages(booking=booking, invoice=issue(booking, paid="0.00"))
    assert "VAT at 20%: £15.00\nStill to pay: £90.00\nYour invoice follows" in written(message).text


def test_the_apology(book: Book) -> None:
    booking = book()
    letter = written(outbox.queue_no_place_refund(booking=booking, amount=Decimal("90.00")))
    assert letter.subject == f"Refund of £90.00, {booking.reference}"
    assert letter.text.split("--------")[0] == (
        f"""\
We’re sorry: the places had gone

Hello Hannah. Your payment reached us after the time your places were
kept for, and by then they had been taken. You are not booked on this
course, and we are sending all of your money back.

Booking reference: {booking.reference}
Course: Emergency First Aid at Work, Thursday 3 December 2026
Refund: £90.00

The money goes back to the card or account you paid with. Banks usually
take 5 to 10 working days.

WHAT YOU CAN DO NEXT

See other dates for this course:
http://testserver/courses/emergency-first-aid/

Or call us on 0114 496 0321, and we’ll look for a date with you.

"""
    )
    assert (letter.attachments, LINK in letter.text + letter.html) == ((), False)
