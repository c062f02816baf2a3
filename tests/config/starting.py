"""The site's settings as a server reads them: in a process of its own, with the environment that is given."""

import os
import subprocess
import sys
from collections.abc import Mapping

from config.embedded.folders import CHECKOUT

# What docs/deploying.md leaves to whoever deploys; made up, in the shape of the real thing.
SECRETS = {
    "SECRET_KEY": "A-long-random-text-made-for-one-test-only-0123456789",
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS1rZXktbnVtYmVyLW9uZS0wMDAwMDE=",
    "STRIPE_SECRET_KEY": "sk_live_made_up",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_made_up",
    "STRIPE_WEBHOOK_SECRET": "whsec_made_up",
}
SERVERS = {
    "DATABASE_URL": "postgres://coursebook:password@127.0.0.1:9/coursebook",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
COMPLETE = SECRETS | SERVERS | {"SITE_URL": "https://book.example.org"}

# A checkout may have a .env, which fills in what is missing; what is empty it leaves alone.
_EVERYTHING_ELSE = (
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "ANYMAIL_PROVIDER",
    "EMAIL_URL",
    "SMTP_HOST",
    "STRIPE_API_BASE",
    "STRIPE_JS_URL",
    "EXTRA_HOSTS",
)


def run_python(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Python with these arguments in the checkout, where warnings are errors."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    blank = dict.fromkeys(_EVERYTHING_ELSE, "") | {"DEBUG": "false", "EXTRA_HOSTS": "localhost"}
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=CHECKOUT,
        env=kept | blank | {"DJANGO_SETTINGS_MODULE": "config.settings"} | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def said_with(environment: Mapping[str, str], code: str) -> str:
    """What `code` prints once Django is set up there."""
    ran = run_python("-c", f"import django; django.setup()\n{code}", environment=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def refusal_with(environment: Mapping[str, str]) -> str:
    """The sentence with which the settings refuse this environment."""
    ran = run_python("-c", "import config.settings", environment=environment)
    assert ran.returncode == 1, ran.stdout
    return ran.stderr.strip().splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")
