"""No text that somebody can type in the office, or on the site, is without an end."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.test import Client, RequestFactory
from django.urls import reverse

from bookings.models import BookingPolicy, Course
from bookings.services import policies
from communications.models import PageText
from customers.admin_bases import ReadOnlyAdmin
from customers.forms import ColleaguesPasswordForm, LogInForm, OwnPasswordForm, SignInCodeForm, SignInForm
from customers.models import Organisation, User
from tests.factories import make_course, make_staff

APPS = ("customers", "bookings", "payments", "communications")
# Their fields end in code of their own: an address by `is_usable`, a code by its first forty characters.
CUT_BY_THEMSELVES = {SignInForm: {"email"}, SignInCodeForm: {"code"}}
# Forms of Django's, whose fields get their ends when a form is made.
MADE: dict[Any, Callable[[], forms.BaseForm]] = {
    LogInForm: LogInForm,
    OwnPasswordForm: lambda: OwnPasswordForm(User()),
    ColleaguesPasswordForm: lambda: ColleaguesPasswordForm(User()),
}


def form_classes() -> Iterator[Any]:
    for app in APPS:
        package = importlib.import_module(f"{app}.forms")
        names = [module.name for module in pkgutil.iter_modules(getattr(package, "__path__", []))]
        for module in (package, *(importlib.import_module(f"{app}.forms.{name}") for name in names)):
            for found in vars(module).values():
                if (
                    isinstance(found, type)
                    and issubclass(found, forms.BaseForm)
                    and found.__module__ == module.__name__
                ):
                    yield found


FORMS = sorted(form_classes(), key=lambda form: form.__qualname__)
ADMINS = [one for one in admin.site._registry.values() if not isinstance(one, ReadOnlyAdmin)]


def has_end(field: forms.Field | None) -> bool:
    """Fields of ours (`longest`) see to it themselves; what is read as something else than text has its own end."""
    if not isinstance(field, forms.CharField) or isinstance(field, forms.UUIDField):
        return True
    limits = [one.limit_value for one in field.validators if isinstance(one, MaxLengthValidator)]
    return getattr(field, "longest", 0) > 0 or bool(limits)


def test_both_kinds_were_found() -> None:
    assert len(FORMS) > 25
    assert len(ADMINS) > 10


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__qualname__)
def test_every_text_of_a_form_has_an_end(form: Any) -> None:
    fields = MADE[form]().fields if form in MADE else form.base_fields
    endless = {name for name, field in fields.items() if not has_end(field)}
    assert endless == CUT_BY_THEMSELVES.get(form, set())


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda one: one.opts.label)
def test_every_text_of_a_page_of_djangos_has_an_end(model_admin: Any) -> None:
    """By the fields of the model, so that it does not matter who may change what when."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    for one in (model_admin, *(inline(model_admin.model, admin.site) for inline in model_admin.inlines)):
        editable = [field for field in one.opts.concrete_fields if field.editable and not field.is_relation]
        assert [field.name for field in editable if not has_end(one.formfield_for_dbfield(field, request))] == []


@pytest.mark.django_db
def test_what_is_too_long_is_said_at_the_field_and_nothing_is_kept(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    course = make_course()
    text = PageText.objects.order_by("page", "-version")[0]
    policy = policies.details_of(BookingPolicy.objects.latest("version"))
    organisation = {"name": "Works", "billing_address": "x" * 501}
    members = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for address, sent, name, most in (
        (reverse("admin:bookings_course_change", args=[course.pk]), {}, "description", "5,000"),
        (reverse("admin:bookings_course_change", args=[course.pk]), {}, "bring", "2,000"),
        (reverse("admin:communications_pagetext_change", args=[text.pk]), {"title": text.title}, "body", "50,000"),
        (reverse("admin:bookings_bookingpolicy_add"), policy, "terms", "50,000"),
        (reverse("admin:customers_organisation_add"), organisation | members, "billing_address", "500"),
    ):
        too_long = "x" * (int(most.replace(",", "")) + 1)
        answer = client.post(address, sent | {name: too_long})
        assert answer.status_code == 200
        sentence = f"Shorten this to {most} characters or fewer"
        assert answer.context["adminform"].form.errors[name] == [sentence]
        # And one sign less is no mistake.
        answer = client.post(address, {"name": "", "title": "", "max_places": ""} | {name: too_long[1:]})
        assert name not in answer.context["adminform"].form.errors
    assert (Course.objects.get().description, Organisation.objects.count()) == (course.description, 0)
    assert PageText.objects.filter(page=text.page).count() == text.version


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
def test_nobody_has_a_password_of_a_megabyte_hashed(client: Client) -> None:
    endless, sentence = "x" * 4_097, "A password has at most 4,096 characters"
    answer = client.post(reverse("admin:login"), {"username": f"{uuid4()}@example.com", "password": endless})
    assert answer.context["form"].errors["password"] == [sentence]
    owner, colleague = make_staff(is_superuser=True), make_staff()
    client.force_login(owner)
    for address, names in (
        (reverse("admin:password_change"), ("old_password", "new_password1", "new_password2")),
        (reverse("admin:auth_user_password_change", args=[colleague.pk]), ("password1", "password2")),
    ):
        answer = client.post(address, dict.fromkeys(names, endless) | {"usable_password": "true"})
        assert answer.status_code == 200
        assert [answer.context["form"].errors[name] for name in names] == [[sentence]] * len(names)
