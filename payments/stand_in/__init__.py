"""A development server that stands in for Stripe, on its own port, for this product only.

What is here: customers, payment methods, PaymentIntents, charges, refunds, Checkout sessions with a hosted page, a
Stripe.js with the Payment Element for cards, events and signed webhooks, as the API version of the installed ``stripe``
library describes them. It is *strict* (an unknown parameter, an over-refund or a reused idempotency key is the error it
would be at Stripe) and *stateful* (one SQLite file that survives ``kill -9``). Faults, webhook disorder and the clock
are steered under ``/_control/``, which is not part of Stripe.

What is not here: disputes, payouts, balance transactions and fees; subscriptions, invoices, prices and products kept
apart from a Checkout session; SetupIntents and saved cards off session; Connect; every payment method but cards and, on
the hosted page when switched on, Bacs Direct Debit.
A parameter that Stripe knows and this server does not play is refused with the code ``stand_in_unsupported``: it is
never quietly ignored.

The rules of the house: product code never imports this package and this package never imports product code, nor
Django; the product only knows its address (``STRIPE_API_BASE``). ``stripe`` is imported for its typed parameters, its
API version and its webhook signature, and the scripts in ``stripe_js/`` are checked against ``@stripe/stripe-js``, so
that our own code is never the measure of our own code.

Start it with ``python -m payments.stand_in --help``, or inside a test with ``payments.stand_in.server.Server``.

Unproven against the real Stripe, because no test key was at hand:

- the order in which Stripe sends the events of one payment, and the time between them;
- which refusals of an *executing* request are stored under its idempotency key (here: everything but errors in the
  parameters, wrong keys, unknown addresses, conflicts and rate limits);
- the exact wording of messages, and the ``param`` named for a missing object;
- dynamic payment methods: here a Dashboard with cards, and Bacs Direct Debit as a switch; mandates and the texts that
  Bacs asks for;
- the 3-D Secure pages, Radar, Link, wallets, and the look and the wording of the hosted page and of the Element (which
  fields it asks for, how it loads, and which of its errors come as which type);
- the retry times of webhooks (here: 1 s, doubling up to 5 minutes, for three days).

The shapes of objects in ``shapes.json`` come from Stripe's published sample objects, Copyright (c) 2011- Stripe, Inc.,
under the MIT licence in ``LICENSE-shapes.txt``.
"""
