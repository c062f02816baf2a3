"""What released databases hold survives the new shape; the first templates are added once; the way back is open."""

from datetime import date

import pytest
from django.db import connection

from bookings.models import RequirementTemplate, SpecialRequirement
from bookings.services.requirements import Needs, OwnWords, record_requirements
from config.kernel import clock
from tests.bookings.migrating import in_the_shape_of
from tests.factories import make_booking, offer_first_templates


@pytest.mark.django_db(transaction=True)
def test_there_and_back_keeps_own_words_and_their_consent() -> None:
    booking = make_booking(people=[("Hannah", "Okafor", ""), ("Tom", "Ackroyd", "")])
    hannah, tom = booking.attendees.order_by("position")
    hannah.is_booker = True
    needs = [(hannah, Needs(("allergy",), OwnWords("A chair", "2026-11"))), (tom, Needs(("allergy",)))]
    record_requirements(booking=booking, needs=needs, now=clock.now())

    with in_the_shape_of("bookings", "0003_session_cancelled_at"), connection.cursor() as cursor:
        cursor.execute("SELECT attendee_id, consent_version FROM bookings_specialrequirement")
        assert cursor.fetchall() == [(hannah.pk, "2026-11")]

    kept = SpecialRequirement.objects.get()
    assert (kept.attendee_id, kept.said_by, kept.first_said_by) == (hannah.pk, "attendee", "attendee")
    assert (kept.slugs, kept.own_words, kept.has_own_words) == ((), "A chair", True)
    assert kept.delete_after > date(2026, 1, 1)
    assert RequirementTemplate.objects.count() == 10


@pytest.mark.django_db
def test_adding_the_first_templates_again_leaves_what_staff_changed() -> None:
    assert len(offer_first_templates()) == 10
    RequirementTemplate.objects.filter(slug="allergy").update(label="Allergies", is_offered=False)
    RequirementTemplate.objects.filter(slug="quiet-room").delete()
    offer_first_templates()
    allergy = RequirementTemplate.objects.get(slug="allergy")
    assert (allergy.label, allergy.is_offered) == ("Allergies", False)
    assert RequirementTemplate.objects.count() == 10
