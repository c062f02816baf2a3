"""The development mailbox: a mailer that keeps letters in the database, for staff to read in the admin.

It is the default only where no mail server and no provider is configured (config.env.mailer_options). What it keeps is
the whole letter, secret links included, as a real mailbox would.
"""

import email.policy
from collections.abc import Sequence
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
