"""Makes the PDFs of waiting invoices: `python -m benchmarks.inside.invoices NUMBER` prints milliseconds and bytes."""

import sys
import time
from pathlib import Path

from django.conf import settings

from invoicing.flows.rendering import render_invoice_pdf
from invoicing.models import Invoice

if __name__ == "__main__":
    number = int(sys.argv[1])
    waiting = Invoice.objects.filter(pdf_state=Invoice.PdfState.PENDING).order_by("number")[:number]
    for key in waiting.values_list("pk", flat=True):
        started = time.perf_counter()
        render_invoice_pdf(invoice_id=key)
        milliseconds = (time.perf_counter() - started) * 1000
        made = Invoice.objects.get(pk=key)
        print(f"{milliseconds:.1f} {Path(settings.STORAGE_PATH, made.pdf_path).stat().st_size}")
