"""What the tests of invoices share besides fixtures: the day it is, who comes, and a supplier."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from invoicing.models import Invoice, SupplierProfile

TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PEOPLE = (("Hannah", "Okafor", ""), ("Tom", "Ackroyd", ""), ("Priya", "Sharma", ""))

type SetNow = Callable[[datetime], None]
type MakeInvoice = Callable[..., Invoice]
type Started = list[tuple[str, list[str | int], int]]


def supplier(**fields: Any) -> SupplierProfile:
    """The first one but for what is named. Not stored: `services.suppliers.add_version` does that."""
    fields = {
        "legal_name": "React Fast Training Ltd",
        "address": "Unit 6, Green Lane Works\nSheffield S3 8SE",
        "email": "hello@reactfast.example",
        "phone": "0114 496 0321",
        "company_number": "12345678",
        "vat_number": "GB 123 4567 89",
        "bank_details": "Sort code 00-00-00\nAccount 00000000",
    } | fields
    return SupplierProfile(**fields)
