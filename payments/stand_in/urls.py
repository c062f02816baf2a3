"""Addresses of the shop, to which a payer is sent back."""

import re

from .errors import bad_parameter

# Printable ASCII only: an address goes into a Location header and into a content policy as it is.
_ADDRESS = re.compile(r"https?://[!-~]+")


def check_url(address: str, param: str) -> None:
    """Raise unless a browser may be sent to ``address``."""
    if not _ADDRESS.fullmatch(address) or ";" in address.partition("//")[2].partition("/")[0]:
        raise bad_parameter("Not a valid URL", code="url_invalid", param=param)
