"""Step 2: who books, who comes, and what would help. What was typed is kept as a draft, errors and all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, override

from django import forms

from bookings.forms.drafts import initial_from, kept
from bookings.forms.fields import EmailAddressField, PhoneField, TextField
from bookings.forms.problems import Problem, problems_of
from bookings.models import Booking
from bookings.services.placing import Contact, Order, Person
from bookings.services.questions import CONSENT_VERSION, CONSENT_WORDING, REFERRALS
from bookings.services.requirements import Needs, OwnWords

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
        help_text="It goes on the invoice.",
        max_length=50,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    billing_address = TextField(
        label="Address for the invoice",
        max_length=500,
        lines=True,
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "street-address"}),
    )
    referral_source = forms.ChoiceField(
        label="How did you hear of us?",
        choices=[("", "Choose one"), *((text, text) for text in REFERRALS)],
        required=False,
        error_messages={"invalid_choice": "Choose one of the answers, or leave this as it is"},
    )
    coming = forms.BooleanField(label="I’m coming on the course too", required=False)


class OwnWordsForm(forms.Form):
    """The booker about themselves. Nobody can consent for a colleague, so nobody else is asked here."""

    use_required_attribute = False

    own_words = TextField(
        label="What would help you take part?",
        help_text="Only if you’re coming yourself: things like a chair for floor exercises, large print or an allergy.",
        max_length=2000,
        lines=True,
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
    )
    own_words_consent = forms.BooleanField(label=CONSENT_WORDING, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("own_words") and not cleaned.get("own_words_consent"):
            self.add_error(
                "own_words_consent", "Tick the box to agree that we keep what you wrote, or clear what you wrote"
            )
        return cleaned


class PersonForm(forms.Form):
    """Somebody else who comes. Everything may wait; half a name may not."""

    use_required_attribute = False

    first_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    last_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    email = EmailAddressField(
        label="Email", help_text="We send joining instructions here.", required=False, autocomplete="off"
    )

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if any(cleaned.get(name) for name in self.fields) or self.errors:
            for name, message in (("first_name", _FIRST_NAME), ("last_name", _LAST_NAME)):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    @property
    def is_empty(self) -> bool:
        return not any(self.cleaned_data.get(name) for name in self.fields)


class PeopleStep:
    """All forms of the step together: bound to `data`, or showing a `draft` that nobody judges yet."""

    def __init__(
        self, *, places: int, data: Mapping[str, Any] | None = None, draft: Mapping[str, Any] | None = None
    ) -> None:
        typed = draft or {}
        self.places = places
        self.booker = BookerForm(data, initial=initial_from(BookerForm, typed))
        self.own_words = OwnWordsForm(data, initial=initial_from(OwnWordsForm, typed))
        self.people = [
            PersonForm(data, prefix=prefix, initial=initial_from(PersonForm, typed, f"{prefix}-"))
            for prefix in (f"person-{number}" for number in range(1, places + 1))
        ]

    @property
    def forms(self) -> Sequence[forms.Form]:
        return [self.booker, self.own_words, *self.people]

    def is_valid(self) -> bool:
        """Judges every form, so that every problem is shown at once."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid) and self._fits_together()

    def _fits_together(self) -> bool:
        coming = self.booker.cleaned_data["coming"]
        if self.own_words.cleaned_data["own_words"] and not coming:
            self.own_words.add_error(
                "own_words", "Tick “I’m coming on the course too” if this is about you, or clear what you wrote"
            )
        if coming and not self.people[0].is_empty:
            self.people[0].add_error(
                "first_name", "You’re coming yourself, so person 1 is you. Clear these three fields, or untick the box"
            )
        return not any(form.errors for form in self.forms)

    def problems(self) -> list[Problem]:
        """Every problem in the order of the page."""
        found = [*problems_of(self.booker), *problems_of(self.own_words)]
        for number, form in enumerate(self.people, start=1):
            found += problems_of(form, whose=f"Person {number}")
        return found

    def draft(self) -> dict[str, Any]:
        """What was typed, for the hold's encrypted draft; showing or binding it again gives the same page."""
        return {field.html_name: kept(field.data) for form in self.forms for field in form}

    def order(self, *, agreed_total: Decimal) -> Order:
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
            people=self._people(),
            agreed_total=agreed_total,
            purpose=Booking.Purpose(booker["purpose"]),
            po_number=booker["po_number"],
            referral_source=booker["referral_source"],
        )

    def _people(self) -> list[Person]:
        others = [Person(**form.cleaned_data) for form in self.people]
        if not self.booker.cleaned_data["coming"]:
            return others
        booker, words = self.booker.cleaned_data, self.own_words.cleaned_data
        own_words = OwnWords(words["own_words"], CONSENT_VERSION) if words["own_words"] else None
        first = Person(
            first_name=booker["first_name"],
            last_name=booker["last_name"],
            email=booker["email"],
            is_booker=True,
            needs=Needs(own_words=own_words),
        )
        return [first, *others[1:]]
