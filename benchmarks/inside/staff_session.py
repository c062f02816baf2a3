"""Logs a new owner in: `python -m benchmarks.inside.staff_session` prints the cookie, as NAME=VALUE."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from customers.models import User

if __name__ == "__main__":
    owner = User.objects.create_user(
        first_name="Jas",
        last_name="Bains",
        kind=User.Kind.ADMIN,
        is_staff=True,
        is_superuser=True,
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
