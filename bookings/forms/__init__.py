"""What people type. fields: the kinds of field. steps, people: the steps of booking. problems: the error summary.

requirements: what would help one person. drafts: keeping what was typed. sessions: what the office types about one.
office: what it types when it books for somebody, from the sessions of `offered`.
"""
