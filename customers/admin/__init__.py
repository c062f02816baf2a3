"""The office's pages about people. Imported by Django's autodiscovery, which registers what is below."""

from customers.admin import history, organisations, people, records, signing_in

__all__ = ["history", "organisations", "people", "records", "signing_in"]
