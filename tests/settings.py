"""The site's own settings, with the values a machine without any environment lacks.

They are put into the environment, not into Python: a worker or web server started by a test inherits them and reads
the same settings. DATABASE_URL and REDIS_URL come from `python -m config.embedded exec -- ...`.
"""

import base64
import os

MADE_UP = {
    "DEBUG": "false",
    "SECRET_KEY": "a secret for tests, long enough for Django's own check of fifty characters",
    "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(b"a test key of thirty-two bytes!!").decode(),
    "SITE_URL": "http://testserver",
    "STRIPE_SECRET_KEY": "sk_test_for_the_suite",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_for_the_suite",
    "STRIPE_WEBHOOK_SECRET": "whsec_for_the_suite",
    # Nothing listens there: a test that forgets to start the stand-in fails at once and reaches nobody.
    "STRIPE_API_BASE": "http://127.0.0.1:9",
}
for name, value in MADE_UP.items():
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403 - the environment above must be there first
