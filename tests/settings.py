"""The product's own settings with secrets made for tests. Nothing else differs from production (DEBUG is off)."""

import atexit
import os
import shutil
import tempfile

TEST_ENVIRONMENT = {
    "SECRET_KEY": "tests-only-" + "k" * 60,
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS1rZXktbnVtYmVyLW9uZS0wMDAwMDE=",
    "SITE_URL": "http://testserver",
    "STRIPE_SECRET_KEY": "sk_test_tests",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_tests",
    # As in the web server, whose pages most tests look at.
    "DATABASE_ACTOR": "customer",
    # Most tests log in with the password alone; those about the second factor switch it on.
    "STAFF_SECOND_FACTOR_REQUIRED": "false",
    # Nobody listens there: a test that needs Stripe starts the stand-in and says so.
    "STRIPE_API_BASE": "http://127.0.0.1:9",
}
for name, value in TEST_ENVIRONMENT.items():
    os.environ.setdefault(name, value)
if "STORAGE_PATH" not in os.environ:
    os.environ["STORAGE_PATH"] = tempfile.mkdtemp(prefix="storage-")
    atexit.register(shutil.rmtree, os.environ["STORAGE_PATH"], ignore_errors=True)
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Tests run in several processes at once; each gets a Redis database of its own.
if worker := os.environ.get("PYTEST_XDIST_WORKER", ""):
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("=")[0] + f"={int(worker.removeprefix('gw')) + 1}"

from config.settings import *  # noqa: E402, F403  (the environment has to be complete before the settings are read)

# Hashed static files need a build step; plain names do for tests that look at pages.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# One round of hashing is enough for a password that nobody guards.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
