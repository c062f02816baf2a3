"""Staff change the plain pages' texts: a change is kept as a version and shown at once."""

import pytest
from django.test import Client

from communications.models import PageText
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

VIEW, CHANGE = "communications.view_pagetext", "communications.change_pagetext"


@pytest.fixture
def text() -> PageText:
    return PageText.objects.get(page="help", version=1)


def address(text: PageText) -> str:
    return f"/admin/communications/pagetext/{text.pk}/change/"


def test_saving_adds_a_version_that_the_page_shows(client: Client, text: PageText) -> None:
    editor = make_staff(VIEW, CHANGE)
    client.force_login(editor)
    response = client.post(address(text), {"title": "Help and advice", "body": "## New\n\nWords for {name}."})
    assert response.status_code == 302
    newest = PageText.objects.filter(page="help").latest("version")
    assert (newest.version, newest.title, newest.changed_by) == (2, "Help and advice", editor)
    assert PageText.objects.get(pk=text.pk).title == "Help"
    assert "<h1>Help and advice</h1>" in client.get("/help/").content.decode()


def test_an_old_version_is_only_read(client: Client, text: PageText) -> None:
    client.force_login(make_staff(VIEW, CHANGE))
    client.post(address(text), {"title": "Help", "body": "Second."})
    assert client.get(address(text)).status_code == 200
    assert client.post(address(text), {"title": "Help", "body": "Third."}).status_code == 403
    assert PageText.objects.filter(page="help").count() == 2


def test_who_may_only_look_changes_nothing(client: Client, text: PageText) -> None:
    client.force_login(make_staff(VIEW))
    assert client.get(address(text)).status_code == 200
    assert client.post(address(text), {"title": "Mine", "body": "Mine."}).status_code == 403
    assert PageText.objects.filter(page="help").count() == 1


def test_an_empty_text_is_refused(client: Client, text: PageText) -> None:
    client.force_login(make_staff(VIEW, CHANGE))
    response = client.post(address(text), {"title": "Help", "body": " "})
    assert response.status_code == 200
    assert response.context["errors"]
    assert PageText.objects.filter(page="help").count() == 1


def test_pages_are_neither_added_nor_removed(client: Client, text: PageText) -> None:
    client.force_login(make_staff(is_superuser=True))
    assert client.get("/admin/communications/pagetext/add/").status_code == 403
    assert client.post(f"/admin/communications/pagetext/{text.pk}/delete/", {"post": "yes"}).status_code == 403
    assert PageText.objects.count() == 3


def test_the_list_says_which_version_is_shown(client: Client, text: PageText) -> None:
    client.force_login(make_staff(VIEW, CHANGE))
    client.post(address(text), {"title": "Help", "body": "Second."})
    rows = client.get("/admin/communications/pagetext/?page=help").context["cl"].result_list
    assert [(row.version, row.shown) for row in rows] == [(2, True), (1, False)]
    assert [str(row) for row in rows] == ["Help, version 2", "Help, version 1"]
    assert rows[0].get_absolute_url() == "/help/"
