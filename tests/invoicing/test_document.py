"""The PDF itself, as a reader finds it: tagged, titled, and saying exactly what the invoice says."""

import io
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from bookings.models import CourseSession
from config.embedded.folders import CHECKOUT
from config.kernel.pdf import render_pdf
from invoicing.models import Invoice
from invoicing.selectors import invoice_with_lines
from invoicing.services.composing import compose_invoice
from invoicing.services.stationery import style
from invoicing.services.suppliers import add_version
from tests.factories import make_booking
from tests.invoicing.builders import MakeInvoice, supplier

pytestmark = pytest.mark.django_db

OWED: dict[str, Any] = {"paid": Decimal("0.00"), "paid_on": None, "payment_note": ""}


def render(invoice: Invoice) -> bytes:
    html = compose_invoice(invoice_with_lines(invoice.pk))
    title = f"Invoice {invoice.number}"
    return render_pdf(html, style=style("pdf/invoice.css"), base_url=None, title=title, identifier=invoice.pk.bytes)


def read(invoice: Invoice) -> PdfReader:
    return PdfReader(io.BytesIO(render(invoice)))


def lines_of(reader: PdfReader) -> list[str]:
    return [line.strip() for page in reader.pages for line in page.extract_text().splitlines() if line.strip()]


def tags_in(node: Any) -> list[str]:
    """The kinds of the tagged parts in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [tag for child in node for tag in tags_in(child)]
    if not isinstance(node, dict) or "/S" not in node:
        return []
    return [node["/S"], *(tags_in(node["/K"]) if "/K" in node else [])]


def test_a_paid_invoice_reads_from_top_to_bottom(invoice: Invoice) -> None:
    assert lines_of(read(invoice)) == [
        "React Fast",
        "Training",
        "React Fast Training Ltd",
        "Unit 6, Green Lane Works",
        "Sheffield S3 8SE",
        "VAT no. GB 123 4567 89",
        "Invoice",
        "INV-2026-00001",
        "Paid in full",
        "21 November 2026, Visa ending 4242",
        "Billed to",
        "Rylstone Nursery",
        "Hannah Okafor",
        "4 Mill Lane",
        "Hebden Bridge HX7 8AB",
        "Invoice date and tax point",
        "21 November 2026",
        "Booking",
        invoice.booking_reference,
        "Your PO number",
        "RN-2208",
        "Date of course",
        "3 December 2026",
        "Description Places Each, ex. VAT VAT rate Net",
        "Emergency First Aid at Work",
        "Thursday 3 December 2026, 9am to 4pm, Kelham Works,",
        "Sheffield",
        "Hannah Okafor, Tom Ackroyd, Priya Sharma",
        "3 £75.00 20% £225.00",
        "Net £225.00",
        "VAT at 20% £45.00",
        "Total £270.00",
        "Paid −£270.00",
        "Left to pay £0.00",
        "Nothing more to pay: keep this for your records. Questions? 0114 496 0321 or hello@reactfast.example.",
        "React Fast Training Ltd, registered in England, company no. 12345678.",
        "Page 1 of 1",
    ]


def test_it_is_tagged_titled_and_in_english(invoice: Invoice) -> None:
    reader = read(invoice)
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-2026-00001"
    root: Any = reader.root_object
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    tags = tags_in(root["/StructTreeRoot"]["/K"])
    assert [tag for tag in tags if tag in {"/H1", "/Table", "/TH", "/Figure"}] == [
        "/H1",
        "/Table",
        *["/TH"] * 5,
        "/Table",
    ] + ["/TH"] * 5


def test_the_typeface_is_embedded_also_for_polish_names(make_invoice: MakeInvoice, session: CourseSession) -> None:
    booking = make_booking(session, people=[("Łukasz", "Wiśniewski", ""), ("Małgorzata", "Żółć", "")])
    reader = read(make_invoice(booking))
    assert "Łukasz Wiśniewski, Małgorzata Żółć" in lines_of(reader)
    fonts: Any = reader.pages[0]["/Resources"]
    names = {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts["/Font"].values()}
    assert {name for name in names if not name.startswith("Atkinson-Hyperlegible-Next")} == set()
    assert any("Extended" in name for name in names)


@pytest.mark.parametrize("weight", [400, 700, 800])
def test_no_letter_can_be_put_together_from_two(weight: int) -> None:
    """Newer text libraries would, rather than take the letter from the other file: it is copied as two then."""
    folder = CHECKOUT / "static" / "fonts" / "paper"
    letters = TTFont(folder / f"atkinson-hyperlegible-next-latin-{weight}.woff2").getBestCmap()
    assert ord("s") in letters
    assert not [code for code in letters if unicodedata.combining(chr(code))]


def test_the_same_invoice_gives_the_same_bytes(invoice: Invoice) -> None:
    assert render(invoice) == render(invoice)


def test_who_is_not_registered_shows_no_vat_anywhere(make_invoice: MakeInvoice) -> None:
    add_version(supplier(vat_registered=False))
    reader = read(make_invoice())
    lines = lines_of(reader)
    text = "\n".join(lines)
    assert "VAT" not in text
    assert "tax" not in text.lower()
    assert "Net" not in text
    assert "20%" not in text
    assert "Description Places Each Amount" in lines
    assert "3 £90.00 £270.00" in lines
    assert "Total £270.00" in lines
    assert "GB 123" not in text


def test_a_rate_of_nought_is_shown(make_invoice: MakeInvoice, session: CourseSession) -> None:
    lines = lines_of(read(make_invoice(make_booking(session, vat_rate=Decimal(0)))))
    assert "1 £90.00 0% £90.00" in lines
    assert "VAT at 0% £0.00" in lines


def test_an_unpaid_invoice_says_how_and_when_to_pay(unpaid_invoice: Invoice) -> None:
    lines = lines_of(read(unpaid_invoice))
    assert lines[8:10] == ["Due 26 November 2026", "£270.00 to pay"]
    for expected in (
        "How to pay",
        "Pay £270.00 by 26 November 2026 to:",
        "Sort code 00-00-00",
        "Account 00000000",
        "Payment reference INV-2026-00001",
        "Paid £0.00",
        "Left to pay £270.00",
    ):
        assert expected in lines
    assert lines[-3].startswith("Quote INV-2026-00001 when you pay.")


def test_a_part_payment(make_invoice: MakeInvoice) -> None:
    lines = lines_of(read(make_invoice(paid=Decimal("100.00"))))
    assert lines[8:10] == ["Part paid", "£170.00 left to pay, due 26 November 2026"]
    assert "Paid −£100.00" in lines
    assert "Pay £170.00 by 26 November 2026 to:" in lines


def test_bank_details_are_shown_only_when_something_is_owed(invoice: Invoice) -> None:
    assert not any("Sort code" in line for line in lines_of(read(invoice)))


def test_a_free_booking(make_invoice: MakeInvoice, session: CourseSession) -> None:
    lines = lines_of(read(make_invoice(make_booking(session, total=Decimal(0)), **OWED)))
    assert any(line.endswith("Nothing to pay") for line in lines)
    assert "Total £0.00" in lines
    assert lines[-3].startswith("Keep this for your records.")


def test_a_tax_point_of_its_own(make_invoice: MakeInvoice) -> None:
    lines = lines_of(read(make_invoice(paid_on=date(2026, 11, 19))))
    start = lines.index("Invoice date")
    assert lines[start : start + 4] == ["Invoice date", "21 November 2026", "Tax point", "19 November 2026"]


def test_a_price_that_does_not_divide_says_so(make_invoice: MakeInvoice, session: CourseSession) -> None:
    people = [("Hannah", "Okafor", "")] * 12
    booking = make_booking(session, people=people, price_per_place=Decimal("89.99"), total=Decimal("1079.88"))
    lines = lines_of(read(make_invoice(booking)))
    assert "12 £74.99 20% £899.90" in lines
    assert "The price of one place is shown to the nearest penny." in lines


def test_what_people_typed_stays_text(make_invoice: MakeInvoice, session: CourseSession) -> None:
    hostile = '</style><link rel="stylesheet" href="file:///etc/passwd"><script>alert(1)</script>'
    booking = make_booking(
        session,
        people=[("<img src=http://169.254.169.254/>", "{{ invoice }}", "")],
        company=hostile,
        billing_address="<h1>Eve</h1>\n" + "x" * 300,
        po_number="{% now 'Y' %}",
    )
    reader = read(make_invoice(booking))
    text = "".join(lines_of(reader)).replace(" ", "")
    for typed in (
        hostile,
        "<img src=http://169.254.169.254/> {{ invoice }}",
        "<h1>Eve</h1>",
        "{% now 'Y' %}",
        "x" * 300,
    ):
        assert typed.replace(" ", "") in text
    root: Any = reader.root_object
    assert tags_in(root["/StructTreeRoot"]["/K"]).count("/H1") == 1


def test_long_texts_run_onto_further_pages(make_invoice: MakeInvoice, session: CourseSession) -> None:
    people = [(f"Wolfeschlegelsteinhausen{n}", "Brzęczyszczykiewicz-Featherstonehaugh", "") for n in range(60)]
    booking = make_booking(session, people=people, total=Decimal("5400.00"), company="Very Long Name " * 13)
    reader = read(make_invoice(booking))
    lines = lines_of(reader)
    assert [line for line in lines if line.startswith("Page ")] == [f"Page {n} of 4" for n in range(1, 5)]
    assert lines.count("Description Places Each, ex. VAT VAT rate Net") == 3
    assert lines.count("Total £5,400.00") == 1
