"""After a change of the encryption keys everything comes under the new one, and the old one can go."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models.functions import Cast
from pytest_django import Settings

from bookings.models import Hold, SpecialRequirement
from config.embedded.folders import CHECKOUT
from config.kernel import rotation
from customers.models import Change, SecondFactor
from tests.factories import make_booking, make_hold, make_requirement, make_session, make_user

pytestmark = pytest.mark.django_db

OLD, NEW, GONE = (Fernet.generate_key().decode() for _ in range(3))
WORDS = "My left knee"
COLUMNS = [(model, name) for model, names in rotation.encrypted_columns() for name in names]
DRAFT = (Hold, "draft")


def rotate() -> str:
    said = StringIO()
    call_command("rotate_encryption_keys", stdout=said)
    return said.getvalue().strip()


def stored(model: type[models.Model], field: str) -> list[bytes]:
    """The column as it lies in the table."""
    rows = model._default_manager.annotate(raw=Cast(field, models.BinaryField()))
    return [bytes(raw) for raw in rows.values_list("raw", flat=True)]


def opens(key: str, blob: bytes) -> bool:
    try:
        Fernet(key).decrypt(blob)
    except InvalidToken:
        return False
    return True


def under(key: str) -> list[bool]:
    """Of each encrypted column, whether this key opens all that is in it."""
    return [all(opens(key, blob) for blob in stored(model, name)) for model, name in COLUMNS]


def confide() -> None:
    """One row with something in every encrypted column."""
    attendee, slugs = make_booking().attendees.get(), {"slugs": ["cannot-kneel"]}
    make_requirement(attendee, own_words=WORDS, arranged=WORDS, reopen_reason=WORDS, adjustments=slugs)
    SecondFactor.objects.create(user=make_user(), secret=WORDS)
    make_hold(make_session(), draft={"first_name": WORDS})


def test_afterwards_the_old_key_opens_nothing_any_more(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    confide()
    # Each has a row, so that a column which is forgotten can't hide.
    assert all(stored(model, name) for model, name in COLUMNS)
    assert all(under(OLD))

    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert rotate() == "6 values were brought under the first key; 0 were under it already."

    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert all(under(NEW))
    said = SpecialRequirement.objects.get()
    assert (said.own_words, said.arranged, said.reopen_reason, said.slugs) == (WORDS, WORDS, WORDS, ("cannot-kneel",))
    assert SecondFactor.objects.get().secret == WORDS
    assert Hold.objects.get().draft == {"first_name": WORDS}


def test_a_second_run_moves_nothing(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    confide()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    before = [stored(model, name) for model, name in COLUMNS]

    assert rotate() == "0 values were brought under the first key; 6 were under it already."
    assert [stored(model, name) for model, name in COLUMNS] == before


def test_nothing_is_made_of_what_is_empty(settings: Settings) -> None:
    make_hold(make_session())
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    assert rotate() == "0 values were brought under the first key; 0 were under it already."
    assert stored(*DRAFT) == [b""]


def test_the_history_says_that_nobody_wrote_anything(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    confide()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()

    change = Change.objects.get(record_kind="bookings.SpecialRequirement", action="changed")
    assert (change.actor_kind, change.actor_label) == ("system", "Change of the encryption key")


def test_what_no_key_opens_is_named_and_keeps_nothing_else_back(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [GONE]
    make_hold(make_session(), secret="lost", draft={"first_name": WORDS})
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    make_hold(make_session(), draft={"first_name": WORDS})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    with pytest.raises(CommandError, match=r"None of the keys opens some values: bookings\.Hold\.draft \(1\)\."):
        rotate()

    assert sorted(key for blob in stored(*DRAFT) for key in (GONE, OLD, NEW) if opens(key, blob)) == sorted([GONE, NEW])


def test_many_rows_are_moved_a_batch_at_a_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    session = make_session()
    for number in range(5):
        make_hold(session, secret=str(number), draft={"first_name": WORDS})
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    monkeypatch.setattr(rotation, "BATCH", 2)
    seen: list[tuple[str, int]] = []

    done = rotation.rotate_everything(on_progress=lambda label, rows: seen.append((label, rows)))

    assert done.moved == 5
    assert [rows for label, rows in seen if label == "bookings.Hold"] == [2, 4, 5]


def test_the_guide_names_the_command() -> None:
    guide = (CHECKOUT / "docs" / "deploying.md").read_text(encoding="utf-8")
    assert "manage.py rotate_encryption_keys" in guide.partition("## Changing keys")[2]
