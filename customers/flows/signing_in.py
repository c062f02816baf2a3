"""Signing in without a password: from a typed address to a letter, and from its link to a visit.

Whoever has booked may sign in, and whoever was booked for: a colleague who never booked becomes a person of ours when
they press the link, which is when their address is proved. Staff may, and are visitors like any other here.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from django.db import transaction

from bookings.selectors import places_for_address
from communications.services.sign_in_letters import queue_sign_in
from config.kernel import clock
from customers import locks
from customers.email_keys import is_usable
from customers.models import AccessLink, SignInRequest, User
from customers.services import signing_in, timeline, visits
from customers.services.matching import match_or_create

SIGNED_IN = "signed_in"
LINK_SENT = "sign_in_link_sent"
# A second press within this time means the same link.
SAME_LINK = timedelta(minutes=1)


class LinkSent(Enum):
    """What became of the office's wish to send somebody a link to sign in."""

    SENT = "sent"
    JUST_SENT = "just sent"
    TOO_MANY = "too many"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class _Known:
    """Who an address belongs to; `user` is None for somebody whom a colleague booked for."""

    user: User | None
    email: str
    first_name: str
    last_name: str


@transaction.atomic
def answer_request(*, request_id: UUID) -> SignInRequest.Answer | None:
    """Finds out who asked and queues their letter, or notes why there is none. Nothing to do is no error."""
    request = SignInRequest.objects.filter(pk=request_id).first()
    if request is None or not signing_in.lock_waiting(request=request):
        return None
    known = _known(request.email_key)
    if known is None:
        answer = SignInRequest.Answer.UNKNOWN
    elif signing_in.is_limited(request=request, now=clock.now()):
        answer = SignInRequest.Answer.LIMITED
    else:
        name = f"{known.first_name} {known.last_name}"
        queue_sign_in(request=request, user=known.user, email=known.email, name=name)
        answer = SignInRequest.Answer.MAILED
    signing_in.note_answer(request=request, answer=answer)
    return answer


@transaction.atomic
def send_sign_in_link(*, user: User) -> LinkSent:
    """The office sends somebody a link to sign in, to the address on record, and no more often than they could ask.

    The letter is queued at once, so that the office can be told what became of it. Locks: User, SignInRequest.
    """
    key = user.email_key or ""
    if not user.is_active or not is_usable(key):
        return LinkSent.IMPOSSIBLE
    locks.lock_users([user.pk])
    if signing_in.was_mailed_since(key=key, since=clock.now() - SAME_LINK):
        return LinkSent.JUST_SENT
    request = signing_in.ask(email=user.email)
    if answer_request(request_id=request.pk) != SignInRequest.Answer.MAILED:
        return LinkSent.TOO_MANY
    timeline.record_activity(user_id=user.pk, kind=LINK_SENT, summary="Sent a link to sign in")
    return LinkSent.SENT


@transaction.atomic
def sign_in(*, token: str, keep: bool) -> visits.BegunVisit | None:
    """Uses a link up and begins a visit; None when the link is not live (any more) or its person may not sign in."""
    found = signing_in.find_link(token)
    return _begin(found.link, found.request, keep=keep) if found else None


@transaction.atomic
def sign_in_by_code(*, request_id: UUID, code: str, keep: bool) -> visits.BegunVisit | None:
    """The same by the code beside the link, for the browser that made the request; None also after too many tries."""
    request = SignInRequest.objects.filter(pk=request_id).first()
    link = signing_in.find_link_by_code(request_id=request_id, code=code)
    return _begin(link, request, keep=keep) if request and link else None


def _begin(link: AccessLink, request: SignInRequest, *, keep: bool) -> visits.BegunVisit | None:
    known = _known(request.email_key) if signing_in.use_link(link) else None
    if known is None:
        return None
    person = known.user or match_or_create(email=known.email, first_name=known.first_name, last_name=known.last_name)
    timeline.record_activity(user_id=person.pk, kind=SIGNED_IN, summary="Signed in from an email")
    return visits.begin_visit(user=person, keep=keep)


def _known(key: str) -> _Known | None:
    user = User.objects.filter(email_key=key).first()
    if user is not None:
        return _Known(user, user.email, user.first_name, user.last_name) if user.is_active else None
    places = places_for_address(key)
    return _Known(None, places[0].email, places[0].first_name, places[0].last_name) if places else None
