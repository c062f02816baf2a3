"""Letters that a member of staff types to one person. Their words are kept on the row, and sent as plain words.

They are for what has to be said to this one person. News and offers need a consent that nobody is asked for.
"""

from uuid import UUID

from django.db import transaction

from communications.models import Message, MessageEvent
from communications.services.outbox import DELIVER_TASK
from communications.wording import one_line, plain_name
from config.kernel import clock
from config.kernel.jobs import enqueue
from customers.email_keys import email_key, is_usable
from customers.models import User
from customers.services.timeline import record_activity

LETTER_WRITTEN = "letter_written"
LONGEST_SUBJECT = 100
LONGEST_TEXT = 10_000


class NoAddress(Exception):
    """Nothing can be mailed to this person."""


def can_be_written_to(user: User) -> bool:
    """Whether there is an address that a letter could go to."""
    return is_usable(email_key(user.email) or "")


@transaction.atomic
def queue_office_letter(*, user: User, subject: str, text: str, token: UUID) -> Message:
    """Queues a letter with these words, once for each `token`, and notes it on the timeline.

    A second call with the same token gives back the first one's message. Raises NoAddress, and ValueError for a letter
    that says nothing or too much.
    """
    subject, text = one_line(subject), text.replace("\r\n", "\n").strip()
    if not subject or not text or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise ValueError("A letter has a subject and words, within bounds.")
    if not can_be_written_to(user):
        raise NoAddress
    message, is_new = Message.objects.get_or_create(
        dedupe_key=f"office:{user.pk}:{token}",
        defaults={
            "kind": Message.Kind.OFFICE_LETTER,
            "user": user,
            "typed_subject": subject,
            "typed_text": text,
            "to_email": user.email,
            "to_name": plain_name(user.full_name),
            "send_after": clock.now(),
        },
    )
    if is_new:
        MessageEvent.objects.create(message=message, kind="queued")
        record_activity(
            user_id=user.pk,
            kind=LETTER_WRITTEN,
            summary=f"Wrote an email: {subject}",
            subject_kind="message",
            subject_key=str(message.pk),
        )
        enqueue(DELIVER_TASK, message.pk)
    return message
