"""What changes payments and only payments.

opening: asking for money. recording: what Stripe says of a payment. refunds: money back. inbox: Stripe's events.
discrepancies: what did not agree and was settled.
"""
