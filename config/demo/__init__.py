"""A made-up training company with two years behind it and four months ahead, for `manage.py load_demo`.

What there is: courses, venues, people and what they need, staff. When it is: days, timetable. What happens: past (two
years of bookings, written as rows) and upcoming (orders placed and paid through the site's own flows). How it gets
there: till (the stand-in for Stripe), takings (payments of the past), catalogue and history (rows), papers (invoices),
waiting (what went wrong), loading.

Everything follows from the day it is loaded on: dates, names, sums and states are the same at every load on that day.
Keys, codes, references and secrets are random as always.
"""
