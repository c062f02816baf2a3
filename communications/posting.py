"""Handing a letter to the mailer (MAILERS): an SMTP server, a provider through Anymail, or the development mailbox."""

import email.policy
import re
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import Policy
from typing import Any, override
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from communications.letter_parts import Attachment
from communications.models import Message
from communications.pictures import Picture, pictures
from communications.rendering import Letter
from communications.wording import one_line
from config.brand import BRAND

# What has a meaning between addresses (RFC 5322, 3.2.3), but the full stop, which is read for itself everywhere.
_PUNCTUATION = re.compile(r"""[()<>\[\]:;@\\,"]""")
# With the name of the header before it, it fits a line of 78 and is left as it is.
_ONE_LINE = 60


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
    parts += [_inline(picture) for picture in pictures()]
    mail = _Mail(
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
    """ "Name <address>" for a header, safe whatever was typed. Raises UnusableAddress.

    Quotes are relied on in a short header alone: Python loses them where it breaks one into lines, and a comma in
    somebody's name would begin another address.
    """
    try:
        header = str(Address(display_name=one_line(name), addr_spec=email.strip()))
        if len(header) <= _ONE_LINE:
            return header
        return str(Address(display_name=one_line(_PUNCTUATION.sub(" ", name)), addr_spec=email.strip()))
    except Exception as error:  # the parser's errors share no class: HeaderParseError, ValueError, IndexError ...
        raise UnusableAddress("This is not an address that mail can be sent to.") from error


class _Mail(EmailMultiAlternatives):
    """A message whose pictures lie beside the HTML that shows them (multipart/related, RFC 2387).

    Providers are handed `attachments` and see to that themselves; what goes over SMTP is arranged here, since a picture
    among the attachments is listed as a file by some mail programs.
    """

    @override
    def message(self, *, policy: "Policy[Any] | None" = email.policy.default) -> EmailMessage:
        message: EmailMessage = super().message(policy=policy)
        shown = [part for part in message.iter_attachments() if part.get_content_disposition() == "inline"]
        message.set_payload([part for part in message.iter_parts() if part not in shown])
        html = next(part for part in message.walk() if part.get_content_type() == "text/html")
        html.make_related()
        for picture in shown:
            html.attach(picture)
        return message


def _inline(picture: Picture) -> MIMEPart:
    part = MIMEPart()
    part.set_content(picture.content, maintype="image", subtype="png", disposition="inline", cid=f"<{picture.name}>")
    return part


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
