"""What the office types about a requirement: what was arranged for it, or why it has to be arranged again."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.fields import TextField

_MOST = 1000


class ArrangedForm(forms.Form):
    """What was arranged. `said_at` is when that was said which the page was about."""

    use_required_attribute = False

    arranged = TextField(
        label="What was arranged",
        asks="Say what was arranged, so that whoever teaches can rely on it",
        help_text="It is as private as what was said, and removed with it.",
        max_length=_MOST,
        lines=True,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    said_at = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_said_at(self) -> datetime:
        try:
            said_at = datetime.fromisoformat(self.cleaned_data["said_at"])
        except ValueError as error:
            raise ValidationError("Open this page again and read what was said") from error
        if said_at.tzinfo is None:
            raise ValidationError("Open this page again and read what was said")
        return said_at


class ArrangeAgainForm(forms.Form):
    use_required_attribute = False

    reason = TextField(
        label="Why it has to be arranged again",
        asks="Say why it has to be arranged again",
        help_text="It is as private as what was said, and removed with it.",
        max_length=_MOST,
        lines=True,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
