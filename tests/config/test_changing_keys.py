"""What docs/deploying.md says about changing the encryption keys is enough to drop the old one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models.functions import Cast
from pytest_django import Settings

from bookings.models import Hold, SpecialRequirement
from config.embedded.folders import CHECKOUT
from config.kernel import clock
from config.kernel.crypto import EncryptedJSONField, EncryptedTextField
from customers.models import SecondFactor
from tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
WORDS = "My left knee"
# The guide lets a draft run out by itself.
RUNS_OUT = (Hold, "draft")


def commands_of_the_guide() -> str:
    guide = (CHECKOUT / "docs" / "deploying.md").read_text(encoding="utf-8")
    found = re.search(r"manage\.py shell -c '\n(.*?)'\n```", guide.partition("## Changing keys")[2], re.DOTALL)
    assert found
    return found[1]


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


def confide() -> None:
    """One row with something in every encrypted column."""
    attendee = make_booking().attendees.get()
    now = clock.now()
    confided: dict[str, Any] = {"own_words": WORDS, "arranged": WORDS, "reopen_reason": WORDS}
    SpecialRequirement.objects.create(
        attendee=attendee,
        said_by="attendee",
        first_said_by="attendee",
        consent_version="2026-11",
        consented_at=now,
        delete_after=(now + timedelta(days=30)).date(),
        adjustments={"slugs": ["cannot-kneel"]},
        **confided,
    )
    SecondFactor.objects.create(user=make_user(), secret=WORDS)


def test_after_the_guides_commands_the_old_key_opens_nothing_any_more(settings: Settings) -> None:
    columns = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField | EncryptedJSONField) and (model, field.name) != RUNS_OUT
    ]
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    confide()
    before = {(model, name): stored(model, name) for model, name in columns}
    assert all(opens(OLD, blob) for blobs in before.values() for blob in blobs)
    # Each has a row, so that a column which the guide forgets can't hide.
    assert all(before.values())

    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("shell", command=commands_of_the_guide(), verbosity=0)

    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    left = [name for model, name in columns if not all(opens(NEW, blob) for blob in stored(model, name))]
    assert left == []
    said = SpecialRequirement.objects.get()
    assert (said.own_words, said.arranged, said.reopen_reason, said.slugs) == (WORDS, WORDS, WORDS, ("cannot-kneel",))
    assert SecondFactor.objects.get().secret == WORDS
