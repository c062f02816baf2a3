"""What changes bookings and only bookings.

scheduling: sessions and their days. holding: keeping places while someone types. placing: the order. lifecycle:
confirmed, expired, kept a while longer. pricing: sums and the terms of a change, as pure functions.
"""
