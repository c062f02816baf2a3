"""The office's pages about people. Imported by Django's autodiscovery, which registers what is below."""

from customers.admin import organisations, people, records

__all__ = ["organisations", "people", "records"]
