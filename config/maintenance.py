"""While somebody works on the site: a page for people, and a 503 for everything else (docs/deploying.md).

Switched on and off by a file, for all processes at once and without a restart.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from config.error_views import maintenance

# Who watches the site learns that it is up, and whether its parts are.
_ANSWERED = frozenset({"/healthz/", "/readyz/"})


class MaintenanceMiddleware:
    """Answers 503 with Retry-After while settings.MAINTENANCE_FILE exists; Stripe then sends its events again.

    Goes after what serves static files, which the page needs, and before whatever asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.MAINTENANCE_FILE.exists() and request.path not in _ANSWERED:
            return maintenance()
        return self.get_response(request)
