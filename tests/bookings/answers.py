"""What a browser sends at the steps of booking, and the way there."""

from django.test import Client

from bookings.models import CourseSession, Hold

HANNAH = {
    "first_name": "Hannah",
    "last_name": "Okafor",
    "email": "hannah@example.org",
    "phone": "07700 900142",
    "purpose": "work",
    "company": "Rylstone Nursery",
    "po_number": "RN-2208",
    "billing_address": "4 Mill Lane\nHebden Bridge",
    "referral_source": "A colleague or friend",
}


def take_places(client: Client, session: CourseSession, places: int = 1) -> Hold:
    """Step 1."""
    response = client.post(f"/sessions/{session.code}/book/", {"places": str(places)})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sessions/{session.code}/book/people/"
    return Hold.objects.latest("created_at")


def name_people(client: Client, session: CourseSession, **answers: str) -> None:
    """Step 2, with Hannah's answers unless told otherwise."""
    response = client.post(f"/sessions/{session.code}/book/people/", HANNAH | answers)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sessions/{session.code}/book/check/"
