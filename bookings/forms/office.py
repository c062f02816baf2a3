"""What the office types when it books for somebody: one form, so that a telephone call needs one page."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast, override

from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.fields import EmailAddressField, KeyField, PhoneField, PlacesField, TextField
from bookings.forms.name_list import NamesField
from bookings.forms.offered import Offered, key_of, price_told
from bookings.models import Booking
from bookings.services.placing import Contact, Order, Person
from bookings.services.questions import REFERRALS
from communications.wording import listed
from config.kernel.money import format_money
from customers.models import Organisation, User
from customers.services.likeness import namesakes

# More on one booking is a slip of the finger: a course of ours has some dozen places.
MOST_PLACES = 99
_SOURCES = (Booking.Source.PHONE, Booking.Source.EMAIL, Booking.Source.WALK_IN)
_PURPOSE = "Choose whether this is for themselves or for work"


class OfficeBookingForm(forms.Form):
    """`known` is who was chosen, or found by the address; None for somebody new. `offered` is what can be booked."""

    use_required_attribute = False

    form_key = KeyField(required=False)
    customer = KeyField(required=False)
    email = EmailAddressField(label="Email", required=False, autocomplete="off")
    first_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    last_name = TextField(max_length=150, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    phone = PhoneField(label="Phone", required=False, autocomplete="off")
    is_somebody_new = forms.BooleanField(required=False)

    session = forms.ChoiceField(
        label="Session",
        error_messages={"required": "Choose a session", "invalid_choice": "Choose a session that can still be booked"},
    )
    again = forms.BooleanField(label="Book this session again all the same", required=False)
    places: forms.Field = PlacesField(most=MOST_PLACES, label="Places")
    coming = forms.BooleanField(label="The customer comes too", required=False)
    names = NamesField(
        label="Who is coming",
        help_text="One person a line, with their email if you know it: Tom Ackroyd, tom@example.org. Names can be "
        "given later.",
        required=False,
    )
    exceed = forms.BooleanField(label="Go over capacity", required=False)
    exceed_because = TextField(
        label="Why",
        help_text="It’s kept with the booking and on the customer’s timeline. Nothing about anybody’s health.",
        max_length=200,
        required=False,
    )

    source = forms.ChoiceField(
        label="How they booked",
        choices=[(source, source.label) for source in _SOURCES],
        initial=Booking.Source.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how they booked", "invalid_choice": "Choose how they booked"},
    )
    purpose = forms.ChoiceField(
        label="For themselves or for work?",
        choices=[(Booking.Purpose.SELF, "For themselves"), (Booking.Purpose.WORK, "For work")],
        widget=forms.RadioSelect,
        error_messages={"required": _PURPOSE, "invalid_choice": _PURPOSE},
    )
    early_start = forms.BooleanField(
        label="They ask us to hold the course before their 14 days to change their mind are over, and know that they "
        "can’t cancel for a refund once it has been held",
        required=False,
    )
    terms = forms.BooleanField(
        label="They agree to the booking terms",
        error_messages={"required": "Tick the box once they agree to the booking terms"},
    )

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Organisation",
        empty_label="None",
        required=False,
        error_messages={"invalid_choice": "Choose an organisation they belong to"},
    )
    company = TextField(label="Company on the invoice", max_length=200, required=False)
    billing_address = TextField(
        label="Address for the invoice", max_length=500, lines=True, required=False, widget=forms.Textarea({"rows": 3})
    )
    po_number = TextField(label="PO number", max_length=50, required=False)
    referral_source = forms.ChoiceField(
        label="How did they hear of us?",
        choices=[("", "Choose one"), *((text, text) for text in REFERRALS)],
        required=False,
        error_messages={"invalid_choice": "Choose one of the answers, or leave this as it is"},
    )
    notes = TextField(
        label="Note for the office",
        help_text="Kept with the booking. Nothing about anybody’s health.",
        max_length=2000,
        lines=True,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    sends_link = forms.BooleanField(label="Email a payment link now", required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        known: User | None,
        offered: Sequence[Offered],
        may_exceed: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.offered = {str(offer.session.pk): offer for offer in offered}
        # Who may be the same person: shown beside the box that says to go on.
        self.alike: list[User] = []
        self._price_changed = self._put_price_right()
        cast("forms.ChoiceField", self.fields["session"]).choices = [(offer.value, offer.value) for offer in offered]
        theirs = Organisation.objects.filter(memberships__user=known, memberships__ended_on=None).order_by("name")
        self.organisations = list(theirs) if known else []
        if self.organisations:
            cast("Any", self.fields["organisation"]).queryset = theirs
        if len(self.organisations) == 1:
            self.initial.setdefault("organisation", self.organisations[0])
        if not may_exceed:
            del self.fields["exceed"], self.fields["exceed_because"]

    @property
    def chosen(self) -> Offered | None:
        """The session that is chosen so far, right or wrong."""
        return self.offered.get(key_of(self["session"].value()))

    @cached_property
    def booked_already(self) -> list[Booking]:
        """What the customer has on the chosen session, shown beside the box that says to book it again."""
        if not self.known or not self.chosen:
            return []
        counted = Booking.objects.counted().filter(customer=self.known, session=self.chosen.session)
        return list(counted.order_by("created_at"))

    @property
    def places_so_far(self) -> int:
        try:
            return PlacesField(most=MOST_PLACES).clean(self["places"].value()) or 1
        except ValidationError:
            return 1

    def _put_price_right(self) -> bool:
        """Whether another price was told than the session has now; the page then shows, and carries, the new one."""
        offer = self.chosen if self.is_bound else None
        if offer is None:
            return False
        told = price_told(self["session"].value())
        self.data = {name: self.data.get(name) for name in self.data} | {"session": offer.value}
        return told not in {"", str(offer.session.price)}

    def clean_session(self) -> Offered:
        """The offer, in place of its value."""
        offer = self.offered[key_of(self.cleaned_data["session"])]
        if self._price_changed:
            price = format_money(offer.session.price, whole=True)
            raise ValidationError(f"The price changed: it’s now {price} a place. Tell them before you book")
        return offer

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._ask_for_somebody(cleaned)
        self._ask_about_the_same(cleaned)
        self._ask_for_early_start(cleaned)
        if cleaned.get("exceed") and not cleaned.get("exceed_because") and "exceed_because" not in self.errors:
            self.add_error("exceed_because", "Say why this session may hold more people than it has places")
        places, people = cleaned.get("places"), len(cleaned.get("names") or ()) + bool(cleaned.get("coming"))
        if places and people > places:
            self.add_error("names", f"There are {people} people for {_places(places)}. Book more, or take somebody out")
        organisation = cleaned.get("organisation")
        if organisation and organisation.po_required and not cleaned.get("po_number"):
            self.add_error("po_number", f"{organisation} needs a PO number on every booking")
        offer = cleaned.get("session")
        if (
            offer
            and offer.session.price
            and cleaned.get("sends_link")
            and not self.address
            and "email" not in self.errors
        ):
            self.add_error("email", "Enter an email address, or untick “Email a payment link now”")
        return cleaned

    def _ask_for_somebody(self, cleaned: dict[str, Any]) -> None:
        if self.known is None:
            for name, asks in (("first_name", "Enter a first name"), ("last_name", "Enter a last name")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, asks)

    def _ask_about_the_same(self, cleaned: dict[str, Any]) -> None:
        """Perhaps the person is known, or has booked already: the office looks, and says to go on."""
        typed = {name: cleaned.get(name) or "" for name in ("email", "first_name", "last_name", "phone")}
        name = f"{typed['first_name']} {typed['last_name']}".strip()
        if self.known is None:
            self.alike = namesakes(**typed)
            question = "Is it one of these people? Choose them, or tick the box to say that this is somebody new"
        else:
            self.alike = [self.known] if name and not _same(name, self.known.full_name) else []
            question = f"{self.known.email} is {self.known}’s address. Choose them, or tick the box to go on"
        if self.alike and not cleaned.get("is_somebody_new"):
            self.add_error("is_somebody_new", question)
        if self.booked_already and not cleaned.get("again"):
            references = listed([booking.reference for booking in self.booked_already])
            self.add_error(
                "again", f"{self.known} is booked on this session: {references}. Tick the box to book it again"
            )

    def _ask_for_early_start(self, cleaned: dict[str, Any]) -> None:
        offer = cleaned.get("session")
        is_asked = bool(offer and offer.needs_early_start and cleaned.get("purpose") == Booking.Purpose.SELF)
        if is_asked and not cleaned.get("early_start"):
            self.add_error(
                "early_start", "Tick the box once they ask us to hold the course before their 14 days are over"
            )
        cleaned["early_start"] = is_asked

    @property
    def address(self) -> str:
        """Where the booking's letters go, once the fields are judged; empty without any."""
        typed = str(self.cleaned_data.get("email") or "")
        return typed or (self.known.email if self.known else "")

    def order(self) -> Order:
        """What is ordered, once the form is valid."""
        typed, person, organisation = self.cleaned_data, self.known, self.cleaned_data["organisation"]
        offer: Offered = typed["session"]
        contact = Contact(
            first_name=typed["first_name"] or (person.first_name if person else ""),
            last_name=typed["last_name"] or (person.last_name if person else ""),
            email=self.address,
            phone=typed["phone"] or (person.phone if person else ""),
            company=typed["company"] or (organisation.name if organisation else person.company if person else ""),
            billing_address=typed["billing_address"] or (organisation.billing_address if organisation else ""),
        )
        booker = [Person(contact.first_name, contact.last_name, contact.email, is_booker=True)]
        return Order(
            contact=contact,
            people=[*(booker if typed["coming"] else []), *typed["names"]],
            agreed_total=offer.session.price * typed["places"],
            purpose=Booking.Purpose(typed["purpose"]),
            po_number=typed["po_number"],
            referral_source=typed["referral_source"],
            source=Booking.Source(typed["source"]),
            asks_early_start=typed["early_start"],
        )


def _places(number: int) -> str:
    return "1 place" if number == 1 else f"{number} places"


def _same(first: str, second: str) -> bool:
    return first.casefold() == second.casefold()
