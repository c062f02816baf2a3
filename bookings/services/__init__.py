"""What changes bookings and only bookings.

scheduling: sessions and their days. policies: versions of the terms. holding: keeping places while someone types.
placing: the order. requirements: what would help people take part. lifecycle: confirmed, expired, kept a while longer.
And what changes nothing: pricing (sums and the dates of a change), plans (those in sentences), calendars (.ics files),
questions (what customers are asked).
"""
