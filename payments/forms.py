"""What staff type about money."""

from decimal import Decimal
from typing import Any, override

from django import forms

from bookings.models import Booking
from config.kernel.money import format_money
from payments.models import Refund

# What staff may give as the reason; the others are written by our own code.
TYPED_REASONS = (Refund.Reason.GOODWILL, Refund.Reason.DUPLICATE, Refund.Reason.CANCELLED)


class PoundsField(forms.DecimalField):
    """A sum of pounds as people write it: "135", "£1,080.00"."""

    def __init__(self, **options: Any) -> None:
        messages = {
            "required": "Enter the sum in pounds, like 135 or 135.50",
            "invalid": "Enter the sum in pounds, like 135 or 135.50",
            "max_decimal_places": "Enter whole pence, like 135.50",
            "max_digits": "Enter a sum like 135.50",
            "max_whole_digits": "Enter a sum like 135.50",
        }
        # A text box: what browsers make of a number box loses what was typed wrongly and turns with the wheel.
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 12})
        super().__init__(max_digits=10, decimal_places=2, widget=widget, error_messages=messages, **options)

    @override
    def to_python(self, value: Any) -> Any:
        text = value.replace("£", "").replace(",", "").strip() if isinstance(value, str) else value
        return super().to_python(text)


class ResolutionForm(forms.Form):
    resolution = forms.CharField(
        label="What was done",
        help_text="For whoever looks at this later, such as: refunded in Stripe, customer told by telephone.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        error_messages={"required": "Say what was done about it, so that others can follow."},
    )


class CancelForm(forms.Form):
    """How much goes back when a booking is cancelled, and why it is. Without money to give back only the reason."""

    refund = PoundsField(
        label="Send back", help_text="The sum by the booking terms is filled in. 0 sends nothing back."
    )
    reason = forms.ChoiceField(
        label="Why is it cancelled?",
        choices=[("", "Choose one"), *Booking.CancelReason.choices],
        help_text="Seen by the office only. Anything about somebody’s health does not belong in our records.",
        error_messages={"required": "Choose why it is cancelled", "invalid_choice": "Choose one of the reasons"},
    )

    def __init__(self, data: Any = None, *, most: Decimal, suggested: Decimal, may_refund: bool) -> None:
        super().__init__(data, initial={"refund": f"{suggested:.2f}"})
        self.most = most
        if not most or not may_refund:
            del self.fields["refund"]

    def clean_refund(self) -> Decimal:
        return _at_most(self.cleaned_data["refund"], self.most, nothing_is_fine=True)

    @property
    def sum(self) -> Decimal:
        """What goes back, in pounds, of a form that is valid."""
        refund: Decimal = self.cleaned_data.get("refund", Decimal("0.00"))
        return refund


class RefundForm(forms.Form):
    """How much of a payment goes back, for which booking, and why."""

    booking = forms.ChoiceField(
        label="Which booking is it for?",
        error_messages={"required": "Choose a booking", "invalid_choice": "Choose one of these bookings"},
    )
    amount = PoundsField(label="Send back")
    reason = forms.ChoiceField(
        label="Why?",
        choices=[("", "Choose one"), *((reason.value, reason.label) for reason in TYPED_REASONS)],
        help_text="The customer reads it in the letter.",
        error_messages={"required": "Choose why the money goes back", "invalid_choice": "Choose one of the reasons"},
    )

    def __init__(self, data: Any = None, *, left: dict[str, tuple[str, Decimal]]) -> None:
        """`left`: by a booking's key what it is called and how much of its money can still go back."""
        super().__init__(data)
        self.left = left
        choices = [(key, f"{name}: at most {format_money(most)}") for key, (name, most) in left.items()]
        self.fields["booking"] = forms.ChoiceField(
            label="Which booking is it for?",
            choices=choices if len(choices) == 1 else [("", "Choose one"), *choices],
            error_messages={"required": "Choose a booking", "invalid_choice": "Choose one of these bookings"},
        )
        if len(choices) == 1:
            self.fields["booking"].widget = forms.HiddenInput()
            self.initial["booking"] = choices[0][0]

    def clean_amount(self) -> Decimal:
        """Declared after the booking, so that is known here unless it was wrong itself."""
        _, most = self.left.get(self.cleaned_data.get("booking", ""), ("", None))
        amount: Decimal = self.cleaned_data["amount"]
        return amount if most is None else _at_most(amount, most, nothing_is_fine=False)


def _at_most(amount: Decimal, most: Decimal, *, nothing_is_fine: bool) -> Decimal:
    if amount < 0 or (not amount and not nothing_is_fine):
        raise forms.ValidationError("Enter more than nothing" if not nothing_is_fine else "Enter 0 or more")
    if amount > most:
        raise forms.ValidationError(f"At most {format_money(most)} can go back")
    return amount
