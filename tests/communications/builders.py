"""Who books in these tests, the invoice of a booking, and what stands in the broker's and the mail server's place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings

from bookings.models import Booking
from invoicing.models import Invoice
from invoicing.services import documents
from invoicing.services.issuing import issue_invoice
from tests.system.servers import PATIENCE

PDF = b"%PDF-1.7 not really"

type Book = Callable[..., Booking]


@dataclass(frozen=True)
class Person:
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    is_booker: bool = False


HANNAH = Person("Hannah", "Okafor", "hannah@example.org", is_booker=True)
TOM = Person("Tom", "Ackroyd", "tom@example.org")
PRIYA = Person("Priya", "Sharma")


def issue(booking: Booking, paid: str | None = None) -> Invoice:
    """The booking's invoice, paid by card unless told otherwise."""
    amount = booking.total if paid is None else Decimal(paid)
    return issue_invoice(booking=booking, paid=amount, paid_on=date(2026, 11, 20), payment_note="Visa ending 4242")


def store_pdf(invoice: Invoice) -> None:
    """Makes the PDF ready, as the rendering flow does, without telling the outbox."""
    assert documents.mark_ready(invoice, documents.store(invoice, PDF))


@dataclass
class Started:
    """Tasks that were started: name, arguments and delay."""

    tasks: list[tuple[str, list[str | int], int]] = field(default_factory=list)

    def take(self, name: str = "communications.tasks.deliver_message") -> list[tuple[list[str | int], int]]:
        taken = [(arguments, delay) for task, arguments, delay in self.tasks if task == name]
        self.tasks.clear()
        return taken


@dataclass
class Sink:
    """A mail server that keeps what it takes. `answer` is what it says to a recipient, in place of "250 OK"."""

    received: list[Envelope] = field(default_factory=list)
    answer: str = ""
    data_answer: str = ""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answer:
            return self.data_answer
        self.received.append(envelope)
        return "250 OK"


def use_smtp(settings: LazySettings, port: int) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": PATIENCE},
        }
    }
