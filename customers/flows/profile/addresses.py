"""Where the pages of the office are that the customer page leads to."""

from django.urls import reverse


def office_address(page: str, *keys: object) -> str:
    """The address of a page of the office. Raises NoReverseMatch for a key that can't be one."""
    return reverse(f"admin:{page}", args=keys)
