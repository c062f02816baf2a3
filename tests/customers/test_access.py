"""Access links: what they open, for how long, and that their secret is kept nowhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from psycopg import sql
from pytest_django import DjangoAssertNumQueries

from config.kernel import clock, signing
from customers.models import AccessLink
from customers.services import access

BOOKING = AccessLink.Purpose.BOOKING
ATTENDEE = AccessLink.Purpose.ATTENDEE
KEY, OTHER_KEY = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

pytestmark = pytest.mark.django_db


def make(purpose: AccessLink.Purpose = BOOKING, key: str = KEY, days: int = 30) -> AccessLink:
    return access.make_access_link(purpose=purpose, subject_key=key, expires_at=clock.now() + timedelta(days=days))


def test_a_link_opens_its_subject_for_its_purpose() -> None:
    token = access.link_token(make())
    assert len(token) == 43
    assert access.opens(token, purpose=BOOKING, subject_key=KEY)
    assert not access.opens(token, purpose=ATTENDEE, subject_key=KEY)
    assert not access.opens(token, purpose=BOOKING, subject_key=OTHER_KEY)


def test_two_links_to_one_subject_differ_and_both_open_it() -> None:
    first, second = access.link_token(make()), access.link_token(make())
    assert first != second
    assert access.opens(first, purpose=BOOKING, subject_key=KEY)
    assert access.opens(second, purpose=BOOKING, subject_key=KEY)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 10_000, KEY])
def test_anything_else_opens_nothing(token: str) -> None:
    make()
    assert access.find_live_link(token) is None
    assert not access.opens(token, purpose=BOOKING, subject_key=KEY)


def test_nothing_is_opened_by_an_empty_subject() -> None:
    make()
    assert not access.opens("", purpose=BOOKING, subject_key="")


def test_what_is_stored_opens_nothing() -> None:
    link = make()
    for stored in (str(link.pk), link.pk.hex, link.token_hash, KEY):
        assert not access.opens(stored, purpose=BOOKING, subject_key=KEY)


def test_an_expired_link_opens_nothing() -> None:
    link = make(days=-1)
    assert access.find_live_link(access.link_token(link)) is None
    assert not access.opens(access.link_token(link), purpose=BOOKING, subject_key=KEY)
    assert access.current_link(purpose=BOOKING, subject_key=KEY) is None


def test_revoking_closes_every_link_to_the_subject_and_no_other() -> None:
    mine, also_mine, other, place = make(), make(), make(key=OTHER_KEY), make(ATTENDEE)
    assert access.revoke_links(purpose=BOOKING, subject_key=KEY) == 2
    assert access.revoke_links(purpose=BOOKING, subject_key=KEY) == 0
    assert not access.opens(access.link_token(mine), purpose=BOOKING, subject_key=KEY)
    assert not access.opens(access.link_token(also_mine), purpose=BOOKING, subject_key=KEY)
    assert access.opens(access.link_token(other), purpose=BOOKING, subject_key=OTHER_KEY)
    assert access.opens(access.link_token(place), purpose=ATTENDEE, subject_key=KEY)


def test_revoking_one_link_leaves_the_rest() -> None:
    mine, also_mine = make(), make()
    assert access.revoke_link(mine)
    assert not access.revoke_link(mine)
    assert not access.opens(access.link_token(mine), purpose=BOOKING, subject_key=KEY)
    assert access.opens(access.link_token(also_mine), purpose=BOOKING, subject_key=KEY)


def test_a_letter_gets_the_link_that_is_there() -> None:
    expires_at = clock.now() + timedelta(days=30)
    made = access.ensure_access_link(purpose=BOOKING, subject_key=KEY, expires_at=expires_at)
    again = access.ensure_access_link(purpose=BOOKING, subject_key=KEY, expires_at=expires_at)
    assert again.pk == made.pk
    assert AccessLink.objects.count() == 1
    access.revoke_link(made)
    replaced = access.ensure_access_link(purpose=BOOKING, subject_key=KEY, expires_at=expires_at)
    assert replaced.pk != made.pk


def test_after_the_secret_key_changed_old_letters_open_and_new_ones_get_a_new_link() -> None:
    link = make()
    token = access.link_token(link)
    with override_settings(SECRET_KEY="another " * 10):
        assert access.opens(token, purpose=BOOKING, subject_key=KEY)
        assert access.current_link(purpose=BOOKING, subject_key=KEY) is None
        new = access.ensure_access_link(purpose=BOOKING, subject_key=KEY, expires_at=link.expires_at)
        assert access.opens(access.link_token(new), purpose=BOOKING, subject_key=KEY)
    assert access.opens(token, purpose=BOOKING, subject_key=KEY)


def test_the_address_in_a_letter() -> None:
    link = make()
    assert access.link_url(link) == f"http://testserver/access/{access.link_token(link)}/"


def test_right_or_wrong_it_is_the_same_work(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = access.link_token(make())
    for presented, purpose, key in [
        (token, BOOKING, KEY),
        (token, ATTENDEE, KEY),
        (token, BOOKING, OTHER_KEY),
        (signing.new_token(), BOOKING, KEY),
        ("", BOOKING, KEY),
    ]:
        with django_assert_num_queries(1):
            access.opens(presented, purpose=purpose, subject_key=key)


def test_the_secret_is_in_no_table() -> None:
    """Every column of every table, as text."""
    token = access.link_token(make())
    tables = connection.introspection.table_names()
    assert "customers_accesslink" in tables
    query = sql.SQL("SELECT count(*) FROM {} AS stored WHERE stored::text LIKE {}")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(query.format(sql.Identifier(table), f"%{token}%"))
            assert cursor.fetchone() == (0,), table


def test_a_token_leads_to_its_subject_for_its_purpose_only() -> None:
    token = access.link_token(make())

    def opened(token: str, purpose: AccessLink.Purpose) -> list[str]:
        key = access.opened_key(token, purpose=purpose)
        return [str(found) for found in AccessLink.objects.values_list(key, flat=True)]

    assert opened(token, BOOKING) == [KEY]
    assert opened(token, ATTENDEE) == ["None"]
    assert opened("nonsense", BOOKING) == ["None"]
    access.revoke_link(AccessLink.objects.get())
    assert opened(token, BOOKING) == ["None"]
