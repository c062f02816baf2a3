"""The plain pages: help, terms, privacy, accessibility. Each is one query."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.selectors import current_policy
from communications.models import PageText
from communications.pages import page_html
from communications.selectors import page_text
from config.kernel.markdown import as_html


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.HELP, "pages/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.PRIVACY)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.ACCESSIBILITY)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The policy in force: its words, and its days and shares in sentences."""
    policy = current_policy()
    return render(request, "pages/terms.html", {"policy": policy, "terms": as_html(policy.terms)})


def _page(request: HttpRequest, page: PageText.Page, template: str = "pages/page.html") -> HttpResponse:
    text = page_text(page)
    return render(request, template, {"text": text, "body": page_html(text.body)})
