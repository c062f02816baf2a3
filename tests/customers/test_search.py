"""Finding anyone by whatever somebody has in hand, as it stands on record or nearly so."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking
from customers.flows.search import Found, Group, Rebuilt, find, forget_words, rebuild_words
from customers.flows.search.words import NIGHTS
from customers.models import Membership, Organisation, SearchWord, User
from invoicing.models import Invoice
from payments.models import StripeEvent
from tests.factories import make_booking, make_payment, make_refund, make_user

pytestmark = pytest.mark.django_db

EVERYTHING = tuple(Group)


def make_invoice(booking: Booking, number: str) -> Invoice:
    return Invoice.objects.create(
        number=number,
        issue_key=number,
        booking=booking,
        customer=booking.customer,
        issued_at=booking.created_at,
        tax_point=booking.created_at.date(),
        supplier_vat_registered=True,
        net=Decimal(75),
        vat=Decimal(15),
        total=Decimal(90),
    )


def search(text: str) -> Found:
    return find(text, EVERYTHING)


def people(text: str) -> list[str]:
    return [str(row.found) for row in search(text).people.rows]


@pytest.fixture
def hannah() -> User:
    """Somebody with everything that can be looked for, among people with other things."""
    make_user("john.smith7@outlook.example", first_name="John", last_name="Smith", phone="0114 496 0321")
    make_user(
        "agnieszka@gmail.example", first_name="Agnieszka", last_name="Wiśniewska-O’Hara", phone="+33 1 22 33 44 55"
    )
    return make_user(
        "Hannah.Okafor@Rylstone.example",
        first_name="Hannah",
        last_name="Okafor",
        phone="+44 (0)7700 900142",
        company="Rylstone Nursery",
    )


@pytest.mark.parametrize(
    "text",
    [
        "hannah.okafor@rylstone.example",
        "hannah.ok",
        "OKAFOR@RYL",
        "for@rylst",
        "Hannah",
        "okafor",
        "Okafor, Hannah",
        "hannah okafor",
        "okaf hann",
        "kafo",
        "rylstone",
        "nursery hannah",
        "07700900142",
        "07700 900 142",
        "(07700) 900142",
        "+447700900142",
        "0044 7700 900142",
        "+44 7700 900",
        "900142",
        "h",
        "ok",
        " \t hannah\u00a0okafor ",
    ],
)
def test_a_person_is_found_by_any_part_of_what_is_known(hannah: User, text: str) -> None:
    assert people(text) == ["Hannah Okafor"]
    assert [row.found for row in search(text).people.rows] == [hannah]


@pytest.mark.parametrize(
    "text, who, meant",
    [
        ("okafr", "Hannah Okafor", "okafor"),
        ("okaofr", "Hannah Okafor", "okafor"),
        ("okfa", "Hannah Okafor", "okafor"),
        ("Okaffor hanah", "Hannah Okafor", "okafor hannah"),
        ("rylstoen nursry", "Hannah Okafor", "rylstone nursery"),
        ("jonh smith", "John Smith", "john smith"),
        ("smiht", "John Smith", "smith"),
        ("wisnewska", "Agnieszka Wiśniewska-O’Hara", "wisniewska"),
        ("hanah.okafor@rylstone.example", "Hannah Okafor", "hannah.okafor@rylstone.example"),
        ("hannah.okafro@rylstone.example", "Hannah Okafor", "hannah.okafor@rylstone.example"),
        ("hannah.okafor@rylstnoe.example", "Hannah Okafor", "hannah.okafor@rylstone.example"),
    ],
)
def test_a_slip_is_forgiven_and_said(hannah: User, text: str, who: str, meant: str) -> None:
    found = search(text)
    assert [(str(row.found), row.because, row.is_exact) for row in found.people.rows] == [(who, meant, False)]
    assert found.suggestion == meant
    assert found.the_one is None


def test_where_somebody_has_what_was_typed_nothing_else_was_meant(hannah: User) -> None:
    """What is close stands below, and says so itself."""
    make_user(first_name="Ada", last_name="Okafer")

    found = search("okafo")

    assert [(str(row.found), row.because) for row in found.people.rows] == [
        ("Hannah Okafor", ""),
        ("Ada Okafer", "okafer"),
    ]
    assert found.suggestion == ""


@pytest.mark.parametrize("text", ["WISNIEWSKA", "wiśniewska", "Wiśniewska", "ohara", "o'hara", "O’Hara"])
def test_accents_apostrophes_and_case_are_no_slips(hannah: User, text: str) -> None:
    found = search(text)
    assert [str(row.found) for row in found.people.rows] == ["Agnieszka Wiśniewska-O’Hara"]
    assert found.suggestion == ""


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "___", "\\", "'", "' | 'a':*", "& | !", "hannah\0", "(", "@", "\u202e", "xq", "a" * 5000]
)
def test_what_nobody_has_finds_nothing_and_breaks_nothing(hannah: User, text: str) -> None:
    assert [row.found for row in search(text).people.rows if row.found == hannah] == []


@pytest.mark.parametrize("text", ["Hannah.Okafor@rylstone.example", "hannah okafor", "07700 900142"])
def test_exactly_what_was_typed_is_the_one(hannah: User, text: str) -> None:
    assert search(text).the_one == hannah


def test_exact_names_come_before_beginnings_and_these_before_what_is_close() -> None:
    for last_name in ("Leeson", "Lee", "Leigh"):
        make_user(first_name="Ann", last_name=last_name)
    assert people("ann lee") == ["Ann Lee", "Ann Leeson"]
    assert people("ann leee") == ["Ann Lee", "Ann Leeson"]


def test_more_than_a_page_is_cut_and_said() -> None:
    for number in range(10):
        make_user(first_name=f"Ann{number}", last_name="Lee")
    rows = search("lee").people
    assert (len(rows), rows.has_more) == (8, True)


def test_organisations_are_found_by_name_with_their_people(hannah: User) -> None:
    nursery = Organisation.objects.create(name="Rylstone Nursery Ltd")
    Membership.objects.create(user=hannah, organisation=nursery)
    for text in ("rylstone nurs", "rylstone nursrey ltd"):
        assert [(row.found, vars(row.found)["people"]) for row in search(text).organisations.rows] == [(nursery, 1)]


def test_a_booking_is_found_by_its_reference_however_it_is_typed(hannah: User) -> None:
    booking = make_booking(customer=hannah, reference="RFT-7K4M-Q2", reference_key="RFT7K4MQ2")
    for text in ("RFT-7K4M-Q2", "rft 7k4m q2", "7k4mq2"):
        assert search(text).the_one == booking
    assert [row.is_exact for row in search("rft-7k").bookings.rows] == [False]
    assert len(search("RFT-7K4M-Q3").bookings) == 0


def test_a_place_on_somebodys_booking_leads_to_that_booking(hannah: User) -> None:
    theirs = make_booking(customer=hannah, people=[("Tom", "Ackroyd", "tom@work.example")])
    for text in ("ackroyd", "Tom Ack", "tom@work.example", "akcroyd"):
        assert [(row.found, row.because) for row in search(text).bookings.rows] == [(theirs, "Tom Ackroyd")]


def test_who_booked_for_themselves_is_a_person_and_no_place(hannah: User) -> None:
    booking = make_booking(customer=hannah)
    booking.attendees.update(is_booker=True)
    assert len(search("okafor").bookings) == 0
    User.objects.filter(pk=hannah.pk).update(first_name="H.")
    assert [row.found for row in search("hannah okafor").bookings.rows] == [booking]


@pytest.mark.parametrize("text", ["INV-2026-00412", "inv 2026 412", "2026-00412", "00412", "412", "INV-2026-004"])
def test_an_invoice_is_found_by_its_number_or_the_end_of_it(hannah: User, text: str) -> None:
    invoice = make_invoice(make_booking(customer=hannah), "INV-2026-00412")
    make_invoice(make_booking(customer=hannah), "INV-2026-00500")
    assert [row.found for row in search(text).invoices.rows] == [invoice]


def test_a_payment_is_found_by_everything_stripe_calls_it(hannah: User) -> None:
    payment = make_payment(make_booking(customer=hannah), stripe_intent_id="pi_3Q", stripe_charge_id="ch_3Q")
    make_refund(payment, amount=payment.amount, stripe_refund_id="re_3Q")
    StripeEvent.objects.create(id="evt_3Q", type="charge.refunded", object_id="ch_3Q", happened_at=payment.created_at)
    for text in ("pi_3Q", "ch_3Q", "re_3Q", "evt_3Q"):
        assert search(text).the_one == payment
    assert search("pi_3").total == 0


def test_only_the_groups_asked_for_are_looked_in(hannah: User) -> None:
    make_booking(customer=hannah, people=[("Okafor", "Junior", "")])
    found = find("okafor", [Group.BOOKINGS])
    assert (len(found.people), len(found.bookings)) == (0, 1)


@pytest.mark.parametrize("text, queries", [("hannah okafor", 9), ("okafr", 14), ("07700 900142", 8), ("pi_3Q", 3)])
def test_the_number_of_queries_does_not_follow_what_is_found(
    hannah: User, text: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Membership.objects.create(user=hannah, organisation=Organisation.objects.create(name="Works"))
    make_payment(make_booking(customer=hannah, people=[("Hannah", "Okafor", "")]), stripe_intent_id="pi_3Q")
    with django_assert_num_queries(queries):
        search(text)
    for _ in range(3):
        other = make_user(phone="07700 900142")
        Membership.objects.create(user=other, organisation=Organisation.objects.create(name="Works"))
        make_booking(customer=other, people=[("Hannah", "Okafor", "")])
    with django_assert_num_queries(queries):
        search(text)


def test_words_are_remembered_as_names_come_and_forgotten_when_they_are_nobodys(hannah: User) -> None:
    booking: Booking = make_booking(customer=hannah, people=[("Çağla", "Şimşek", "")])
    remembered = set(SearchWord.objects.values_list("word", flat=True))
    assert {"hannah", "okafor", "rylstone", "nursery", "wisniewska", "ohara", "cagla", "simsek"} <= remembered

    booking.attendees.update(first_name="", last_name="")
    SearchWord.objects.create(word="okafor")
    SearchWord.objects.filter(word="hannah").delete()
    before, left = SearchWord.objects.count(), remembered - {"cagla", "simsek"}
    told = StringIO()
    call_command("rebuild_search_words", dry_run=True, stdout=told)
    assert told.getvalue() == f"{len(left)} words would be on the list: 1 added, 3 removed.\n"
    assert SearchWord.objects.count() == before

    told = StringIO()
    call_command("rebuild_search_words", json=True, stdout=told)
    assert json.loads(told.getvalue()) == {"words": len(left), "added": 1, "forgotten": 3}
    assert sorted(SearchWord.objects.values_list("word", flat=True)) == sorted(left)
    assert rebuild_words() == Rebuilt(len(left), 0, 0)


def test_every_night_a_part_of_the_list_loses_the_words_of_nobody(hannah: User) -> None:
    make_booking(customer=hannah, people=[("Çağla", "Şimşek", "")])
    Organisation.objects.create(name="Rylstone Works")
    kept = set(SearchWord.objects.values_list("word", flat=True))
    SearchWord.objects.bulk_create(SearchWord(word=f"nobodys{number}") for number in "abcdefghij")
    SearchWord.objects.create(word="okafor")
    parts = {word.pk % NIGHTS for word in SearchWord.objects.exclude(word__in=kept - {"okafor"})}

    forgotten = [forget_words(night=night, batch=2) for night in range(739_000, 739_000 + NIGHTS)]

    assert sum(forgotten) == 11
    # Spread over the nights, not all in the first.
    assert len([number for number in forgotten if number]) >= min(len(parts), 10)
    assert sorted(SearchWord.objects.values_list("word", flat=True)) == sorted(kept)
    assert [forget_words(night=night, batch=2) for night in range(NIGHTS)] == [0] * NIGHTS
