"""An address that was missing."""

from django import forms

from bookings.forms.fields import EmailAddressField


class AddressForm(forms.Form):
    """Where a letter is to go, for somebody who has no address on record."""

    use_required_attribute = False

    email = EmailAddressField(
        label="Email", help_text="It’s kept with the booking, and on the customer’s record.", autocomplete="off"
    )
