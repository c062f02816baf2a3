"""The parts of a running site, for tests: stand-in for Stripe, servers, a worker, a mail sink, a browser."""
