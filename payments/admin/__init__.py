"""The office's pages about money. Imported by Django's autodiscovery, which registers what is below.

Nothing is typed here but sums to send back and what was done about a discrepancy: amounts, states and histories are
written by our code.
"""

from payments.admin import discrepancies, inbox, payment_page, payments, refunding

__all__ = ["discrepancies", "inbox", "payment_page", "payments", "refunding"]
