"""The development mailbox: a mailer that keeps letters in the database, for staff to read in the admin.

It is the default only where no mail server and no provider is configured (config.env.mailer_options). What it keeps is
the whole letter, secret links included, as a real mailbox would.
"""

import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage as ParsedMessage
from email.message import Message as Part
from typing import Any, override

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from communications.models import MailboxMessage


class MailboxBackend(BaseEmailBackend):
    """Stores each message as the bytes that would have gone to a server."""

    def __init__(self, *, alias: str | None = None, **options: Any) -> None:
        super().__init__(alias=alias, **options)

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        stored = MailboxMessage.objects.bulk_create(
            MailboxMessage(
                sender=message.from_email[:254],
                recipients=", ".join(message.recipients())[:1000],
                subject=message.subject[:200],
                raw=message.message(policy=email.policy.SMTP).as_bytes(),
            )
            for message in email_messages
        )
        return len(stored)


@dataclass(frozen=True)
class StoredAttachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class StoredLetter:
    """A stored message taken apart. `html` is its source: to be shown as text, never as a page of ours."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[StoredAttachment]


def read(message: MailboxMessage) -> StoredLetter:
    """What is in a stored message."""
    parsed = email.message_from_bytes(bytes(message.raw), policy=email.policy.default)
    return StoredLetter(
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
        attachments=[
            StoredAttachment(
                filename=part.get_filename() or "attachment",
                content_type=part.get_content_type(),
                content=_content(part),
            )
            for part in parsed.iter_attachments()
        ],
    )


def _body(parsed: ParsedMessage, kind: str) -> str:
    body = parsed.get_body(preferencelist=(kind,))
    return body.get_content().replace("\r\n", "\n") if body else ""


def _content(part: "Part[str, str]") -> bytes:
    payload = part.get_payload(decode=True)
    # A message attached to a message has no payload of its own: its bytes are the whole of it.
    return payload if isinstance(payload, bytes) else part.as_bytes()
