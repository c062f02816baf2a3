"""What the office sees of signing in: who asked, what became of it, who is signed in; and that it changes nothing."""

import pytest
from django.test import Client

from customers.models import PortalVisit, SignInRequest, User
from customers.services import signing_in, visits
from tests.customers.conftest import MakeUser

pytestmark = pytest.mark.django_db

REQUESTS, VISITS = "/admin/customers/signinrequest/", "/admin/customers/portalvisit/"


def test_requests_are_found_by_address_in_any_spelling(office: Client) -> None:
    hers = signing_in.ask(email="Hannah@example.org")
    signing_in.ask(email="tom@example.org")
    found = office.get(REQUESTS, {"q": " HANNAH@example.org. "}).context["cl"].result_list
    assert list(found) == [hers]
    assert len(office.get(REQUESTS, {"q": " "}).context["cl"].result_list) == 2
    assert office.get(REQUESTS, {"q": "a\0b"}).status_code in {200, 302}


def test_visits_are_found_by_whose_they_are(office: Client, make_user: MakeUser) -> None:
    visit = visits.begin_visit(user=make_user("hannah@example.org"), keep=False).visit
    visits.begin_visit(user=make_user("tom@example.org"), keep=True)
    assert list(office.get(VISITS, {"q": "hannah"}).context["cl"].result_list) == [visit]


def test_no_secret_is_shown(office: Client, owner: User) -> None:
    begun = visits.begin_visit(user=owner, keep=False)
    page = office.get(f"{VISITS}{begun.visit.pk}/change/").content.decode()
    assert begun.token not in page
    assert begun.visit.token_hash not in page


def test_they_are_only_read(office: Client, owner: User) -> None:
    request = signing_in.ask(email="hannah@example.org")
    visit = visits.begin_visit(user=owner, keep=False).visit
    for address in (f"{REQUESTS}{request.pk}/change/", f"{VISITS}{visit.pk}/change/"):
        assert office.get(address).status_code == 200
        assert office.post(address, {"answer": "mailed"}).status_code == 403
    for address in (f"{REQUESTS}add/", f"{VISITS}add/"):
        assert office.get(address).status_code == 403
    assert str(request) == "hannah@example.org, Not looked at yet"
    assert str(visit).startswith("Olive Owner, since ")
    assert (SignInRequest.objects.count(), PortalVisit.objects.count()) == (1, 1)
