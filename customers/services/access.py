"""Access links: secret addresses in letters that open one thing for one purpose, without a password.

A link's secret is derived from its key, so that a later letter can carry the same address, and only its hash is
stored. After SECRET_KEY has been changed old letters still open what they opened; a new letter gets a new link.
What lies behind a link, and its address, is the business of whoever made it.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet, Subquery, UUIDField
from django.db.models.functions import Cast
from django.urls import reverse

from config.kernel import clock, signing
from customers.models import AccessLink


def make_access_link(*, purpose: AccessLink.Purpose, subject_key: str, expires_at: datetime) -> AccessLink:
    """A new link to the subject; those made before stay as they are."""
    link = AccessLink(purpose=purpose, subject_key=subject_key, expires_at=expires_at)
    link.token_hash = signing.hash_token(link_token(link))
    link.save(force_insert=True)
    return link


def ensure_access_link(*, purpose: AccessLink.Purpose, subject_key: str, expires_at: datetime) -> AccessLink:
    """The link to put into a letter: the current one, or a new one where there is none."""
    link = current_link(purpose=purpose, subject_key=subject_key)
    return link or make_access_link(purpose=purpose, subject_key=subject_key, expires_at=expires_at)


def current_link(*, purpose: AccessLink.Purpose, subject_key: str) -> AccessLink | None:
    """The newest live link to the subject whose secret can still be told, or None."""
    for link in _live().filter(purpose=purpose, subject_key=subject_key).order_by("-created_at", "-id"):
        if signing.constant_time_equal(signing.hash_token(link_token(link)), link.token_hash):
            return link
    return None


def link_token(link: AccessLink) -> str:
    """The secret of a link that `make_access_link` or `current_link` gave."""
    return signing.derive_token(f"access:{link.purpose}", str(link.pk))


def link_url(link: AccessLink) -> str:
    """The whole address for a letter."""
    page = "finish_sign_in" if link.purpose == AccessLink.Purpose.SIGN_IN else "open_link"
    return settings.SITE_URL + reverse(f"customers:{page}", args=[link_token(link)])


def find_live_link(token: str) -> AccessLink | None:
    """The link with this secret, unless it has expired or was revoked."""
    return _live().filter(token_hash=signing.hash_token(token)).first()


def opens(token: str, *, purpose: AccessLink.Purpose, subject_key: str) -> bool:
    """Whether the secret opens this subject for this purpose, now.

    One look-up by hash and two comparisons, right or wrong: neither answer nor time tells which part was wrong.
    """
    link = find_live_link(token)
    found_purpose, found_key = (link.purpose, link.subject_key) if link else ("", "")
    is_purpose = signing.constant_time_equal(found_purpose, purpose)
    is_subject = signing.constant_time_equal(found_key, subject_key)
    return is_purpose and is_subject and link is not None


def opened_key(token: str, *, purpose: AccessLink.Purpose) -> Subquery:
    """The key, a UUID, of the subject that the secret opens for this purpose, to be asked for inside another query.

    For pages whose address names the subject by something else than its key: they fetch the subject by this key and
    compare, so that a guessed address costs the same whether it exists or not.
    """
    links = _live().filter(purpose=purpose, token_hash=signing.hash_token(token)).order_by()
    return Subquery(links.values(key=Cast("subject_key", UUIDField()))[:1])


def mark_used(link: AccessLink) -> None:
    """Notes that somebody went through the link just now."""
    AccessLink.objects.filter(pk=link.pk).update(last_used_at=clock.now())


def revoke_link(link: AccessLink) -> bool:
    """Closes one link for good. False when it was revoked already."""
    return AccessLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=clock.now()) == 1


def revoke_links(*, purpose: AccessLink.Purpose, subject_key: str) -> int:
    """Closes every link to the subject for this purpose; says how many that were open."""
    links = AccessLink.objects.filter(purpose=purpose, subject_key=subject_key, revoked_at=None)
    return links.update(revoked_at=clock.now())


def _live() -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(revoked_at=None, expires_at__gt=clock.now())
