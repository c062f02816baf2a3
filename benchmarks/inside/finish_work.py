"""Waits until the worker has nothing left to do: `python -m benchmarks.inside.finish_work`."""

import time

from communications.models import Message
from invoicing.models import BookingConfirmation, Invoice
from payments.models import StripeEvent


def is_work_left() -> bool:
    return (
        Invoice.objects.filter(pdf_state=Invoice.PdfState.PENDING).exists()
        or BookingConfirmation.objects.filter(pdf_state=BookingConfirmation.PdfState.PENDING).exists()
        or Message.objects.filter(state__in=(Message.State.QUEUED, Message.State.SENDING)).exists()
        or StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED).exists()
    )


if __name__ == "__main__":
    while is_work_left():
        time.sleep(0.5)
