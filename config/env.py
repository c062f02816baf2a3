"""Readers of the environment that fail loudly.

Every setting that differs between a desk and a server comes through here. With DEBUG off a missing
secret stops the start with a sentence that says what to set; nothing secret has a default in code.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, what_it_is: str) -> str:
    """The value of `name`; raises ImproperlyConfigured with a sentence for the person who deploys."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {what_it_is}")
    return value


def celery_broker_url(redis_url: str) -> str:
    """The same Redis, spelled as Celery wants it: a Unix socket is `redis+socket://` there."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?db=")
        return f"redis+socket://{path}?virtual_host={query or '0'}"
    return redis_url


def mailer_options() -> dict[str, object]:
    """Where e-mail goes: an Anymail provider, an SMTP server, or else the development mailbox.

    Anymail wins when ANYMAIL_PROVIDER names one of its back ends (`postmark`, `mailgun`, ...); its keys are
    read by Anymail from MAILER_OPTIONS as JSON. EMAIL_URL or SMTP_HOST name a server. With none of them,
    messages are kept in the database, where staff read them in the admin.
    """
    if provider := env.str("ANYMAIL_PROVIDER", default=""):
        return {"BACKEND": f"anymail.backends.{provider}.EmailBackend", "OPTIONS": env.json("ANYMAIL_OPTIONS")}
    if env.str("EMAIL_URL", default=""):
        config = env.email_url("EMAIL_URL")
        return _smtp(
            host=config["EMAIL_HOST"],
            port=config["EMAIL_PORT"],
            username=config["EMAIL_HOST_USER"],
            password=config["EMAIL_HOST_PASSWORD"],
            use_tls=bool(config.get("EMAIL_USE_TLS")),
            use_ssl=bool(config.get("EMAIL_USE_SSL")),
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


def _smtp(
    *, host: str, port: int | None, username: str | None, password: str | None, use_tls: bool, use_ssl: bool
) -> dict[str, object]:
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": host,
            "port": port or 25,
            "username": username or "",
            "password": password or "",
            "use_tls": use_tls,
            "use_ssl": use_ssl,
            "timeout": 20,
        },
    }
