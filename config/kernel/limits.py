"""How often one visitor may do something in a minute. Counted in Redis; without Redis nobody is held up.

The count stands under a keyed hash of the visitor's network address and goes by itself, so no address is kept.
"""

import hashlib
import hmac
import ipaddress
import logging
import time

import redis
from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import force_bytes

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60
_TIMEOUT_SECONDS = 0.3
# What one household or server is given; it can choose freely among the addresses inside.
_IPV6_PREFIX = 64


def is_within_limit(request: HttpRequest, *, what: str, most: int) -> bool:
    """Whether this visitor has done `what` at most so often in this minute, this time included."""
    network = visitor_network(request)
    if not network:
        return True
    key = _key(what, network, int(time.time()) // WINDOW_SECONDS)
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS
        ) as client:
            counted, _ = client.pipeline().incr(key).expire(key, 2 * WINDOW_SECONDS).execute()
    except (redis.RedisError, OSError) as error:
        logger.warning("No count of %s (%s): nobody is held up.", what, type(error).__name__)
        return True
    return int(counted) <= most


def visitor_network(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address or an IPv6 network, or an empty text where that is not known.

    The proxy's X-Real-IP is believed (docs/deploying.md). Without it an address inside our own network is the proxy's:
    all visitors share it, and it says nothing about any of them.
    """
    named = request.headers.get("X-Real-IP", "")
    try:
        address = ipaddress.ip_address(named or request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    if not named and not address.is_global:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_PREFIX), strict=False))


def _key(what: str, network: str, window: int) -> str:
    digest = hmac.digest(force_bytes(settings.SECRET_KEY), f"{what}:{network}".encode(), hashlib.sha256)
    return f"limit:{digest.hex()}:{window}"
