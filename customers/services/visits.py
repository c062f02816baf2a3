"""Visits to the portal: begun by a sign-in link, proved by a secret in a cookie, ended by hand or by time.

A visit is not a log-in of Django's: it opens what `bookings.access` and the portal's pages say, fills in who books, and
does nothing else, so it can never reach the office, not even for a member of staff who signs in here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Subquery

from config.kernel import clock, signing
from customers.models import PortalVisit, User

SHORT = timedelta(hours=2)
LONG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BegunVisit:
    """A new visit with its secret, which is told once and stored nowhere."""

    visit: PortalVisit
    token: str


def begin_visit(*, user: User, keep: bool) -> BegunVisit:
    """A visit of two hours, or of 30 days if asked. The secret is new every time, whatever the browser had before."""
    token = signing.new_token()
    now = clock.now()
    visit = PortalVisit.objects.create(
        user=user,
        token_hash=signing.hash_token(token),
        created_at=now,
        expires_at=now + (LONG if keep else SHORT),
    )
    return BegunVisit(visit, token)


def find_visit(token: str) -> PortalVisit | None:
    """The visit with this secret and its person, unless it is over or the person may not sign in any more."""
    return _open(token).select_related("user").first()


def visitor_key(token: str) -> Subquery:
    """The key of the person whose visit this secret proves, to be asked for inside another query."""
    return Subquery(_open(token).order_by().values("user_id")[:1])


def end_visit(token: str) -> bool:
    """Ends the visit for good. False when there was none."""
    return _open(token).update(ended_at=clock.now()) == 1


def end_visits(*, user: User) -> int:
    """Signs somebody out in every browser; says how many visits that ended."""
    return PortalVisit.objects.filter(user=user, ended_at=None).update(ended_at=clock.now())


def forget_old_visits(*, now: datetime, limit: int) -> int:
    """Removes visits that ran out, at most `limit`; says how many."""
    ids = list(
        PortalVisit.objects.filter(expires_at__lt=now).order_by("expires_at").values_list("pk", flat=True)[:limit]
    )
    PortalVisit.objects.filter(pk__in=ids).delete()
    return len(ids)


def _open(token: str) -> QuerySet[PortalVisit]:
    return PortalVisit.objects.filter(
        token_hash=signing.hash_token(token), ended_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
