"""What a browser loads from here under ``/js/``: Stripe.js as it is played, and the card form that it frames.

The files in ``stripe_js/`` are typed against ``@stripe/stripe-js``, and ``stripe_js/played.d.ts`` proves it.
"""

from pathlib import Path

from .messages import Reply, Request

FRAMED = "frame-ancestors http: https:"
"""The card form and the bank's page stand in frames of whatever page uses Stripe.js."""

_FILES = {
    "stripe.js": ("stripe.js", "text/javascript; charset=utf-8"),
    "card": ("card.html", "text/html; charset=utf-8"),
    "card.js": ("card.js", "text/javascript; charset=utf-8"),
    "card.css": ("card.css", "text/css; charset=utf-8"),
}
_POLICY = (
    f"default-src 'none'; base-uri 'none'; connect-src 'self'; font-src http: https:; form-action 'none'; {FRAMED}; "
    "script-src 'self'; style-src 'self'"
)
_FOLDER = Path(__file__).with_name("stripe_js")
_BODIES = {name: _FOLDER.joinpath(file).read_bytes() for name, (file, _) in _FILES.items()}


def answer(request: Request) -> Reply:
    """One file, or 404."""
    name = request.path.removeprefix("/js/")
    if name not in _BODIES or request.method != "GET":
        return Reply(404, b"There is nothing at this address.", {"Content-Type": "text/plain"})
    headers = {
        "Content-Type": _FILES[name][1],
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Reply(200, _BODIES[name], headers)
