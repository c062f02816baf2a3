"""What changes payments and only payments.

opening: asking for money. looking: when Stripe is asked how that ended. recording: what Stripe says of a payment.
refunds: money back. history: the lines that all of them add. inbox: Stripe's events. discrepancies: what did not agree
and was settled.
"""
