"""Steps 1 and 4: how many people and which date, and the agreement."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.fields import PlacesField


class SessionStep(forms.Form):
    """Step 1. `session` is the code of the date that was chosen; without one it is the date of the page itself."""

    use_required_attribute = False

    places: forms.Field
    session = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, error_messages={"invalid_choice": "Choose one of these dates"}
    )
    field_order = ["places", "session"]

    def __init__(self, *args: Any, most: int, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = f"You can book up to {most}. Including you, if you’re coming."
        self.fields["places"] = PlacesField(most=most, label="How many people?", help_text=hint)
        cast("forms.ChoiceField", self.fields["session"]).choices = [(code, code) for code in codes]
        self.order_fields(self.field_order)


def counted(typed: object, *, most: int, step: int = 0) -> int:
    """The number that was typed, one more or one fewer with `step`, from 1 to `most`; 1 for what is no number."""
    try:
        number: int = PlacesField(most=10_000).clean(typed)
    except ValidationError:
        return 1
    return min(max(number + step, 1), most)


class AgreementForm(forms.Form):
    """Step 4. Hidden fields carry what was on the page, so that nobody agrees to what they never saw.

    That is the total, and the marks (services.showing) of the terms and of when and where. Whatever comes back in them
    is judged by the order, not here: a mistake in them is nobody's to mend.

    `asks_early_start`: whether a consumer has to ask for the course to be held while they can still change their mind.
    """

    use_required_attribute = False

    early_start = forms.BooleanField(
        label="I ask you to hold the course before my 14 days to change my mind are over. I know that I can’t cancel "
        "for a refund once it has been held",
        error_messages={"required": "Tick the box to ask us to hold the course before your 14 days are over"},
    )
    terms = forms.BooleanField(
        label="I agree to the booking terms for everyone on this booking",
        error_messages={"required": "Tick the box to agree to the booking terms"},
    )
    # Not CharFields: they would answer a null character with an error that nobody can mend.
    agreed_total = forms.Field(required=False, widget=forms.HiddenInput)
    terms_shown = forms.Field(required=False, widget=forms.HiddenInput)
    session_shown = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_early_start: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_early_start:
            del self.fields["early_start"]

    def clean_terms_shown(self) -> str:
        return self.cleaned_data["terms_shown"] or ""

    def clean_session_shown(self) -> str:
        return self.cleaned_data["session_shown"] or ""

    def clean_agreed_total(self) -> Decimal:
        """What was on the page; anything unreadable is no price of ours and makes us ask again."""
        try:
            total = Decimal((self.cleaned_data["agreed_total"] or "")[:20])
        except InvalidOperation:
            return Decimal(-1)
        return total if total.is_finite() else Decimal(-1)
