"""App configurations of the site itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Imported for its effect: `enqueue` and `shared_task` find the app in every process that sets Django up. Not in
# config/__init__.py, because config.embedded and config.runner must start without Celery and Django.
from config.celery import app as celery_app  # noqa: F401
from config.history.naming import name_actors_on
from config.kernel.pdf_libraries import weasyprint_libraries_check

# The whole journey of a customer is about a hundred, the office as many again.
_STATEMENTS_KEPT = 500


class StaffAdminConfig(AdminConfig):
    """Django's admin, with our own site as the default one."""

    default_site = "config.admin_site.StaffAdminSite"


class KernelConfig(AppConfig):
    """Registers the checks of things that no app owns."""

    name = "config"
    label = "site_config"

    def ready(self) -> None:
        checks.register(weasyprint_libraries_check)
        connection_created.connect(_keep_more_statements)
        connection_created.connect(name_actors_on)


def _keep_more_statements(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """A connection has to keep as many prepared statements as the site has, or the oldest one is always the next."""
    connection.connection.prepared_max = _STATEMENTS_KEPT
