"""Issuing: once, with copies that stay as they are."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from bookings.models import Attendee, Booking, CourseSession
from customers.models import Organisation
from invoicing.models import Invoice, InvoiceLine, NumberSequence
from invoicing.services.issuing import issue_invoice
from invoicing.services.suppliers import add_version
from tests.factories import make_booking, make_user
from tests.invoicing.builders import PEOPLE, TODAY, MakeInvoice, SetNow, Started, supplier

pytestmark = pytest.mark.django_db


def test_it_works(invoice: Invoice, booking: Booking) -> None:
    assert invoice.number == "INV-2026-00001"
    assert invoice.issue_key == f"booking:{booking.pk}"
    assert invoice.booking == booking
    assert invoice.customer == booking.customer
    assert invoice.issued_at == TODAY
    assert invoice.tax_point == date(2026, 11, 21)
    assert invoice.supplier_name == "React Fast Training Ltd"
    assert invoice.supplier_address == "Unit 6, Green Lane Works\nSheffield S3 8SE"
    assert invoice.supplier_vat_registered
    assert invoice.supplier_vat_number == "GB 123 4567 89"
    assert invoice.customer_name == "Hannah Okafor"
    assert invoice.customer_company == "Rylstone Nursery"
    assert invoice.customer_address == "4 Mill Lane\nHebden Bridge HX7 8AB"
    assert invoice.po_number == "RN-2208"
    assert invoice.booking_reference == booking.reference
    assert invoice.course_date == "3 December 2026"
    assert (invoice.net, invoice.vat, invoice.total) == (Decimal("225.00"), Decimal("45.00"), Decimal("270.00"))
    assert (invoice.paid, invoice.paid_on, invoice.payment_note) == (
        Decimal("270.00"),
        date(2026, 11, 21),
        "Visa ending 4242",
    )
    assert invoice.left_to_pay == 0
    assert invoice.due_on is None
    assert invoice.pdf_state == Invoice.PdfState.PENDING


def test_the_line_says_what_when_where_and_who(invoice: Invoice) -> None:
    line = invoice.lines.get()
    assert line.description == "Emergency First Aid at Work"
    assert line.detail == (
        "Thursday 3 December 2026, 9am to 4pm, Kelham Works, Sheffield\nHannah Okafor, Tom Ackroyd, Priya Sharma"
    )
    assert (line.position, line.quantity, line.unit_net, line.vat_rate) == (1, 3, Decimal("75.00"), Decimal("20.00"))
    assert (line.net, line.vat, line.gross) == (Decimal("225.00"), Decimal("45.00"), Decimal("270.00"))


def test_what_comes_back_is_what_is_stored(make_invoice: MakeInvoice) -> None:
    returned = make_invoice()
    stored = Invoice.objects.get()
    for field in Invoice._meta.fields:
        assert getattr(returned, field.name) == getattr(stored, field.name), field.name


def test_a_second_call_returns_the_first_invoice_unchanged(make_invoice: MakeInvoice, set_now: SetNow) -> None:
    first = make_invoice()
    set_now(datetime.fromisoformat("2027-03-01T10:00:00+00:00"))
    second = make_invoice(paid=Decimal("1.00"), paid_on=date(2027, 3, 1), payment_note="Cash")
    assert second == first
    assert second.paid == Decimal("270.00")
    assert Invoice.objects.count() == InvoiceLine.objects.count() == 1
    assert list(NumberSequence.objects.values_list("year", "last_number")) == [(2026, 1)]


def test_its_pdf_is_started_after_commit_and_once(
    make_invoice: MakeInvoice,
    started: Started,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invoice = make_invoice()
        make_invoice()
        assert started == []
    assert started == [("invoicing.tasks.render_invoice_pdf", [str(invoice.pk)], 0)]


def test_issuing_takes_the_same_few_queries_for_one_person_and_for_twelve(
    make_invoice: MakeInvoice, session: CourseSession, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_invoice()
    for people in (PEOPLE[:1], PEOPLE * 4):
        booking = make_booking(session, people=people)
        # Looked for; the people and the days; the supplier; the number locked and counted; two rows.
        with django_assert_num_queries(7):
            issue_invoice(booking=booking, paid=booking.total, paid_on=TODAY.date(), payment_note="")


def test_copies_stay_when_everything_else_changes(invoice: Invoice, booking: Booking) -> None:
    issued = Invoice.objects.values().get()
    line = InvoiceLine.objects.values().get()
    booking.customer.first_name = "Hanna"
    booking.customer.save()
    Booking.objects.update(company="Somebody Else Ltd", billing_address="", po_number="", total=Decimal("1.00"))
    Attendee.objects.update(first_name="Nobody")
    booking.session.course.name = "Renamed"
    booking.session.course.save()
    add_version(supplier(legal_name="New Owner Ltd", vat_registered=False, vat_number=""))
    assert Invoice.objects.values().get() == issued
    assert InvoiceLine.objects.values().get() == line


def test_the_newest_supplier_issues(make_invoice: MakeInvoice) -> None:
    add_version(supplier(legal_name="New Owner Ltd"))
    assert make_invoice().supplier_name == "New Owner Ltd"


def test_a_business_that_is_not_registered_shows_no_vat(make_invoice: MakeInvoice) -> None:
    add_version(supplier(vat_registered=False, vat_number="GB 123 4567 89"))
    invoice = make_invoice()
    assert not invoice.supplier_vat_registered
    assert invoice.supplier_vat_number == ""
    assert (invoice.net, invoice.vat, invoice.total) == (Decimal("270.00"), Decimal("0.00"), Decimal("270.00"))
    line = invoice.lines.get()
    assert (line.unit_net, line.vat_rate, line.net, line.vat) == (Decimal("90.00"), 0, Decimal("270.00"), 0)


def test_what_is_owed_has_a_day_and_bank_details(unpaid_invoice: Invoice) -> None:
    assert unpaid_invoice.left_to_pay == Decimal("270.00")
    # Seven days before the course comes before thirty days.
    assert unpaid_invoice.due_on == date(2026, 11, 26)
    assert unpaid_invoice.supplier_bank_details == "React Fast Training Ltd\nSort code 00-00-00\nAccount 00000000"


def test_a_part_payment_leaves_the_rest(make_invoice: MakeInvoice) -> None:
    invoice = make_invoice(paid=Decimal("100.00"))
    assert invoice.left_to_pay == Decimal("170.00")
    assert invoice.due_on == date(2026, 11, 26)


def test_an_organisation_gives_name_address_and_terms_where_the_booking_has_none(
    make_invoice: MakeInvoice, session: CourseSession
) -> None:
    organisation = Organisation.objects.create(
        name="Calder Schools Trust", billing_address="1 High Street\nHalifax", payment_terms_days=3
    )
    owed = {"paid": Decimal("0.00"), "paid_on": None, "payment_note": ""}
    invoice = make_invoice(make_booking(session, organisation=organisation), **owed)
    assert (invoice.customer_company, invoice.customer_address) == ("Calder Schools Trust", "1 High Street\nHalifax")
    assert invoice.due_on == date(2026, 11, 24)
    typed = make_booking(session, organisation=organisation, company="Todmorden Primary", billing_address="2 Low Road")
    invoice = make_invoice(typed, **owed)
    assert (invoice.customer_company, invoice.customer_address) == ("Todmorden Primary", "2 Low Road")


def test_who_has_no_name_is_billed_by_what_is_known(make_invoice: MakeInvoice, session: CourseSession) -> None:
    nameless = make_user("accounts@example.org", first_name="", last_name="")
    assert make_invoice(make_booking(session, customer=nameless)).customer_name == "accounts@example.org"


def test_a_free_booking_has_nothing_to_pay(make_invoice: MakeInvoice, session: CourseSession) -> None:
    free = make_booking(session, total=Decimal("0.00"))
    invoice = make_invoice(free, paid=Decimal("0.00"), paid_on=None, payment_note="")
    assert (invoice.net, invoice.vat, invoice.total, invoice.due_on) == (0, 0, 0, None)


def test_what_no_typeface_draws_is_left_out(make_invoice: MakeInvoice, session: CourseSession) -> None:
    odd = make_booking(session, contact_first_name="Eve\x07", contact_last_name="\u202eMallory", company="A\x1bB")
    invoice = make_invoice(odd)
    assert (invoice.customer_name, invoice.customer_company) == ("Eve Mallory", "AB")


def test_the_longest_names_fit(make_invoice: MakeInvoice, session: CourseSession) -> None:
    longest = make_booking(session, contact_first_name="a" * 150, contact_last_name="b" * 150, company="c" * 200)
    invoice = make_invoice(longest)
    invoice.refresh_from_db()
    assert invoice.customer_name == f"{'a' * 150} {'b' * 150}"


@pytest.mark.parametrize(
    "paid, paid_on", [("-0.01", date(2026, 11, 21)), ("270.01", date(2026, 11, 21)), ("270.00", None)]
)
def test_an_impossible_payment_is_refused(booking: Booking, paid: str, paid_on: date | None) -> None:
    with pytest.raises(ValueError, match=r"pa(id|yment)"):
        issue_invoice(booking=booking, paid=Decimal(paid), paid_on=paid_on, payment_note="")
    assert not Invoice.objects.exists()
    assert not NumberSequence.objects.exists()


def test_a_booking_of_no_places_is_refused(session: CourseSession) -> None:
    booking = make_booking(session, people=())
    with pytest.raises(ValueError, match="at least one place"):
        issue_invoice(booking=booking, paid=Decimal(0), paid_on=None, payment_note="")
    assert not Invoice.objects.exists()
    assert not NumberSequence.objects.exists()
