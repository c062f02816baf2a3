"""Who acts: a member of staff, a customer, the system itself, or Stripe.

Services write the current actor beside what they change. The middleware sets it for a request, `acting_as()` where it
is known otherwise (Stripe's events). Outside both it is the system.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

type ActorKind = Literal["staff", "customer", "system", "stripe"]

# First and last name may have so many characters each.
LONGEST_LABEL = 150


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is for people reading a history; never an e-mail address, so that it may be logged."""

    kind: ActorKind
    label: str
    user_id: UUID | None = None

    def __post_init__(self) -> None:
        if "@" in self.label:
            raise ValueError("An actor's label must not be an e-mail address.")


SYSTEM = Actor("system", "System")
STRIPE = Actor("stripe", "Stripe")
CUSTOMER = Actor("customer", "Customer")

# A request's actor is a function, called when first asked for: finding out who is signed in costs a query.
_source: ContextVar[Callable[[], Actor]] = ContextVar("actor", default=lambda: SYSTEM)


def current_actor() -> Actor:
    """Who acts in this context."""
    return _source.get()()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Everything inside the block is done by `actor`; blocks nest."""
    token = _source.set(lambda: actor)
    try:
        yield actor
    finally:
        _source.reset(token)


class ActorMiddleware:
    """Names the signed-in member of staff, else a customer of whom nothing is known.

    Goes after AuthenticationMiddleware. Nothing is read until somebody asks for the actor; then a visitor
    without a session cookie costs no query, and nobody costs more than one look at `request.user`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _source.set(lambda: _actor_of(request))
        try:
            return self.get_response(request)
        finally:
            _source.reset(token)


def staff_actor(name: str, user_id: UUID) -> Actor:
    """A member of staff, by name where that is no address; of a very long one what fits into a history."""
    return Actor("staff", name[:LONGEST_LABEL] if name and "@" not in name else "Staff", user_id)


def _actor_of(request: HttpRequest) -> Actor:
    user = request.user
    if user.is_authenticated and user.is_staff:
        return staff_actor(user.get_full_name(), user.pk)
    return CUSTOMER
