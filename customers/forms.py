"""What staff type about people, and what people type to sign in."""

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
