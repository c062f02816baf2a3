"""From a message to what is sent: subject, plain text, HTML and attachments, and the copy that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string

from communications.letter_parts import Attachment
from communications.letters import LETTERS
from communications.models import Message
from communications.styling import styles
from communications.wording import one_line, wrap
from config.brand import BRAND
from invoicing.selectors import current_supplier

SECRET_MASK = "(secret)"  # noqa: S105 - what stands in a secret's place


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()

    def without(self, secrets: Iterable[str]) -> "Letter":
        """The same letter with its secrets masked, to be kept. Attachments never hold one."""
        text, html = self.text, self.html
        for secret in secrets:
            text, html = text.replace(secret, SECRET_MASK), html.replace(secret, SECRET_MASK)
        return replace(self, text=text, html=html)


def render(message: Message, *, link_url: str) -> Letter:
    """The letter as it stands now. `link_url` is the recipient's own secret address; only the caller knows it.

    Raises DocumentMissing when the invoice to be attached is not there.
    """
    kind = Message.Kind(message.kind)
    content = LETTERS[kind](message, link_url)
    look = styles()
    frame = {"brand": BRAND, "legal_line": current_supplier().legal_line, "s": look.parts, "sheet": look.sheet}
    context: dict[str, Any] = {**frame, **content.context}
    template = f"emails/communications/{kind.value}"
    return Letter(
        subject=one_line(render_to_string(f"{template}.subject.txt", context)),
        text=wrap(render_to_string(f"{template}.txt", context)),
        html=render_to_string(f"{template}.html", context),
        attachments=content.attachments,
    )
