"""The link in the letter: one press, once, for half an hour, and a new secret every time."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from config.kernel import clock, signing
from customers.models import AccessLink, Activity, PortalVisit, SignInRequest, User
from customers.visit_cookies import COOKIE_NAME
from tests.customers.signing import answer_all, link_for, mailed_link, signed_in
from tests.factories import make_booking, make_staff, make_user

pytestmark = pytest.mark.django_db

USED, RUN_OUT, UNKNOWN = "This link has been used", "This link has run out", "This link doesn’t work"


@pytest.fixture
def hannah() -> User:
    return make_user("Hannah@example.org")


@pytest.fixture
def path(hannah: User) -> str:
    return link_for("hannah@example.org")


def let_run_out() -> None:
    AccessLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))


def test_from_the_page_through_the_letter_to_the_bookings(hannah: User, settings: LazySettings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}
    booking = make_booking(customer=hannah)
    client = Client()
    client.post("/my/sign-in/", {"email": "hannah@example.org"})
    answer_all()
    path = mailed_link()
    assert "<h1>One press to finish signing in</h1>" in client.get(path).content.decode()
    response = client.post(path, follow=True)
    assert response.redirect_chain == [("/my/", 302)]
    assert f"/bookings/{booking.reference}/" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_uses_nothing_up_and_sets_nothing(path: str, method: str) -> None:
    for _ in range(3):
        response = getattr(Client(), method)(path)
        assert response.status_code == 200
        assert COOKIE_NAME not in response.cookies
    assert PortalVisit.objects.count() == 0
    assert AccessLink.objects.get().revoked_at is None


def test_the_page_names_the_address_and_asks_for_one_press(path: str) -> None:
    page = Client().get(path).content.decode()
    assert "hannah@example.org</b>" in page
    assert page.count("<button") == 1
    assert 'type="checkbox" name="keep"' in page
    assert " checked" not in page


def test_a_press_signs_in_until_the_browser_is_closed_and_for_two_hours_at_most(path: str, hannah: User) -> None:
    response = Client().post(path)
    cookie = response.cookies[COOKIE_NAME]
    visit = PortalVisit.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert (cookie["max-age"], cookie["path"], cookie["httponly"], cookie["samesite"]) == ("", "/", True, "Lax")
    assert visit.user == hannah
    assert visit.expires_at - visit.created_at == timedelta(hours=2)
    assert Activity.objects.get(user=hannah).summary == "Signed in from an email"


def test_for_thirty_days_if_asked(path: str) -> None:
    cookie = Client().post(path, {"keep": "on"}).cookies[COOKIE_NAME]
    visit = PortalVisit.objects.get()
    assert cookie["max-age"] == 30 * 24 * 3600
    assert visit.expires_at - visit.created_at == timedelta(days=30)


def test_it_works_once(path: str) -> None:
    assert Client().post(path).status_code == 302
    for method in ("get", "post"):
        again = getattr(Client(), method)(path)
        assert again.status_code == 410
        assert f"<h1>{USED}</h1>" in again.content.decode()
        assert COOKIE_NAME not in again.cookies
    assert PortalVisit.objects.count() == 1


def test_who_came_in_by_it_is_let_through(path: str) -> None:
    client = Client()
    client.post(path)
    assert client.get(path)["Location"] == "/my/"
    assert signed_in(make_user("other@example.org")).get(path).status_code == 410


def test_after_half_an_hour_it_has_run_out(path: str) -> None:
    link = AccessLink.objects.get()
    assert link.expires_at - link.created_at <= timedelta(minutes=30)
    let_run_out()
    for method in ("get", "post"):
        late = getattr(Client(), method)(path)
        assert late.status_code == 410
        assert f"<h1>{RUN_OUT}</h1>" in late.content.decode()
    assert PortalVisit.objects.count() == 0


@pytest.mark.parametrize("use_up", [True, False])
def test_a_fresh_one_in_one_press(path: str, use_up: bool) -> None:
    client = Client()
    if use_up:
        Client().post(path)
    else:
        let_run_out()
    response = client.post(path, {"again": "yes"}, follow=True)
    assert response.redirect_chain == [("/my/sign-in/sent/", 302)]
    assert "hannah@example.org</b>" in response.content.decode()
    assert list(SignInRequest.objects.values_list("email_key", flat=True)) == ["hannah@example.org"] * 2
    assert PortalVisit.objects.count() == (1 if use_up else 0)


def test_fresh_ones_count_with_the_others(path: str, broker: object, in_one_minute: None) -> None:
    statuses = [Client().post(path, {"again": "yes"}, REMOTE_ADDR="81.2.69.142").status_code for _ in range(11)]
    assert statuses == [302] * 10 + [429]


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_that_was_never_made_says_what_to_do(db: None, method: str) -> None:
    response = getattr(Client(), method)(f"/my/sign-in/{signing.new_token()}/")
    assert response.status_code == 404
    assert f"<h1>{UNKNOWN}</h1>" in response.content.decode()
    assert 'href="/my/sign-in/"' in response.content.decode()


def test_it_opens_nothing_where_other_links_are_opened(path: str) -> None:
    elsewhere = path.replace("/my/sign-in/", "/access/")
    assert [Client().get(elsewhere).status_code, Client().post(elsewhere).status_code] == [404, 404]


def test_a_link_to_a_booking_signs_nobody_in(hannah: User) -> None:
    from_a_letter = AccessLink.Purpose.BOOKING
    booking = make_booking(customer=hannah)
    token = signing.derive_token(f"access:{from_a_letter}", "1")
    AccessLink.objects.create(
        purpose=from_a_letter,
        subject_key=str(booking.pk),
        token_hash=signing.hash_token(token),
        expires_at=clock.now() + timedelta(days=1),
    )
    assert Client().post(f"/my/sign-in/{token}/").status_code == 404
    assert PortalVisit.objects.count() == 0


def test_the_secret_is_new_at_every_sign_in_and_the_one_before_is_closed(path: str, hannah: User) -> None:
    """Whoever planted a cookie in this browser does not come in with its owner."""
    client = Client()
    client.cookies[COOKIE_NAME] = planted = signing.new_token()
    client.post(path)
    first = client.cookies[COOKIE_NAME].value
    client.post(link_for("hannah@example.org"))
    second = client.cookies[COOKIE_NAME].value
    assert len({planted, first, second}) == 3
    assert [is_signed_in(token) for token in (planted, first, second)] == [False, False, True]


def test_signing_in_as_somebody_else_leaves_the_first(path: str) -> None:
    make_user("priya@example.org")
    client = Client()
    client.post(path)
    client.post(link_for("priya@example.org"))
    assert "priya@example.org" in client.get("/my/").content.decode()
    assert PortalVisit.objects.filter(ended_at=None).get().user.email == "priya@example.org"


def test_a_colleague_becomes_a_person_of_ours_at_the_press_and_not_before() -> None:
    make_booking(people=[("Hannah", "Okafor", ""), ("Tom", "Ackroyd", "tom@example.org")])
    path = link_for("tom@example.org")
    Client().get(path)
    assert not User.objects.filter(email_key="tom@example.org").exists()
    Client().post(path)
    tom = User.objects.get(email_key="tom@example.org")
    assert (tom.full_name, tom.kind, tom.is_staff, tom.has_usable_password()) == (
        "Tom Ackroyd",
        User.Kind.CUSTOMER,
        False,
        False,
    )


@pytest.mark.parametrize("closed", [True, False])
def test_who_may_not_sign_in_any_more_does_not(path: str, hannah: User, closed: bool) -> None:
    if closed:
        User.objects.filter(pk=hannah.pk).update(is_active=False)
    else:
        User.objects.filter(pk=hannah.pk).update(email="", email_key=None)
    assert Client().post(path).status_code == 410
    assert PortalVisit.objects.count() == 0


def test_staff_who_sign_in_here_are_customers_here(db: None) -> None:
    owner = make_staff(email="owner@example.org", is_superuser=True)
    client = Client()
    client.post(link_for("owner@example.org"))
    assert client.get("/my/").status_code == 200
    assert PortalVisit.objects.get().user == owner
    for address in ("/admin/", "/admin/customers/user/", "/admin/password_change/"):
        response = client.get(address)
        assert (response.status_code, response["Location"].startswith("/admin/login/")) == (302, True)
    assert "sessionid" not in client.cookies


def test_the_address_goes_nowhere(path: str) -> None:
    client = Client()
    for answer in (client.get(path), client.post(path), Client().get(path), client.get("/my/sign-in/nonsense/")):
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]


def test_another_site_cannot_press(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert PortalVisit.objects.count() == 0


def is_signed_in(token: str) -> bool:
    client = Client()
    client.cookies[COOKIE_NAME] = token
    return client.get("/my/").status_code == 200
