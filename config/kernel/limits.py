"""How often one visitor may do something in a minute, and how long to wait after guessing wrong.

Counted in Redis; without Redis nobody is held up. What is counted stands under a keyed hash, of the visitor's network
address for one, and goes by itself, so no address is kept.
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

# So many tries cost nothing; then each wait is twice the one before, up to the longest. A day without any forgets all.
_FREE_TRIES = 5
_FIRST_WAIT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 900
_REMEMBERED_SECONDS = 24 * 3600
# Looks and counts in one step: of many tries at one moment no more get through than one after the other.
_BEGIN_TRY = """
local now, free, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local open_at = tonumber(redis.call('HGET', KEYS[1], 'open_at') or '0')
if now < open_at then return open_at - now end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries >= free then
  redis.call('HSET', KEYS[1], 'open_at', now + math.min(first * 2 ^ math.min(tries - free, 20), longest))
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 0
"""


def is_within_limit(request: HttpRequest, *, what: str, most: int) -> bool:
    """Whether this visitor has done `what` at most so often in this minute, this time included."""
    network = visitor_network(request)
    if not network:
        return True
    key = f"{_key(what, network)}:{int(time.time()) // WINDOW_SECONDS}"
    try:
        with _redis() as client:
            counted, _ = client.pipeline().incr(key).expire(key, 2 * WINDOW_SECONDS).execute()
    except (redis.RedisError, OSError) as error:
        logger.warning("No count of %s (%s): nobody is held up.", what, type(error).__name__)
        return True
    return int(counted) <= most


def begin_try(*, what: str, whom: str) -> int:
    """Counts a try at something that can be guessed, before it is looked at; 0 when it may be looked at.

    Else the seconds to wait, and nothing is counted: who keeps trying meanwhile makes nothing longer. Whose guess was
    right calls `forget_tries`.
    """
    given = [int(time.time()), _FREE_TRIES, _FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS, _REMEMBERED_SECONDS]
    try:
        with _redis() as client:
            return int(client.eval(_BEGIN_TRY, 1, _key(what, whom), *given))
    except (redis.RedisError, OSError) as error:
        logger.warning("No count of %s (%s): nobody is held up.", what, type(error).__name__)
        return 0


def forget_tries(*, what: str, whom: str) -> None:
    """The next wrong guess is the first again."""
    try:
        with _redis() as client:
            client.delete(_key(what, whom))
    except (redis.RedisError, OSError) as error:
        logger.warning("The count of %s stays (%s).", what, type(error).__name__)


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


def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS
    )


def _key(what: str, whom: str) -> str:
    digest = hmac.digest(force_bytes(settings.SECRET_KEY), f"{what}:{whom}".encode(), hashlib.sha256)
    return f"limit:{digest.hex()}"
