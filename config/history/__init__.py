"""What was changed, by whom, before and after: written by the database itself, so that no way of writing goes round it.

rules: which tables, and what of them. triggers: the SQL that writes `customers.Change`. naming: tells the database who
acts. The decision and what was rejected: docs/decisions/0008.
"""
