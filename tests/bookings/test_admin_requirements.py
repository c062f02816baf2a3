"""The list of what people can ask for, as staff edit it."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import RequirementTemplate
from tests.factories import make_staff, offer_first_templates

pytestmark = pytest.mark.django_db

ADD = "/admin/bookings/requirementtemplate/add/"
ANSWERS = {
    "label": "A seat by the door",
    "slug": "seat-by-the-door",
    "hint": "We mark it",
    "notice_working_days": "2",
    "position": "35",
    "is_offered": "on",
    "venue_fact": "",
    "priority": "standard",
    "critical_words": "",
}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    offer_first_templates()
    return client


def change(template: RequirementTemplate) -> str:
    return reverse("admin:bookings_requirementtemplate_change", args=[template.pk])


def test_staff_add_to_the_list(office: Client) -> None:
    assert office.post(ADD, ANSWERS).status_code == 302
    added = RequirementTemplate.objects.get(slug="seat-by-the-door")
    assert (added.label, added.full_hint, added.is_offered) == (
        "A seat by the door",
        "We mark it. We need 2 working days",
        True,
    )
    assert (
        "We mark it. We need 2 working days"
        in office.get(reverse("admin:bookings_requirementtemplate_changelist")).content.decode()
    )


def test_a_slug_is_chosen_once(office: Client) -> None:
    loop = RequirementTemplate.objects.get(slug="hearing-loop")
    assert 'name="slug"' not in office.get(change(loop)).content.decode()
    answers = ANSWERS | {"slug": "other", "is_offered": "", "venue_fact": "hearing_loop"}
    assert office.post(change(loop), answers).status_code == 302
    loop.refresh_from_db()
    assert (loop.slug, loop.label, loop.is_offered) == ("hearing-loop", "A seat by the door", False)


@pytest.mark.parametrize("fields", [{"slug": "hearing-loop"}, {"label": ""}, {"venue_fact": "roof"}])
def test_mistakes_are_refused(office: Client, fields: dict[str, str]) -> None:
    before = RequirementTemplate.objects.count()
    assert office.post(ADD, ANSWERS | fields).status_code == 200
    assert RequirementTemplate.objects.count() == before


def test_who_may_only_look_changes_nothing(client: Client) -> None:
    client.force_login(make_staff("bookings.view_requirementtemplate"))
    offer_first_templates()
    loop = RequirementTemplate.objects.get(slug="hearing-loop")
    assert client.get(change(loop)).status_code == 200
    assert client.post(change(loop), ANSWERS).status_code == 403
    assert client.post(ADD, ANSWERS).status_code == 403
    loop.refresh_from_db()
    assert loop.label == "Hearing loop"
