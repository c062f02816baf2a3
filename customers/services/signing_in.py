"""Asking to sign in, and what is mailed: a link, and a code for who reads it elsewhere, once and for half an hour.

Who an address belongs to, and whether a letter goes to it, is flows.signing_in's to find out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.db.models import F

from config.kernel import clock, signing
from config.kernel.jobs import enqueue
from customers import locks
from customers.email_keys import clean_address, email_key, is_usable
from customers.models import AccessLink, SignInRequest
from customers.services import access

ANSWER_TASK = "customers.tasks.answer_sign_in_request"

LINK_LIFE = timedelta(minutes=30)
# Enough for who mislays one; too few to fill somebody's mailbox with.
MOST_LINKS = 5
LIMIT_SPAN = timedelta(hours=1)
# Typing a code: enough for slips of the finger, few against a million.
MOST_CODE_TRIES = 5
# How long a request is kept: its link can still say that it has run out, and send another.
KEPT_FOR = timedelta(days=7)


class LinkState(Enum):
    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that was mailed, and what was asked for."""

    link: AccessLink
    request: SignInRequest

    def state(self, now: datetime) -> LinkState:
        if self.link.revoked_at is not None:
            return LinkState.USED
        return LinkState.LIVE if self.link.expires_at > now else LinkState.EXPIRED


def ask(*, email: str) -> SignInRequest:
    """Notes that somebody wants to sign in as this address and has a worker look who that is.

    The same work for every address. Raises ValueError for what is no address.
    """
    key = email_key(email)
    if key is None or not is_usable(key):
        raise ValueError("Nobody can sign in without an address.")
    request = SignInRequest.objects.create(email=clean_address(email), email_key=key)
    enqueue(ANSWER_TASK, request.pk)
    return request


def lock_waiting(*, request: SignInRequest) -> bool:
    """Takes a request in hand until the transaction ends. False when it was answered already.

    Requests for one address are answered one after the other, so that `is_limited` counts them all.
    """
    locked = locks.lock_sign_in_requests(request.email_key, since=request.created_at - LIMIT_SPAN)
    return any(each.pk == request.pk and each.answer == SignInRequest.Answer.WAITING for each in locked)


def is_limited(*, request: SignInRequest, now: datetime) -> bool:
    """Whether this address has been sent its links for this hour. The caller has the request in hand."""
    mailed = SignInRequest.objects.filter(
        email_key=request.email_key, answer=SignInRequest.Answer.MAILED, created_at__gt=now - LIMIT_SPAN
    )
    return mailed.count() >= MOST_LINKS


def was_mailed_since(*, key: str, since: datetime) -> bool:
    """Whether a link was asked for at this address since then, and mailed."""
    mailed = SignInRequest.objects.filter(email_key=key, answer=SignInRequest.Answer.MAILED, created_at__gt=since)
    return mailed.exists()


def note_answer(*, request: SignInRequest, answer: SignInRequest.Answer) -> None:
    request.answer = answer
    request.save(update_fields=["answer"])


def make_link(*, request: SignInRequest) -> AccessLink:
    """The link for one letter, made when the letter is sent: its half hour begins then, however late that is."""
    return access.make_access_link(
        purpose=AccessLink.Purpose.SIGN_IN, subject_key=str(request.pk), expires_at=clock.now() + LINK_LIFE
    )


def find_link(token: str) -> SignInLink | None:
    """The link with this secret, whatever became of it; None for one that was never made or is forgotten."""
    link = AccessLink.objects.filter(purpose=AccessLink.Purpose.SIGN_IN, token_hash=signing.hash_token(token)).first()
    request = SignInRequest.objects.filter(pk=link.subject_key).first() if link else None
    return SignInLink(link, request) if link and request else None


def code_of(token: str) -> str:
    """The six digits that stand beside the link with this secret."""
    return signing.derive_code("sign-in code", token)


def find_link_by_code(*, request_id: UUID, code: str) -> AccessLink | None:
    """The live link of this request beside which the code stands. Each call is a try; after five none is right.

    The request is the one that the browser made, so a code is worth nothing to anybody else. An address that got no
    letter has no right code, and a try costs the same.
    """
    tries = SignInRequest.objects.filter(pk=request_id, code_tries__lt=MOST_CODE_TRIES)
    may_try = tries.update(code_tries=F("code_tries") + 1) == 1
    links = AccessLink.objects.filter(
        purpose=AccessLink.Purpose.SIGN_IN,
        subject_key=str(request_id),
        revoked_at=None,
        expires_at__gt=clock.now(),
    )
    fitting = [link for link in links if signing.constant_time_equal(code_of(access.link_token(link)), code)]
    return fitting[0] if fitting and may_try else None


@transaction.atomic
def use_link(link: AccessLink) -> bool:
    """Uses the link up, with any other that the same request got. False when it is not live (any more).

    One conditional UPDATE decides: of two presses one signs in.
    """
    now = clock.now()
    used = AccessLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now).update(
        revoked_at=now, last_used_at=now
    )
    if used:
        access.revoke_links(purpose=AccessLink.Purpose.SIGN_IN, subject_key=link.subject_key)
    return used == 1


@transaction.atomic
def forget_old(*, now: datetime, limit: int) -> int:
    """Removes requests that are older than they need be, at most `limit`, with their links; says how many."""
    old = SignInRequest.objects.filter(created_at__lt=now - KEPT_FOR).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:limit])
    keys = [str(pk) for pk in ids]
    AccessLink.objects.filter(purpose=AccessLink.Purpose.SIGN_IN, subject_key__in=keys).delete()
    SignInRequest.objects.filter(pk__in=ids).delete()
    return len(ids)
