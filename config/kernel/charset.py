"""Only UTF-8 is read. A request may name any encoding that Python knows, and every parameter would be read by it.

Some make characters that no database takes ("unicode_escape" makes half characters), some are no encodings of text at
all ("hex"), and Django breaks at those before any middleware is asked. Browsers answer a page in UTF-8 in UTF-8.
"""

import codecs
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.utils.http import parse_header_parameters

_REFUSAL = b"This site reads UTF-8 only.\n"


def only_utf8(application: WSGIApplication) -> WSGIApplication:
    """The same application, for requests that name no encoding but UTF-8; others are answered with 400."""

    def refusing(request: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if _is_readable(request.get("CONTENT_TYPE", "")):
            return application(request, start_response)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(_REFUSAL))),
            ("Cache-Control", "no-store"),
        ]
        start_response("400 Bad Request", headers)
        return [_REFUSAL]

    return refusing


def _is_readable(content_type: str) -> bool:
    try:
        # It raises for what is too long, and for a parameter that names an encoding of its own (RFC 2231).
        _, parameters = parse_header_parameters(content_type)
        charset = parameters.get("charset", "utf-8")
    except (LookupError, ValueError):
        return False
    try:
        return codecs.lookup(charset).name == "utf-8"
    except LookupError:
        # Nobody knows it; to Django it is none, and it takes UTF-8.
        return True
    except ValueError:
        return False
