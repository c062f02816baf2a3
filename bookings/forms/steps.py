"""Steps 1 and 3: how many people, and the agreement."""

from decimal import Decimal, InvalidOperation

from django import forms

from bookings.forms.fields import PlacesField


class PlacesForm(forms.Form):
    """Step 1."""

    use_required_attribute = False

    places: forms.Field

    def __init__(self, *args: object, most: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["places"] = PlacesField(most=most, label="How many people are coming?", help_text=f"Up to {most}.")


class AgreementForm(forms.Form):
    """Step 3. `agreed_total` carries the total that was on the page, so that nobody agrees to one they never saw."""

    use_required_attribute = False

    terms = forms.BooleanField(
        label="I agree to the booking terms for everyone on this booking",
        error_messages={"required": "Tick the box to agree to the booking terms"},
    )
    # Not a CharField: it would answer a null character with an error that nobody can mend.
    agreed_total = forms.Field(required=False, widget=forms.HiddenInput)

    def clean_agreed_total(self) -> Decimal:
        """What was on the page; anything unreadable is no price of ours and makes us ask again."""
        try:
            total = Decimal((self.cleaned_data["agreed_total"] or "")[:20])
        except InvalidOperation:
            return Decimal(-1)
        return total if total.is_finite() else Decimal(-1)
