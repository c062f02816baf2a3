"""What staff type about people, and what people type to sign in."""

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.forms import AdminPasswordChangeForm as DjangoOwnPasswordForm
from django.contrib.auth.forms import AdminPasswordChangeForm as DjangoSetPasswordForm
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.core.validators import MaxLengthValidator

from communications.services.office_letters import LONGEST_SUBJECT, LONGEST_TEXT
from communications.wording import one_line
from customers.email_keys import clean_address, email_key, is_usable
from customers.models import User
from customers.roles import ROLES, RoleName
from customers.services import notes

# While running, Django's class takes no type argument.
if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


LONGEST_PASSWORD = 4_096
_LONG_PASSWORD = f"A password has at most {LONGEST_PASSWORD:,} characters"
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


class LogInForm(AdminAuthenticationForm):
    """Address and password of a member of staff. While there is `wait` (seconds), the password is not looked at."""

    def __init__(self, *args: Any, wait: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wait = wait
        # Django says how long an address may be and does not look.
        self.fields["username"].validators.append(MaxLengthValidator(254, SignInForm.asks))
        _end_passwords(self, "password")

    def clean(self) -> dict[str, Any]:
        if self.wait:
            raise forms.ValidationError(too_many_tries(self.wait), code="wait")
        return super().clean()


class SecondCodeForm(forms.Form):
    """A code of somebody's device, or one from paper. Whether it is right is not asked here."""

    refusal = "That code isn’t right, or was used already. Wait for the next one, and check your telephone’s clock"

    code = forms.CharField(
        label="Code",
        max_length=40,
        error_messages={
            "required": "Enter the six digits that your app shows",
            "max_length": "A code is shorter than that",
        },
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "short",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class PasswordAgainForm(forms.Form):
    """One's own password, before something about the log-in is changed. Whether it is right is not asked here."""

    refusal = "That isn’t your password"

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": "Enter your password", "max_length": _LONG_PASSWORD},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    @staticmethod
    def wait_error(seconds: int) -> forms.ValidationError:
        return forms.ValidationError(too_many_tries(seconds), code="wait")


class OwnPasswordForm(DjangoOwnPasswordForm):
    """A new password for the old one. While there is `wait` (seconds), the old one is not looked at."""

    def __init__(self, *args: Any, wait: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wait = wait
        _end_passwords(self, "old_password", "new_password1", "new_password2")

    def clean_old_password(self) -> str:
        if self.wait:
            raise PasswordAgainForm.wait_error(self.wait)
        return super().clean_old_password()


class ColleaguesPasswordForm(DjangoSetPasswordForm):
    """A password that an owner sets for somebody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _end_passwords(self, "password1", "password2")


class RoleForm(forms.Form):
    """What somebody may do in the office."""

    NONE = "none"

    role = forms.ChoiceField(
        label="Role",
        choices=[(NONE, "None: may not log in to the office")]
        + [(str(name), f"{ROLES[name].label}: {ROLES[name].in_words}") for name in RoleName],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role"},
    )
    is_active = forms.BooleanField(
        label="May log in",
        required=False,
        help_text="Without the tick they can’t log in, also not to their own bookings, and keep their role.",
    )

    @property
    def chosen(self) -> RoleName | None:
        typed: str = self.cleaned_data["role"]
        return None if typed == self.NONE else RoleName(typed)


class NoteForm(forms.Form):
    """A note about somebody."""

    body = forms.CharField(
        label="Note",
        help_text="Only the office reads it. What somebody needs to take part belongs to their requirements.",
        max_length=notes.LONGEST,
        error_messages={
            "required": "Write what is to be remembered",
            "max_length": f"A note has at most {notes.LONGEST:,} characters",
            "null_characters_not_allowed": "Take out the signs that can’t be printed",
        },
        widget=forms.Textarea({"rows": 5}),
    )
    pinned = forms.BooleanField(label="Pin it above the others", required=False)


class EditNoteForm(NoteForm):
    """The same, put right. `seen` is when the note was last put right before it was read, empty for never."""

    changed_meanwhile = "Somebody else has put this note right meanwhile: read what it says now, then save yours"

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_seen(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None
        except ValueError:
            raise forms.ValidationError("Open the note again", code="invalid") from None


class LetterForm(forms.Form):
    """A letter to one person. `token` makes pressing twice send once."""

    subject = forms.CharField(
        label="Subject",
        max_length=LONGEST_SUBJECT,
        error_messages={
            "required": "Enter a subject",
            "max_length": f"A subject has at most {LONGEST_SUBJECT} characters",
            "null_characters_not_allowed": "Take out the signs that can’t be printed",
        },
    )
    text = forms.CharField(
        label="Text",
        help_text="Plain words; an empty line begins a paragraph. Our name, telephone and address are added below.",
        max_length=LONGEST_TEXT,
        error_messages={
            "required": "Write what you want to say",
            "max_length": f"An email has at most {LONGEST_TEXT:,} characters",
            "null_characters_not_allowed": "Take out the signs that can’t be printed",
        },
        widget=forms.Textarea({"rows": 12}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_subject(self) -> str:
        subject = one_line(self.cleaned_data["subject"])
        if not subject:
            raise forms.ValidationError("Enter a subject", code="required")
        return subject


def too_many_tries(seconds: int) -> str:
    """What is said to who has to wait."""
    minutes = -(-seconds // 60)
    return f"There were too many tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, then try again."


def _end_passwords(form: forms.BaseForm, *names: str) -> None:
    """Django's fields for passwords have no end."""
    for name in names:
        form.fields[name].validators.append(MaxLengthValidator(LONGEST_PASSWORD, _LONG_PASSWORD))
