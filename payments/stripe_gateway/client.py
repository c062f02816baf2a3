"""How Stripe is reached, and what becomes of its errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import stripe
from django.conf import settings

from payments.stripe_gateway.answers import GatewayRefused, GatewayUnavailable

# A failed call is repeated once by the library itself, with the same idempotency key.
NETWORK_RETRIES = 1


@lru_cache(maxsize=1)
def client() -> stripe.StripeClient:
    """One client a process: its connections to Stripe are kept open between calls."""
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT_SECONDS),
        max_network_retries=NETWORK_RETRIES,
    )


def forget_client() -> None:
    """The next call reads the settings anew."""
    client.cache_clear()


@contextmanager
def errors() -> Iterator[None]:
    """Raises GatewayUnavailable or GatewayRefused in place of the library's own errors."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        # 409 is a call with this idempotency key that is still running: the same as no answer yet.
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            is_kept = error.http_status is not None and error.http_status >= 500
            raise GatewayUnavailable(type(error).__name__, is_kept=is_kept) from error
        raise GatewayRefused(error.code or "", error.user_message or str(error)) from error
