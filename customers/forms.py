"""What staff type about people, and what people type to sign in."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import ReadOnlyPasswordHashField

from customers.email_keys import clean_address, email_key, is_usable
from customers.models import User

# While running, Django's class takes no type argument.
if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


_SPACERS = str.maketrans("", "", " \u00a0-\u2010\u2011\u2013")


class SignInForm(forms.Form):
    """An email address. Whether anybody has it is not asked here."""

    asks = "Enter an email address like name@example.com"

    # Checked by our own rule alone, whose answer is the same for whatever is no address.
    email = forms.CharField(
        label="Email address",
        help_text="Use the one you booked with.",
        error_messages={"required": asks},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators = []

    def clean_email(self) -> str:
        address = clean_address(self.cleaned_data["email"])
        if not is_usable(email_key(address) or ""):
            raise forms.ValidationError(self.asks, code="invalid")
        return address


class SignInCodeForm(forms.Form):
    """The six digits from the letter, however they are spaced. Whether they are right is not asked here."""

    asks = "Enter the six digits from the email"
    refusal = "That code isn’t right, or has run out. Look in our newest email, or ask for another"

    code = forms.CharField(
        label="Code from the email",
        help_text="Six digits, for when you read the email on another device.",
        error_messages={"required": asks},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "narrow-code"}),
    )
    keep = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].validators = []

    def clean_code(self) -> str:
        # Mail programs and people put spaces and dashes in; full-width digits count as what they mean.
        code = unicodedata.normalize("NFKC", self.cleaned_data["code"][:40]).translate(_SPACERS)
        if not re.fullmatch(r"[0-9]{6}", code):
            raise forms.ValidationError(self.asks, code="invalid")
        return code


class PersonForm(_UserForm):
    """A person's details. Passwords are not set here."""

    class Meta:
        model = User
        fields = ("kind", "email", "first_name", "last_name", "phone", "company")

    def clean_email(self) -> str:
        address = clean_address(self.cleaned_data["email"])
        key = email_key(address)
        if key is None:
            return ""
        if not is_usable(key):
            raise forms.ValidationError("Enter an email address like name@example.com.", code="invalid")
        # The key is not on the form, so Django does not look whether it is taken.
        if User.objects.filter(email_key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is already a person with this email address.", code="unique")
        return address


class NewPersonForm(PersonForm):
    """A new person, who has no password until one is set on their page."""

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        person: User = super().save(commit=commit)
        return person


class StaffPersonForm(PersonForm):
    """A person who may log in to the office: with a link to the page where a password is set."""

    password = ReadOnlyPasswordHashField(label="Password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = '<a href="../password/">Set a password</a>.'
