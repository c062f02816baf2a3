"""One letter: to whom, what it said, what became of it, and what one can do about it."""

import base64
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from communications.models import Message
from communications.pictures import pictures
from communications.selectors import same_letter
from communications.services.resending import why_not_again
from config.office import office_page, staff_page

STATE_TONES = {
    "queued": "wait",
    "sending": "wait",
    "sent": "ok",
    "delivered": "ok",
    "bounced": "bad",
    "complained": "warn",
    "failed": "bad",
    "suppressed": "warn",
    "cancelled": "quiet",
}
# What each state means for whoever reads it here.
STATE_SENTENCES = {
    "queued": "It waits for its turn. Letters usually go within a minute.",
    "sending": "It is being sent at this moment.",
    "sent": "The mail server took it. Nobody has told us that it did not arrive.",
    "delivered": "It arrived in the mailbox.",
    "bounced": "It came back: the mailbox does not exist, is full, or does not take our letters.",
    "complained": "It arrived, and was marked as spam.",
    "failed": "It could not be sent, and is not tried again by itself.",
    "suppressed": "It was not sent, because this address is blocked.",
    "cancelled": "It was stopped before it went.",
}
# A letter has its styles on its elements; nothing else is let in, and nothing of it reaches out.
LETTER_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": True,
}
PAGE_CSP = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}


@staff_page(
    "communications/message/<uuid:key>/", name="communications_message_page", permission="communications.view_message"
)
@csp_override(PAGE_CSP)
@require_safe
def message_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Three queries besides those of the frame, however much happened."""
    with_all = Message.objects.select_related("user", "booking__session", "attendee", "invoice", "refund", "sign_in")
    message = get_object_or_404(with_all, pk=key)
    others = [letter for letter in same_letter(message) if letter.pk != message.pk]
    later = [letter for letter in others if letter.created_at > message.created_at]
    context = {
        "message": message,
        "others": [(letter, STATE_TONES[letter.state]) for letter in others],
        "copy": later[-1] if later else None,
        "copy_is_lost": bool(later) and later[-1].state in Message.LOST,
        "state_tone": STATE_TONES[message.state],
        "sentence": STATE_SENTENCES[message.state],
        "events": list(message.events.all()),
        "why_not": why_not_again(message),
    }
    return office_page(request, "staff/communications/message.html", context, title=message.get_kind_display())


@staff_page(
    "communications/message/<uuid:key>/letter/",
    name="communications_message_letter",
    permission="communications.view_message",
)
@xframe_options_sameorigin
@csp_override(LETTER_CSP)
@require_safe
def letter(_request: HttpRequest, key: UUID) -> HttpResponse:
    """As it was sent, with secret links masked, for the frame on the page: no script, nothing from outside."""
    html = get_object_or_404(Message.objects.only("body_html"), pk=key).body_html
    if not html:
        raise Http404
    for picture in pictures():
        data = base64.b64encode(picture.content).decode()
        html = html.replace(f"cid:{picture.name}", f"data:image/png;base64,{data}")
    return HttpResponse(html)
