"""Production's settings: Django finds nothing to warn of, and what is missing stops the start with a sentence."""

import json
import re

import pytest
import redis
import stripe
from django.conf import settings
from kombu.connection import Connection

from config.embedded.folders import CHECKOUT
from config.env import celery_broker_url
from tests.config.starting import COMPLETE, SECRETS, refusal_with, run_python, said_with


def documented_environment() -> dict[str, str]:
    """The file of variables that docs/deploying.md shows, with made-up secrets where it leaves a gap."""
    text = (CHECKOUT / "docs" / "deploying.md").read_text()
    block = re.search(r"```ini\n# /etc/coursebook\.env\n(.*?)```", text, re.DOTALL)
    assert block is not None
    shown = dict(line.split("=", 1) for line in block[1].splitlines() if line and not line.startswith("#"))
    assert shown.keys() >= SECRETS.keys()
    return shown | SECRETS


def test_djangos_own_check_for_production_finds_nothing_and_nothing_is_silenced() -> None:
    ran = run_python("manage.py", "check", "--deploy", "--fail-level", "INFO", environment=documented_environment())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "System check identified no issues (0 silenced).\n", "")
    assert settings.SILENCED_SYSTEM_CHECKS == []


def test_over_https_cookies_are_secure_and_browsers_stay_on_https() -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SITE_IS_HTTPS", "DEBUG")
    code = f"from django.conf import settings; print([getattr(settings, name) for name in {names!r}])"
    assert said_with(COMPLETE, code) == "[True, True, True, True, False]"
    assert said_with(COMPLETE | {"SITE_URL": "http://127.0.0.1:8000"}, code) == "[False, False, False, False, False]"
    hsts = "from django.conf import settings; print(settings.SECURE_HSTS_SECONDS)"
    assert said_with(COMPLETE, hsts) == "31536000"
    # A browser that once read it would refuse the same machine's other sites for a year.
    assert said_with(COMPLETE | {"SITE_URL": "http://127.0.0.1:8000"}, hsts) == "0"


def test_letters_come_from_the_brand_unless_the_environment_says_otherwise() -> None:
    code = """
from dataclasses import replace
from config import brand
brand.BRAND = replace(brand.BRAND, name="Quick Aid, York", sender="mail@quick.example")
from django.conf import settings
print(settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL == settings.DEFAULT_FROM_EMAIL)
"""
    for named, expected in [("", '"Quick Aid, York" <mail@quick.example>'), ("Another <b@example.org>",) * 2]:
        ran = run_python("-c", code, environment=COMPLETE | {"DEFAULT_FROM_EMAIL": named})
        assert (ran.stdout, ran.stderr) == (f"{expected} True\n", "")


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_a_missing_variable_stops_the_start_with_a_sentence_that_names_it(name: str) -> None:
    said = refusal_with(COMPLETE | {name: ""})
    assert said.startswith(f"Set {name} in the environment: ")
    assert said.endswith(".")


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("SITE_URL", "book.example.org", "SITE_URL must look like https://book.example.org, with nothing"),
        ("SITE_URL", "ftp://book.example.org", "SITE_URL must look like https://book.example.org, with nothing"),
        ("SITE_URL", "https://example.org/book", "SITE_URL must look like https://book.example.org, with nothing"),
        ("DATABASE_URL", "sqlite:///site.db", "DATABASE_URL must name a PostgreSQL database"),
        ("DATABASE_URL", "127.0.0.1", "DATABASE_URL must name a PostgreSQL database"),
        ("FIELD_ENCRYPTION_KEYS", "not-a-key", "FIELD_ENCRYPTION_KEYS must hold Fernet keys"),
        ("FIELD_ENCRYPTION_KEYS", ",", "FIELD_ENCRYPTION_KEYS must hold Fernet keys"),
    ],
)
def test_a_value_that_cannot_be_right_stops_the_start_with_a_sentence(name: str, value: str, sentence: str) -> None:
    assert refusal_with(COMPLETE | {name: value}).startswith(sentence)


def test_a_wrong_encryption_key_is_not_repeated_to_the_log() -> None:
    almost = COMPLETE["FIELD_ENCRYPTION_KEYS"][1:]
    ran = run_python("-c", "import config.settings", environment=COMPLETE | {"FIELD_ENCRYPTION_KEYS": almost})
    assert ran.returncode == 1
    assert almost not in ran.stderr


def test_several_encryption_keys_are_kept_in_their_order() -> None:
    first, second = "YS1uZXdlci1rZXktdGhhdC1lbmNyeXB0cy1ub3chISE=", COMPLETE["FIELD_ENCRYPTION_KEYS"]
    code = "import json; from django.conf import settings; print(json.dumps(settings.FIELD_ENCRYPTION_KEYS))"
    said = said_with(COMPLETE | {"FIELD_ENCRYPTION_KEYS": f"{first}, {second},"}, code)
    assert json.loads(said) == [first, second]


def test_the_payment_page_may_lead_to_stripe_or_to_the_stand_in_that_is_named() -> None:
    code = "from django.conf import settings; print(settings.STRIPE_API_BASE, settings.STRIPE_CHECKOUT_ORIGIN)"
    assert said_with(COMPLETE, code) == "https://api.stripe.com https://checkout.stripe.com"
    stand_in = "http://127.0.0.1:9000"
    assert said_with(COMPLETE | {"STRIPE_API_BASE": stand_in}, code) == f"{stand_in} {stand_in}"


def test_the_payment_page_lets_in_stripes_script_by_stripes_own_list() -> None:
    code = "import json; from django.conf import settings; print(json.dumps(settings.PAYMENT_CSP))"
    policy = json.loads(said_with(COMPLETE, code))
    strict = json.loads(said_with(COMPLETE, code.replace("PAYMENT_CSP", "SECURE_CSP")))
    assert policy == strict | {
        "connect-src": ["'self'", "https://api.stripe.com"],
        "form-action": ["'self'", "https://checkout.stripe.com"],
        "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        "script-src": ["'self'", "https://js.stripe.com", "https://*.js.stripe.com"],
    }


def test_stripes_script_is_of_the_release_that_the_library_and_the_types_are_of() -> None:
    code = "from django.conf import settings; print(settings.STRIPE_JS_URL)"
    release = stripe.api_version.partition(".")[2]
    assert said_with(COMPLETE, code) == f"https://js.stripe.com/{release}/stripe.js"
    stand_in = "http://127.0.0.1:9000"
    assert said_with(COMPLETE | {"STRIPE_API_BASE": stand_in}, code) == f"{stand_in}/js/stripe.js"
    named = COMPLETE | {"STRIPE_API_BASE": stand_in, "STRIPE_JS_URL": "http://127.0.0.1:9001/stripe.js"}
    assert said_with(named, code) == "http://127.0.0.1:9001/stripe.js"


@pytest.mark.parametrize(
    "redis_url, broker_url",
    [
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("redis://127.0.0.1:6379/2", "redis://127.0.0.1:6379/2"),
    ],
)
def test_celery_has_its_own_spelling_of_a_unix_socket(redis_url: str, broker_url: str) -> None:
    assert celery_broker_url(redis_url) == broker_url


def test_celery_reaches_the_very_database_that_is_named(broker: redis.Redis) -> None:
    with Connection(celery_broker_url(settings.REDIS_URL)) as connection, connection.SimpleQueue("spelling") as queue:
        queue.put({"id": 1})
    assert broker.llen("spelling") == 1
