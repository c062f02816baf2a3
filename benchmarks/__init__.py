"""Measured claims. Each script starts the whole site, does its work over HTTP, prints its figures and stops the site.

None of them asserts a time: a figure says what one machine did on one day, and a claim is two of them compared. Client,
site, PostgreSQL, Redis and the stand-in for Stripe share the machine, as they do on a small server.
"""
