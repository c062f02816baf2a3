"""What staff type about letters."""

from typing import Any

from django import forms


class ResendForm(forms.Form):
    """Where a letter goes; an address that is put right here counts for later letters too."""

    email = forms.EmailField(
        label="Send it to",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter an email address like name@example.com",
            "invalid": "Enter an email address like name@example.com",
        },
    )

    def __init__(self, data: Any = None, *, email: str, may_mend: bool) -> None:
        super().__init__(data, initial={"email": email})
        if not may_mend:
            del self.fields["email"]
