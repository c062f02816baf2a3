"""Every model is in the office on purpose, and nobody can rewrite or delete what is money, paper or history there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory

from tests.factories import make_staff

# Words without what they are of; only our search reads them.
UNSHOWN = {"customers.SearchWord"}
OUR_APPS = ("customers", "bookings", "payments", "invoicing", "communications")
FACTS = {
    "customers.Activity",
    "customers.CustomerStatistics",
    "bookings.Booking",
    "bookings.Hold",
    "payments.Payment",
    "payments.PaymentEvent",
    "payments.Refund",
    "payments.StripeEvent",
    "payments.Discrepancy",
    "invoicing.Invoice",
    "invoicing.BookingConfirmation",
    "communications.Message",
    "communications.MailboxMessage",
}


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS and not model._meta.auto_created]


def shown_models() -> set[type[Model]]:
    """Registered, or shown inside the page of one that is."""
    registered = admin.site._registry
    return set(registered) | {inline.model for page in registered.values() for inline in page.inlines}


def test_every_model_is_shown() -> None:
    assert {model._meta.label for model in our_models() if model not in shown_models()} == UNSHOWN


def test_the_facts_named_here_are_registered() -> None:
    assert {model._meta.label for model in admin.site._registry} >= FACTS


@pytest.mark.django_db
def test_even_the_owner_can_neither_add_nor_delete_facts() -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_staff(is_superuser=True)
    pages = {page.model._meta.label: page for page in admin.site._registry.values()}

    allowed = {
        (label, what)
        for label in FACTS
        for what in ("add", "delete")
        if getattr(pages[label], f"has_{what}_permission")(request)
    }

    assert allowed == set()


@pytest.mark.django_db
def test_nothing_of_ours_that_is_registered_can_be_deleted_in_bulk() -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_staff(is_superuser=True)

    assert [
        page.model._meta.label
        for page in admin.site._registry.values()
        if "delete_selected" in page.get_actions(request)
    ] == []
