"""What search engines are told: the public pages and every course. Bookings and people have no place there."""

from typing import TYPE_CHECKING, Any, override

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from bookings.models import Course

_NOT_FOR_THEM = ("/admin/", "/access/", "/bookings/", "/my/", "/places/", "/sessions/")


if TYPE_CHECKING:
    # Only the stubs know that a sitemap is of something.
    _Sitemap = Sitemap[Any]
else:
    _Sitemap = Sitemap


class _OurSitemap(_Sitemap):
    """Names the pages at the site's own address, as their canonical links do, whichever of its names was asked."""

    @override
    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.partition("://")[0]

    @override
    def get_domain(self, site: Any = None) -> str:
        return settings.SITE_URL.partition("://")[2]


class PagesSitemap(_OurSitemap):
    @override
    def items(self) -> list[str]:
        return [
            "bookings:catalogue",
            "communications:help",
            "communications:terms",
            "communications:privacy",
            "communications:accessibility",
            "bookings:verify_certificate",
        ]

    @override
    def location(self, item: str) -> str:
        return reverse(item)


class CourseSitemap(_OurSitemap):
    @override
    def items(self) -> QuerySet[Course]:
        return Course.objects.filter(is_published=True)


SITEMAPS = {"pages": PagesSitemap, "courses": CourseSitemap}


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What to leave alone, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_THEM)]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('bookings:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
