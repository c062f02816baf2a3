"""What people type. fields: the kinds of field. steps, people: the steps of booking. problems: the error summary.

sessions: what the office types about a session.
"""
