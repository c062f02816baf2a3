"""What somebody types to have a certificate checked."""

from django import forms

from bookings.forms.fields import TextField

# Longer than any number or code we print, so that a slip of the finger still gets an answer.
_LONGEST = 60


class CertificateForm(forms.Form):
    """Its number or code, however it is typed: nothing is refused but what can't be read at all."""

    code = TextField(
        label="Certificate number or code",
        help_text="It looks like C-2026-01873. Capitals, spaces and dashes don’t matter.",
        asks="Enter the number or code on the certificate",
        max_length=_LONGEST,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
