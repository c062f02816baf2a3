"""The two encrypted fields on a real table."""

from typing import Any, ClassVar

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F
from django.db.utils import IntegrityError
from django.forms import Textarea, modelform_factory
from django.test.utils import isolate_apps
from pytest_django import Settings

from config.kernel.crypto import EncryptedJSONField, EncryptedTextField, UndecryptableValue

SECRET = "sentinel: a chair for CPR"
DRAFT = {"people": [{"name": "sentinel Zoë"}]}

with isolate_apps("tests"):

    class Confidence(models.Model):
        note = EncryptedTextField(blank=True)
        maybe = EncryptedTextField(null=True)
        draft = EncryptedJSONField(default=dict)

        objects: ClassVar[models.Manager["Confidence"]] = models.Manager()

        class Meta:
            app_label = "tests"

        def __str__(self) -> str:
            return f"confidence {self.pk}"


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def table(db: None) -> None:
    """The model's table, gone again when the test's transaction is rolled back."""
    with connection.schema_editor() as editor:
        editor.create_model(Confidence)


def stored() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT note, maybe, draft FROM tests_confidence ORDER BY id")
        return [tuple(None if cell is None else bytes(cell) for cell in row) for row in cursor.fetchall()]


def test_what_was_written_is_read_and_the_table_holds_only_ciphertext() -> None:
    Confidence.objects.create(note=SECRET, maybe=SECRET, draft=DRAFT)
    row = Confidence.objects.get()
    assert (row.note, row.maybe, row.draft) == (SECRET, SECRET, DRAFT)
    [cells] = stored()
    assert [cell[:5] for cell in cells] == [b"gAAAA"] * 3  # Fernet's version and the first bytes of the time
    assert cells[0] != cells[1]
    assert b"sentinel" not in b"".join(cells)


def test_the_column_is_bytea() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_name = 'tests_confidence'"
        )
        assert {kind for (kind,) in cursor.fetchall()} == {"bigint", "bytea"}


def test_empty_values_are_empty_bytes_and_can_be_asked_for() -> None:
    empty = Confidence.objects.create()
    full = Confidence.objects.create(note=SECRET, maybe=SECRET, draft=DRAFT)
    assert stored()[0] == (b"", None, b"")
    empty.refresh_from_db()
    assert (empty.note, empty.maybe, empty.draft) == ("", None, {})
    assert list(Confidence.objects.filter(note="")) == [empty]
    assert list(Confidence.objects.filter(draft={})) == [empty]
    assert list(Confidence.objects.filter(maybe=None)) == [empty]
    assert list(Confidence.objects.filter(maybe__isnull=False)) == [full]
    assert list(Confidence.objects.exclude(note="")) == [full]


@pytest.mark.parametrize(
    "question",
    [
        {"note": SECRET},
        {"note": None, "note__contains": "chair"},
        {"note__in": [SECRET]},
        {"note__in": [""]},
        {"note__startswith": "s"},
        {"note__gt": ""},
        {"note__unheard_of": ""},
        {"note": F("maybe")},
        {"draft": DRAFT},
        {"draft__people": 1},
        {"draft": ""},
    ],
)
def test_every_other_question_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        Confidence.objects.filter(**question)


def test_every_way_of_writing_encrypts() -> None:
    first, second = Confidence.objects.bulk_create([Confidence(note=f"{SECRET} 1"), Confidence(note=f"{SECRET} 2")])
    first.note, second.draft = f"{SECRET} 3", DRAFT
    Confidence.objects.bulk_update([first, second], ["note", "draft"])
    Confidence.objects.update(maybe=f"{SECRET} 4")
    rows = Confidence.objects.order_by("pk").values_list("note", "maybe", "draft")
    assert list(rows) == [(f"{SECRET} 3", f"{SECRET} 4", {}), (f"{SECRET} 2", f"{SECRET} 4", DRAFT)]
    assert b"sentinel" not in b"".join(cell for row in stored() for cell in row)


@pytest.mark.parametrize("wrong", [{"note": 5}, {"note": b"x"}, {"draft": []}, {"draft": "{}"}])
def test_a_value_of_another_kind_is_not_stored(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError), transaction.atomic():
        Confidence.objects.create(**wrong)
    assert Confidence.objects.count() == 0


def test_none_is_stored_only_where_the_column_allows_it() -> None:
    with pytest.raises(IntegrityError):
        Confidence.objects.create(note=None)


def test_saving_a_row_again_moves_it_under_the_first_key(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    Confidence.objects.create(note=SECRET, draft=DRAFT)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    Confidence.objects.get().save()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    row = Confidence.objects.get()
    assert (row.note, row.draft) == (SECRET, DRAFT)


def test_a_lost_key_is_told_without_the_value(settings: Settings) -> None:
    Confidence.objects.create(note=SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UndecryptableValue, match="cannot be decrypted with any of the keys"):
        Confidence.objects.get()
    assert Confidence.objects.defer("note").get().pk


def test_a_migration_carries_no_key(settings: Settings) -> None:
    field = Confidence._meta.get_field("draft")
    name, path, args, kwargs = field.deconstruct()
    assert (name, path, args) == ("draft", "config.kernel.crypto.EncryptedJSONField", [])
    assert kwargs == {"default": dict}
    source, _imports = MigrationWriter.serialize(field)
    assert source == "config.kernel.crypto.EncryptedJSONField(default=dict)"


def test_nothing_is_serialised_by_accident() -> None:
    row = Confidence.objects.create(note=SECRET, draft=DRAFT)
    with pytest.raises(FieldError, match="not serialised"):
        serializers.serialize("json", [row])


def test_a_form_edits_the_text_and_leaves_the_json_alone() -> None:
    form = modelform_factory(Confidence, fields=["note", "draft"])(data={"note": SECRET})
    assert list(form.fields) == ["note"]
    assert isinstance(form.fields["note"].widget, Textarea)
    assert form.save().note == SECRET


def test_representations_show_nothing() -> None:
    row = Confidence(note=SECRET, draft=DRAFT)
    shown = [
        repr(row),
        *(repr(field) for field in Confidence._meta.fields),
        str(Confidence.objects.filter(note="").query),
    ]
    assert "sentinel" not in "".join(shown)
