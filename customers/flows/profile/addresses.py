"""Where the pages of the office are that the customer page leads to."""

from django.urls import NoReverseMatch, reverse


def office_address(page: str, *keys: object) -> str:
    """The address of a page, or nothing for a key that can't be one.

    A timeline is kept for years and taken over from elsewhere: what it names may be none of ours.
    """
    try:
        return reverse(f"admin:{page}", args=keys)
    except NoReverseMatch:
        return ""
