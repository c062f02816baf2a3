"""What a browser sends at the steps of booking, and the way there."""

from collections.abc import Sequence
from typing import Any

from django.test import Client

from bookings.models import CourseSession, Hold
from bookings.selectors import current_policy
from bookings.services.showing import session_mark, terms_mark

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


def page_after(client: Client, response: Any) -> str:
    """What the browser shows after a press: the answer itself, or where it leads."""
    if response.status_code == 302:
        response = client.get(response.headers["Location"])
    assert response.status_code == 200
    return str(response.content.decode())


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
    assert response.headers["Location"] == f"/sessions/{session.code}/book/requirements/"


def say_needs(client: Client, session: CourseSession, **answers: Sequence[str]) -> None:
    """Step 3: nothing needed by anybody who may come, unless told otherwise."""
    nothing = {f"{person}-answer": "nothing" for person in ("you", *(f"person-{number}" for number in range(1, 13)))}
    response = client.post(f"/sessions/{session.code}/book/requirements/", nothing | answers)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sessions/{session.code}/book/check/"


def come_to_check(client: Client, session: CourseSession, places: int = 1, **answers: str) -> None:
    """Steps 1 to 3 with nothing needed by anybody; other answers are of step 2."""
    take_places(client, session, places)
    name_people(client, session, **answers)
    say_needs(client, session)


def agreed(session: CourseSession, places: int = 1, **typed: str) -> dict[str, str]:
    """Step 4: the terms ticked, and what the review carries of the price, the terms and the session as they are now."""
    carried = {
        "agreed_total": str(session.price * places),
        "terms_shown": terms_mark(current_policy()),
        "session_shown": session_mark(session),
    }
    return {"terms": "on"} | carried | typed


OWN_WORDS = {"you-answer": "helps", "you-own_words": "A chair", "you-own_words_consent": "on"}
"""What Hannah says of herself at step 3, where she comes too."""
