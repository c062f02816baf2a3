"""The office's own pages: in its frame, behind its log-in, for who may open them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config import office
from config.office import staff_page
from tests.factories import make_staff


@pytest.fixture(autouse=True)
def own_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_PAGES", [])
    monkeypatch.setattr(office, "_OPEN_PAGES", [])


def request_by(user: object) -> HttpRequest:
    request = RequestFactory().get("/admin/somewhere/")
    vars(request)["user"] = user
    return request


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("Here.")


@pytest.mark.django_db
def test_any_one_of_the_permissions_opens_a_page() -> None:
    page = staff_page("somewhere/", name="somewhere", permission=("bookings.add_hold", "bookings.view_booking"))(answer)

    opened = page(request_by(make_staff("bookings.view_booking")))

    assert isinstance(opened, HttpResponse)
    assert opened.content == b"Here."
    with pytest.raises(PermissionDenied):
        page(request_by(make_staff("bookings.view_hold")))


def test_a_stranger_is_sent_to_the_log_in() -> None:
    staff_page("somewhere/", name="somewhere", permission=None)(answer)
    (address,) = office.page_addresses()

    response = address.callback(request_by(AnonymousUser()))

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/somewhere/")
