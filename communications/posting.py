"""Handing a letter to the mailer (MAILERS): an SMTP server, a provider through Anymail, or the development mailbox."""

from email.headerregistry import Address
from email.message import MIMEPart
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from communications.letters import Attachment
from communications.models import Message
from communications.rendering import Letter
from communications.wording import one_line
from config.brand import BRAND


class UnusableAddress(ValueError):
    """The recipient's address is not one that mail can be sent to."""


def post(message: Message, letter: Letter) -> str:
    """Sends the letter now and gives back the name under which the mailer knows it.

    Speaks to the network: never call it inside a transaction. The Message-ID is the message's own, so that a letter
    that went twice because a worker died between sending and noting it can be recognised as the same. Raises whatever
    the mailer raises, and UnusableAddress.
    """
    message_id = f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname}>"
    # Django takes parts made by hand; the published types don't know it yet.
    parts: list[Any] = [_part(attachment) for attachment in letter.attachments]
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[address(message.to_name, message.to_email)],
        reply_to=[address(BRAND.name, BRAND.email)],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        attachments=parts,
    )
    mail.attach_alternative(letter.html, "text/html")
    mail.send(using="default")
    # Anymail leaves the provider's own name for the message on it; receipts come back under that name.
    status = getattr(mail, "anymail_status", None)
    return message_id if status is None or status.message_id is None else str(status.message_id)


def address(name: str, email: str) -> str:
    """ "Name <address>" for a header, safe whatever was typed. Raises UnusableAddress."""
    try:
        return str(Address(display_name=one_line(name), addr_spec=email.strip()))
    except Exception as error:  # the parser's errors share no class: HeaderParseError, ValueError, IndexError ...
        raise UnusableAddress("This is not an address that mail can be sent to.") from error


def _part(attachment: Attachment) -> MIMEPart:
    """Built by hand so that a calendar keeps its method, by which mail programs recognise an invitation."""
    part = MIMEPart()
    part.set_content(
        attachment.content,
        maintype=attachment.maintype,
        subtype=attachment.subtype,
        params=dict(attachment.params),
        disposition="attachment",
        filename=attachment.filename,
    )
    return part
