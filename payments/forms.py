"""What staff type about money."""

from django import forms


class ResolutionForm(forms.Form):
    resolution = forms.CharField(
        label="What was done",
        help_text="For whoever looks at this later, such as: refunded in Stripe, customer told by telephone.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        error_messages={"required": "Say what was done about it, so that others can follow."},
    )
