"""Step 2: who books and who comes. What was typed is kept as a draft, errors and all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, override

from django import forms

from bookings.forms.drafts import initial_from, typed_in
from bookings.forms.fields import EmailAddressField, PhoneField, TextField
from bookings.forms.people_drafts import prefix_of
from bookings.forms.problems import Problem, problems_of
from bookings.models import Booking
from bookings.services.placing import Contact, Order, Person
from bookings.services.questions import REFERRALS
from customers.email_keys import email_key

_FIRST_NAME = "Enter a first name"
_LAST_NAME = "Enter a last name"


class BookerForm(forms.Form):
    """The person who books; the only one whose own details a browser may fill in."""

    use_required_attribute = False

    first_name = TextField(asks=_FIRST_NAME, max_length=150, widget=forms.TextInput({"autocomplete": "given-name"}))
    last_name = TextField(asks=_LAST_NAME, max_length=150, widget=forms.TextInput({"autocomplete": "family-name"}))
    email = EmailAddressField(label="Email", help_text="We send the booking and invoice here.", autocomplete="email")
    phone = PhoneField(label="Phone", help_text="We ring only if something changes.", autocomplete="tel")
    purpose = forms.ChoiceField(
        label="Is this for yourself or for work?",
        choices=[(Booking.Purpose.SELF, "For myself"), (Booking.Purpose.WORK, "For work")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether this is for yourself or for work",
            "invalid_choice": "Choose whether this is for yourself or for work",
        },
    )
    company = TextField(
        label="Organisation",
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    po_number = TextField(
        label="Your PO number",
        max_length=50,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    billing_address = TextField(
        label="Address for the invoice",
        max_length=500,
        lines=True,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    referral_source = forms.ChoiceField(
        label="How did you hear of us?",
        choices=[("", "Choose one"), *((text, text) for text in REFERRALS)],
        required=False,
        error_messages={"invalid_choice": "Choose one of the answers, or leave this as it is"},
    )
    coming = forms.BooleanField(label="I’m coming on the course too", required=False)


class PersonForm(forms.Form):
    """Somebody else who comes. Everything may wait; half of it may not."""

    use_required_attribute = False

    first_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    last_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    email = EmailAddressField(
        label="Email", help_text="We send joining instructions here.", required=False, autocomplete="off"
    )
    to_booker = forms.BooleanField(required=False)
    is_another = forms.BooleanField(label="They’re two people with the same name", required=False)

    number = 0
    note = ""

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = {"first_name": _FIRST_NAME, "last_name": _LAST_NAME, "email": EmailAddressField.message}
        if cleaned.get("to_booker"):
            del asked["email"]
            cleaned["email"] = ""
            self.errors.pop("email", None)
        if any(cleaned.get(name) for name in ("first_name", "last_name", "email")) or self.errors:
            for name, message in asked.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    @property
    def is_empty(self) -> bool:
        """Nobody yet: their place is booked all the same, and the name follows."""
        return not any(self.cleaned_data.get(name) for name in ("first_name", "last_name", "email"))

    @property
    def name(self) -> str:
        """As typed so far, for what is said about them: "Tom Ackroyd"; empty without any."""
        return f"{self['first_name'].value() or ''} {self['last_name'].value() or ''}".strip()

    @property
    def asks_whether_another(self) -> bool:
        return bool(self.errors.get("is_another") or self["is_another"].value())

    def person(self) -> Person:
        cleaned = self.cleaned_data
        return Person(cleaned["first_name"], cleaned["last_name"], cleaned["email"])


class PeopleStep:
    """All forms of the step together: bound to `data`, or showing a `draft` that nobody judges yet."""

    def __init__(
        self, *, places: int, data: Mapping[str, Any] | None = None, draft: Mapping[str, Any] | None = None
    ) -> None:
        self.places = places
        self.booker = BookerForm(data, initial=initial_from(BookerForm, draft or {}))
        self.people = [self._person(number, data, draft or {}) for number in range(1, places + 1)]
        _note_shared_addresses(self.booker, self.people)

    @staticmethod
    def _person(number: int, data: Mapping[str, Any] | None, draft: Mapping[str, Any]) -> PersonForm:
        prefix = prefix_of(number)
        form = PersonForm(data, prefix=prefix, initial=initial_from(PersonForm, draft, f"{prefix}-"))
        form.number = number
        return form

    @staticmethod
    def typed(data: Mapping[str, Any], *, places: int) -> dict[str, Any]:
        """What was typed, for the hold's encrypted draft; showing or binding it gives the same page again."""
        typed: dict[str, Any] = typed_in(BookerForm, data)
        for number in range(1, places + 1):
            typed |= typed_in(PersonForm, data, f"{prefix_of(number)}-")
        return typed

    @property
    def is_booker_coming(self) -> bool:
        return bool(self.booker["coming"].value())

    @property
    def is_person_one_free(self) -> bool:
        """Whether nobody was typed there, so that the booker can take the place."""
        return not any(self.people[0][name].value() for name in ("first_name", "last_name", "email"))

    def is_valid(self) -> bool:
        """Judges every form, so that every problem is shown at once."""
        valid = [form.is_valid() for form in (self.booker, *self.people)]
        return all(valid) and self._fits_together()

    def _fits_together(self) -> bool:
        self._ask_about_the_same_names()
        if self.booker.cleaned_data["coming"] and not self.people[0].is_empty:
            self.booker.add_error(
                "coming",
                f"With you, that’s {self.places + 1} people for {self.places} place{'s' if self.places > 1 else ''}. "
                "Add another person, remove one, or untick this box",
            )
        return not any(form.errors for form in (self.booker, *self.people))

    def _ask_about_the_same_names(self) -> None:
        booker = self.booker.cleaned_data
        seen: dict[object, int] = {}
        for number, person in enumerate(self.people_coming(), start=1):
            names = (person.first_name.casefold(), person.last_name.casefold())
            key = (names, email_key(person.email or booker["email"]))
            form = self.people[number - 1]
            first = seen.setdefault(key, number)
            if any(names) and first != number and not form.cleaned_data["is_another"]:
                form.add_error(
                    "is_another",
                    f"Is this the same person as person {first}? Remove one of them, or tick the box to say that "
                    "they’re two people",
                )

    def problems(self) -> list[Problem]:
        """Every problem in the order of the page."""
        found = problems_of(self.booker)
        for form in self.people:
            found += problems_of(form, whose=f"Person {form.number}")
        return found

    def order(self, *, agreed_total: Decimal, asks_early_start: bool = False) -> Order:
        """What the customer said, once `is_valid()` said yes."""
        booker = self.booker.cleaned_data
        return Order(
            contact=Contact(
                first_name=booker["first_name"],
                last_name=booker["last_name"],
                email=booker["email"],
                phone=booker["phone"],
                company=booker["company"],
                billing_address=booker["billing_address"],
            ),
            people=self.people_coming(),
            agreed_total=agreed_total,
            purpose=Booking.Purpose(booker["purpose"]),
            po_number=booker["po_number"],
            referral_source=booker["referral_source"],
            asks_early_start=asks_early_start,
        )

    def people_coming(self) -> list[Person]:
        """Who takes the places, in order, once every form is judged valid; the booker first if they come."""
        people = [form.person() for form in self.people]
        booker = self.booker.cleaned_data
        if booker["coming"]:
            people[0] = Person(booker["first_name"], booker["last_name"], booker["email"], is_booker=True)
        return people


def _note_shared_addresses(booker: BookerForm, people: Sequence[PersonForm]) -> None:
    """An address that stands there twice is allowed, and what comes of it is said beside it."""
    seen: dict[str, int] = {}
    bookers = email_key(str(booker["email"].value() or ""))
    for form in people:
        key = None if form["to_booker"].value() else email_key(str(form["email"].value() or ""))
        if key is None:
            continue
        first = seen.setdefault(key, form.number)
        if key == bookers:
            form.note = "That’s your own address too, so their emails come to you."
        elif first != form.number:
            form.note = f"That’s the address of person {first} too. Each of them gets their own emails there."
