"""Step 2: whatever is typed is kept, and every problem is a sentence at its field."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from bookings import selectors
from bookings.models import CourseSession, Hold, SpecialRequirement
from config.kernel import clock
from tests.bookings.answers import HANNAH, name_people, page_after, say_needs, take_places
from tests.factories import make_booking, make_course, make_session, make_user

pytestmark = pytest.mark.django_db

SENTINEL = "sentinel-of-a-name"
TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-to_booker": "on"}


def people_url(session: CourseSession) -> str:
    return f"/sessions/{session.code}/book/people/"


def test_continue_keeps_the_answers_and_goes_on(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    name_people(client, session, coming="on", **TOM)
    draft = Hold.objects.get().draft
    assert (draft["email"], draft["coming"], draft["person-2-first_name"]) == ("hannah@example.org", True, "Tom")


def test_coming_back_finds_the_answers(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    name_people(client, session, coming="on")
    page = client.get(people_url(session)).content.decode()
    assert 'value="hannah@example.org"' in page
    assert 'name="coming" id="id_coming" checked' in page
    assert "Mill Lane\nHebden Bridge</textarea>" in page
    assert "There is a problem" not in page


def test_without_a_hold_it_begins_at_step_one(client: Client) -> None:
    session = make_session()
    for response in (client.get(people_url(session)), client.post(people_url(session), HANNAH)):
        assert response.headers["Location"] == f"/sessions/{session.code}/book/"


def test_every_problem_is_shown_at_once_and_what_was_typed_is_kept(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    answers = {"first_name": "Hannah", "email": "hannah@", "phone": "12", "person-2-first_name": "Priya"}
    page = page_after(client, client.post(people_url(session), answers))

    assert "<title>Error: Who is coming? Step 2 of 5 – React Fast Training</title>" in page
    expected = [
        ("#id_last_name", "Enter a last name"),
        ("#id_email", "Enter an email address like name@example.com"),
        ("#id_phone", "Enter a UK phone number, like 07700 900142"),
        ("#id_purpose_0", "Choose whether this is for yourself or for work"),
        ("#id_person-2-last_name", "Person 2: enter a last name"),
        ("#id_person-2-email", "Person 2: enter an email address like name@example.com"),
    ]
    for href, message in expected:
        assert page.count(f'<a href="{href}">{message}</a>') == 1
    assert page.count('<li><a href="#id_') == len(expected)
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert page.count('aria-invalid="true"') == 7  # both buttons of the choice
    assert 'value="hannah@"' in page
    draft = Hold.objects.get().draft
    assert (draft["email"], draft["phone"], draft["person-2-first_name"]) == ("hannah@", "12", "Priya")


def test_every_label_belongs_to_its_field_and_only_the_bookers_are_filled_in(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    page = client.get(people_url(session)).content.decode()
    for name, token in {
        "first_name": "given-name",
        "last_name": "family-name",
        "email": "email",
        "phone": "tel",
    }.items():
        assert f'<label for="id_{name}">' in page
        assert page.count(f'autocomplete="{token}"') == 1
    assert page.count('autocomplete="off"') == 4  # PO number, and three of person 1


@pytest.mark.parametrize(
    "answers, message",
    [
        (
            {"coming": "on", "person-1-first_name": "Tom", "person-1-last_name": "Ackroyd", "person-1-email": "t@x.uk"},
            "With you, that’s 2 people for 1 place. Add another person, remove one, or untick this box",
        ),
        ({"person-1-first_name": "Tom", "person-1-last_name": "Ackroyd"}, "Person 1: enter an email address like"),
        ({"person-1-email": "tom@example.org"}, "Person 1: enter a first name"),
        ({"person-1-email": "tom@nowhere"}, "Person 1: enter an email address like name@example.com"),
        ({"company": "x" * 201}, "Shorten this to 200 characters or fewer"),
        ({"first_name": "x" * 900_000}, "Shorten this to 150 characters or fewer"),
        ({"first_name": "Han\x00nah"}, "Type this again: it holds characters that we can’t store"),
        ({"last_name": "\u202egnp.exe"}, "Type this again: it holds characters that we can’t store"),
        ({"purpose": "pleasure"}, "Choose whether this is for yourself or for work"),
        ({"referral_source": "<script>"}, "Choose one of the answers, or leave this as it is"),
        ({"first_name": "   "}, "Enter a first name"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence(client: Client, answers: dict[str, str], message: str) -> None:
    session = make_session()
    take_places(client, session)
    response = client.post(people_url(session), HANNAH | answers)
    assert response.headers["Location"] == f"{people_url(session)}?judge=1"
    assert message in page_after(client, response)


def test_a_page_of_problems_is_reloaded_and_come_back_to_like_any_other(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    problems = client.post(people_url(session), HANNAH | {"last_name": ""}).headers["Location"]
    for _ in range(2):
        assert client.get(problems).content.decode().count("Enter a last name") == 2
    name_people(client, session)
    assert "There is a problem" not in client.get(problems).content.decode()


def test_a_look_at_what_is_still_wrong_keeps_nothing(client: Client) -> None:
    """The page's script asks when a field was left; whatever is pressed at the same moment must not be undone by it."""
    session = make_session()
    take_places(client, session)
    before = Hold.objects.values().get()

    response = client.post(people_url(session), {"first_name": "Hannah", "email": "hannah@", "check": "1"})
    page = response.content.decode()
    assert (response.status_code, "Enter a last name" in page, "like name@example.com" in page) == (200, True, True)
    assert "Enter a first name" not in page
    assert client.post(people_url(session), HANNAH | {"check": "1"}).status_code == 200
    assert Hold.objects.values().get() == before


def test_what_was_typed_is_shown_as_text_not_as_markup(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    typed = {"first_name": '"><script>alert(1)</script>', "email": "no"}
    page = page_after(client, client.post(people_url(session), HANNAH | typed))
    assert "<script>" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_draft_lies_encrypted(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    client.post(people_url(session), HANNAH | {"last_name": SENTINEL, "first_name": ""})
    assert Hold.objects.get().draft["last_name"] == SENTINEL
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM bookings_hold")
        stored = bytes(cursor.fetchone()[0])
    assert SENTINEL.encode() not in stored
    assert b"Rylstone" not in stored
    assert len(stored) > len(SENTINEL)
    assert SpecialRequirement.objects.count() == 0


def test_a_known_address_looks_like_any_other(client: Client) -> None:
    make_user("known@example.org", first_name="Kept", last_name="Secret")
    session = make_session()
    pages = []
    for address in ("known@example.org", "nobody@example.org"):
        take_places(client, session)
        name_people(client, session, email=address)
        say_needs(client, session)
        page = client.get(f"/sessions/{session.code}/book/check/").content.decode()
        pages.append(_without_tokens(page).replace(address, "ADDRESS"))
    assert pages[0] == pages[1]
    assert "Kept" not in pages[0]


def test_more_time_saves_what_was_typed(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    response = client.post(people_url(session), {"first_name": "Hannah", "extend": "1"})
    assert response.headers["Location"] == people_url(session)
    hold = Hold.objects.get()
    assert (hold.extensions, hold.draft["first_name"]) == (1, "Hannah")
    assert "There is a problem" not in client.get(people_url(session)).content.decode()


def test_no_more_time_says_so_and_keeps_what_was_typed(client: Client) -> None:
    session, most = make_session(), selectors.current_policy().max_extensions
    take_places(client, session)
    Hold.objects.update(extensions=most)
    page = page_after(client, client.post(people_url(session), {"first_name": "Hannah", "extend": "1"}))
    assert "We can’t hold these places any longer than this." in page
    assert 'value="Hannah"' in page
    assert Hold.objects.get().extensions == most


def lapse() -> None:
    Hold.objects.update(expires_at=clock.now() - timedelta(seconds=1))


def test_a_lapsed_hold_is_taken_again(client: Client) -> None:
    session = make_session(capacity=1)
    take_places(client, session)
    lapse()
    assert "Your answers are saved." in client.get(people_url(session)).content.decode()
    name_people(client, session)
    assert Hold.objects.get().is_live(clock.now())


def test_a_lapsed_hold_whose_places_are_gone(client: Client) -> None:
    course = make_course()
    session, other = make_session(course=course, capacity=1), make_session(course=course)
    take_places(client, session)
    lapse()
    make_booking(session)
    page = page_after(client, client.post(people_url(session), HANNAH))
    assert "That session just filled up. Your details are saved." in page
    assert f'name="session" value="{other.code}"' in page
    assert 'value="hannah@example.org"' in page
    hold = Hold.objects.get()
    assert not hold.is_live(clock.now())
    assert hold.draft["email"] == "hannah@example.org"


def test_a_lapsed_hold_of_which_some_places_are_gone(client: Client) -> None:
    session = make_session(capacity=3)
    take_places(client, session, 3)
    lapse()
    make_booking(session)
    page = page_after(client, client.post(people_url(session), HANNAH))
    assert "There are only 2 places left. Book 2, or choose another date." in page


def test_names_beyond_a_smaller_number_are_kept_for_a_larger_one(client: Client) -> None:
    session = make_session()
    take_places(client, session, 2)
    name_people(client, session, **TOM)
    take_places(client, session, 1)
    name_people(client, session)
    take_places(client, session, 2)
    assert 'value="Tom"' in client.get(people_url(session)).content.decode()


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
