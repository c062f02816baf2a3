"""The public pages. catalogue: courses and dates. book, people, check: the steps of booking, on wizard. booking, place:
what an access link opens. offers: how dates are worded.
"""
