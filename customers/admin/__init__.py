"""The office's pages about people. Imported by Django's autodiscovery, which registers what is below."""

from customers.admin import (
    history,
    log_in,
    lookup,
    notes,
    organisations,
    password,
    people,
    profile,
    records,
    rights,
    second_factor,
    signing_in,
    today,
    writing,
)

__all__ = [
    "history",
    "log_in",
    "lookup",
    "notes",
    "organisations",
    "password",
    "people",
    "profile",
    "records",
    "rights",
    "second_factor",
    "signing_in",
    "today",
    "writing",
]
