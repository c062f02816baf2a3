"""Notes about a person: written on their page, put right with what they said before kept, pinned above the others."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from config.kernel import clock
from customers.models import Activity, Change, Note, User
from customers.services import notes
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db

SEE, ADD, CHANGE = "customers.view_note", "customers.add_note", "customers.change_note"


@pytest.fixture
def ann() -> User:
    return make_user(first_name="Ann", last_name="Lee")


def log_in(client: Client, *permissions: str) -> User:
    staff = make_staff("customers.view_user", *permissions, first_name="Moira", last_name="Dunne")
    client.force_login(staff)
    return staff


def add_page(person: User) -> str:
    return reverse("admin:customers_user_note", args=[person.pk])


def edit_page(note: Note) -> str:
    return reverse("admin:customers_note_edit", args=[note.pk])


def test_a_note_says_who_wrote_it(client: Client, ann: User) -> None:
    staff = log_in(client, ADD, SEE)
    assert client.get(add_page(ann)).status_code == 200
    answer = client.post(add_page(ann), {"body": "  Head office needs a PO number.  ", "pinned": "on"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:customers_user_page", args=[ann.pk]))
    note = Note.objects.get()
    assert (note.user_id, note.body, note.pinned) == (ann.pk, "Head office needs a PO number.", True)
    assert (note.author_id, note.edited_at) == (staff.pk, None)


@pytest.mark.parametrize(
    "body, told",
    [
        ("  \n ", "Write what is to be remembered"),
        ("x" * (notes.LONGEST + 1), "A note has at most 10,000 characters"),
        ("a\0b", "Take out the signs that can’t be printed"),
    ],
)
def test_what_is_no_note_is_refused_in_words(client: Client, ann: User, body: str, told: str) -> None:
    log_in(client, ADD)
    answer = client.post(add_page(ann), {"body": body})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"body": [told]}
    assert (Note.objects.count(), Activity.objects.count()) == (0, 0)


def test_a_note_is_put_right_and_what_it_said_is_kept(client: Client, ann: User) -> None:
    staff = log_in(client, SEE, CHANGE)
    note = notes.add_note(user_id=ann.pk, body="Pays by card")
    assert client.get(edit_page(note)).status_code == 200
    answer = client.post(edit_page(note), {"body": "Pays on account", "seen": ""})
    assert answer.status_code == 302
    note.refresh_from_db()
    assert (note.body, note.edited_by_id, note.author_id) == ("Pays on account", staff.pk, None)
    assert [(line.before["body"], line.actor_label) for line in Change.objects.filter(before__has_key="body")] == [
        ("Pays by card", "Moira Dunne")
    ]
    page = client.get(edit_page(note)).content.decode()
    assert page.count("Pays by card") == 1
    assert "Moira Dunne put it right" in page


def test_of_two_who_put_it_right_at_once_the_second_is_told(client: Client, ann: User) -> None:
    log_in(client, SEE, CHANGE)
    note = notes.add_note(user_id=ann.pk, body="Pays by card")
    seen_by_both = client.get(edit_page(note)).context["form"]["seen"].value()
    notes.edit_note(note_id=note.pk, body="Pays by cheque", seen=None)
    answer = client.post(edit_page(note), {"body": "Pays on account", "pinned": "on", "seen": seen_by_both})
    form = answer.context["form"]
    assert (answer.status_code, form.errors) == (200, {"body": [form.changed_meanwhile]})
    assert "Pays by cheque" in answer.content.decode()
    note.refresh_from_db()
    assert (note.body, note.pinned) == ("Pays by cheque", False)
    assert client.post(edit_page(note), form.data).status_code == 302
    note.refresh_from_db()
    assert (note.body, note.pinned) == ("Pays on account", True)


def test_a_place_in_time_that_is_none_is_refused(client: Client, ann: User) -> None:
    log_in(client, SEE, CHANGE)
    note = notes.add_note(user_id=ann.pk, body="Pays by card")
    answer = client.post(edit_page(note), {"body": "Pays on account", "seen": "yesterday"})
    assert answer.context["form"].errors == {"seen": ["Open the note again"]}
    note.refresh_from_db()
    assert note.body == "Pays by card"


def test_a_note_is_pinned_above_the_others(client: Client, ann: User) -> None:
    log_in(client, SEE, CHANGE)
    old, new = (notes.add_note(user_id=ann.pk, body=body) for body in ("Old", "New"))
    pin = reverse("admin:customers_note_pin", args=[old.pk])
    page = reverse("admin:customers_user_page", args=[ann.pk])
    assert [each.key for each in client.get(page).context["profile"].notes] == [new.pk, old.pk]
    client.post(pin)
    assert [each.key for each in client.get(page).context["profile"].notes] == [old.pk, new.pk]
    client.post(pin, {"unpin": "yes"})
    assert [each.key for each in client.get(page).context["profile"].notes] == [new.pk, old.pk]


def test_who_may_only_read_reads_and_no_more(client: Client, ann: User) -> None:
    log_in(client, SEE)
    note = notes.add_note(user_id=ann.pk, body="Pays by card")
    assert client.get(edit_page(note)).context["form"] is None
    for address in (edit_page(note), add_page(ann), reverse("admin:customers_note_pin", args=[note.pk])):
        assert client.post(address, {"body": "Changed", "seen": ""}).status_code == 403
    note.refresh_from_db()
    assert (note.body, note.pinned, Note.objects.count()) == ("Pays by card", False, 1)


def test_what_is_not_there_is_not_found(client: Client) -> None:
    log_in(client, SEE, ADD, CHANGE)
    for address in ("note/999/edit/", "note/99999999999999999999999/edit/", f"user/{uuid4()}/note/"):
        assert client.get(f"/admin/customers/{address}").status_code == 404


def test_a_note_of_nothing_or_too_much_is_a_mistake(ann: User) -> None:
    for body in (" ", "x" * (notes.LONGEST + 1)):
        with pytest.raises(ValueError, match="A note"):
            notes.add_note(user_id=ann.pk, body=body)
    note = notes.add_note(user_id=ann.pk, body="Pays by card")
    assert notes.edit_note(note_id=note.pk, body=" Pays by card ", seen=clock.now()) is False
    assert Activity.objects.count() == 1
