"""App configurations of the site itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks

# Imported for its effect: `enqueue` and `shared_task` find the app in every process that sets Django up. Not in
# config/__init__.py, because config.embedded and config.runner must start without Celery and Django.
from config.celery import app as celery_app  # noqa: F401
from config.kernel.pdf_libraries import weasyprint_libraries_check


class StaffAdminConfig(AdminConfig):
    """Django's admin, with our own site as the default one."""

    default_site = "config.admin_site.StaffAdminSite"


class KernelConfig(AppConfig):
    """Registers the checks of things that no app owns."""

    name = "config"
    label = "site_config"

    def ready(self) -> None:
        checks.register(weasyprint_libraries_check)
