"""Readers of the environment that fail loudly.

Every setting that differs between a desk and a server comes through here. With DEBUG off a missing
secret stops the start with a sentence that says what to set; nothing secret has a default in code.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, what_it_is: str) -> str:
    """The value of `name`; raises ImproperlyConfigured with a sentence for the person who deploys."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {what_it_is}")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for the PostgreSQL database at `url`; raises ImproperlyConfigured for any other kind."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://user:password@host/name.")
    config: dict[str, Any] = env.db_url_config(url)
    return config


def encryption_keys(text: str) -> list[str]:
    """Fernet keys with commas between; raises ImproperlyConfigured now rather than when the first answer is typed."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = []
    if not keys:
        # The value stays out of the message: it may be a key with a letter too many.
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS must hold Fernet keys: 32 bytes each, in URL-safe base64.")
    return keys


def celery_broker_url(redis_url: str) -> str:
    """The same Redis, spelled as Celery wants it: a Unix socket is `redis+socket://` there."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?db=")
        return f"redis+socket://{path}?virtual_host={query or '0'}"
    return redis_url


def mailer_options() -> dict[str, object]:
    """Where e-mail goes: an Anymail provider, an SMTP server, or else the development mailbox.

    Anymail wins when ANYMAIL_PROVIDER names one of its back ends (`postmark`, `mailgun`, ...); the back end's
    options, its keys among them, are read from ANYMAIL_OPTIONS as JSON. EMAIL_URL or SMTP_HOST name a server. With
    none of them, messages are kept in the database, where staff read them in the admin.
    """
    if provider := env.str("ANYMAIL_PROVIDER", default=""):
        return _anymail(provider, env.str("ANYMAIL_OPTIONS", default="{}"))
    if env.str("EMAIL_URL", default=""):
        config = env.email_url("EMAIL_URL")
        # django-environ takes smtps for STARTTLS; RFC 8314 and everybody else mean TLS from the first byte.
        use_ssl = bool(config.get("EMAIL_USE_SSL")) or env.str("EMAIL_URL").startswith("smtps:")
        use_tls = bool(config.get("EMAIL_USE_TLS")) and not use_ssl
        return _smtp(
            host=config["EMAIL_HOST"],
            port=config["EMAIL_PORT"] or (465 if use_ssl else 587 if use_tls else 25),
            username=config["EMAIL_HOST_USER"] or "",
            password=config["EMAIL_HOST_PASSWORD"] or "",
            use_tls=use_tls,
            use_ssl=use_ssl,
        )
    if host := env.str("SMTP_HOST", default=""):
        return _smtp(
            host=host,
            port=env.int("SMTP_PORT", default=587),
            username=env.str("SMTP_USER", default=""),
            password=env.str("SMTP_PASS", default=""),
            use_tls=env.bool("SMTP_TLS", default=True),
            use_ssl=False,
        )
    return {"BACKEND": "communications.mailbox.MailboxBackend"}


def _anymail(provider: str, options: str) -> dict[str, object]:
    if not provider.isidentifier() or find_spec(f"anymail.backends.{provider}") is None:
        raise ImproperlyConfigured(
            f"ANYMAIL_PROVIDER is {provider!r}, which is no back end of Anymail's; postmark and mailgun are two."
        )
    try:
        given = json.loads(options)
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise ImproperlyConfigured('ANYMAIL_OPTIONS must be a JSON object, such as {"server_token": "..."}.')
    return {"BACKEND": f"anymail.backends.{provider}.EmailBackend", "OPTIONS": given}


def _smtp(*, host: str, port: int, username: str, password: str, use_tls: bool, use_ssl: bool) -> dict[str, object]:
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": host,
            "port": port,
            "username": username,
            "password": password,
            "use_tls": use_tls,
            "use_ssl": use_ssl,
            "timeout": 20,
        },
    }
