"""Notes about people: written, put right and pinned by staff. Each leaves a line on the person's timeline.

The line says that something was written, never what: a note can be put right, a timeline can't. Former wordings are in
the change history (config/history).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from config.kernel import clock
from config.kernel.actor import current_actor
from customers import locks
from customers.models import Note
from customers.services.timeline import record_activity

# Characters: some three pages. What is longer belongs into a document.
LONGEST = 10_000
# The same words by the same person within this time are one press that arrived twice.
PRESSED_TWICE = timedelta(minutes=1)

NOTE_ADDED = "note_added"
NOTE_EDITED = "note_edited"
NOTE_PINNED = "note_pinned"
NOTE_UNPINNED = "note_unpinned"


class ChangedMeanwhile(Exception):
    """Somebody else has put the note right since it was read."""


@transaction.atomic
def add_note(*, user_id: UUID, body: str, pinned: bool = False) -> Note:
    """A note about this person by the current actor: a new one, or the one that they wrote in these words just now.

    Raises ValueError for nothing, or for more than LONGEST. Locks: User.
    """
    words, author = _checked(body), current_actor().user_id
    locks.lock_users([user_id])
    written = Note.objects.filter(user=user_id, author=author, body=words, created_at__gt=clock.now() - PRESSED_TWICE)
    if note := written.first():
        return note
    note = Note.objects.create(user_id=user_id, body=words, pinned=pinned, author_id=author)
    _record(note, NOTE_ADDED, "Wrote a note")
    return note


@transaction.atomic
def edit_note(*, note_id: int, body: str, seen: datetime | None) -> bool:
    """Puts a note right. False when it says so already.

    `seen` is the note's `edited_at` when its words were read: of two who put it right at once the second is told.
    Raises ChangedMeanwhile, and ValueError as `add_note`. Locks: Note.
    """
    words = _checked(body)
    note = locks.lock_note(note_id)
    if note.body == words:
        return False
    if note.edited_at != seen:
        raise ChangedMeanwhile
    note.body, note.edited_at, note.edited_by_id = words, clock.now(), current_actor().user_id
    note.save(update_fields=["body", "edited_at", "edited_by"])
    _record(note, NOTE_EDITED, "Put a note right")
    return True


@transaction.atomic
def pin_note(*, note_id: int, pinned: bool) -> bool:
    """Puts a note above the others, or back among them. False when it is there already. Locks: Note."""
    note = locks.lock_note(note_id)
    if note.pinned == pinned:
        return False
    note.pinned = pinned
    note.save(update_fields=["pinned"])
    if pinned:
        _record(note, NOTE_PINNED, "Pinned a note")
    else:
        _record(note, NOTE_UNPINNED, "Unpinned a note")
    return True


def _checked(body: str) -> str:
    words = body.strip()
    if not words:
        raise ValueError("A note says something.")
    if len(words) > LONGEST:
        raise ValueError(f"A note has at most {LONGEST:,} characters.")
    return words


def _record(note: Note, kind: str, summary: str) -> None:
    record_activity(user_id=note.user_id, kind=kind, summary=summary, subject_kind="note", subject_key=str(note.pk))
