"""What would help one person: on the step of booking that asks for everybody, and on the person's own page.

Own words, and what says something about health, are asked for only where somebody speaks for themselves: nobody can
consent for a colleague (UK GDPR article 9). For others a booker names practical adjustments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, override

from django import forms

from bookings.forms.drafts import initial_from, kept
from bookings.forms.fields import TextField
from bookings.models import RequirementTemplate
from bookings.services.questions import CONSENT_VERSION, CONSENT_WORDING
from bookings.services.requirements import Needs, OwnWords

NOTHING, HELPS = "nothing", "helps"


@dataclass(frozen=True, slots=True)
class Box:
    """One adjustment to tick, as a page draws it: twelve people with ten boxes each are too many for form widgets."""

    id: str
    name: str
    value: str
    label: str
    hint: str
    is_ticked: bool


class AdjustmentsField(forms.MultipleChoiceField):
    """Any of the templates. A value that is not among them is left out: staff may offer it no longer."""

    widget = forms.CheckboxSelectMultiple

    @override
    def to_python(self, value: Any) -> list[str]:
        offered = cast("list[tuple[str, str]]", self.choices)
        return [slug for slug, _label in offered if slug in (value or ())]


class HelpForm(forms.Form):
    """Adjustments to tick and, about oneself, own words. `person_name` is what the sentences call somebody else."""

    use_required_attribute = False

    adjustments = AdjustmentsField(help_text="Choose all that apply.", required=False)
    own_words = TextField(
        label="Anything else, in your own words",
        max_length=2000,
        lines=True,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    own_words_consent = forms.BooleanField(label=CONSENT_WORDING, required=False)

    def __init__(
        self,
        *,
        person_name: str,
        is_self: bool,
        templates: Iterable[RequirementTemplate],
        data: Mapping[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial=initial, prefix=prefix)
        self.templates = [one for one in templates if is_self or not one.for_oneself_only]
        self.whom = "you" if is_self else person_name
        adjustments = cast("AdjustmentsField", self.fields["adjustments"])
        adjustments.label = f"What would help {self.whom}?"
        adjustments.choices = [(one.slug, one.label) for one in self.templates]
        if not is_self:
            adjustments.help_text = f"Choose all that apply. Anything about health is for {self.whom} to tell us."
            del self.fields["own_words"], self.fields["own_words_consent"]

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("own_words") and not cleaned.get("own_words_consent"):
            self.add_error(
                "own_words_consent", "Tick the box to agree that we keep what you wrote, or clear what you wrote"
            )
        return cleaned

    @property
    def says_anything(self) -> bool:
        """Whether anything was ticked or written; what could not be taken counts."""
        return bool(self.cleaned_data.get("adjustments") or self.cleaned_data.get("own_words")) or bool(
            self.errors.get("own_words")
        )

    @property
    def boxes(self) -> Sequence[Box]:
        field = self["adjustments"]
        ticked = field.value() or ()
        return [
            Box(f"{field.auto_id}_{number}", field.html_name, one.slug, one.label, one.full_hint, one.slug in ticked)
            for number, one in enumerate(self.templates)
        ]

    def needs(self) -> Needs:
        """What was said, once `is_valid()` said yes."""
        text = self.cleaned_data.get("own_words", "")
        return Needs(tuple(self.cleaned_data["adjustments"]), OwnWords(text, CONSENT_VERSION) if text else None)


class NeedsForm(HelpForm):
    """One person at the step of booking: nothing is chosen beforehand, and the question has to be answered.

    `person_name` is what the sentences call them: "Priya", or "person 3" while there is no name. `draft` is the whole
    draft of the hold.
    """

    answer = forms.ChoiceField(
        choices=[(NOTHING, "Nothing needed"), (HELPS, "Yes, here’s what helps")], widget=forms.RadioSelect
    )
    field_order = ["answer"]

    def __init__(
        self,
        *,
        prefix: str,
        person_name: str,
        is_self: bool,
        templates: Iterable[RequirementTemplate],
        data: Mapping[str, Any] | None = None,
        draft: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            prefix=prefix,
            person_name=person_name,
            is_self=is_self,
            templates=templates,
            data=data,
            initial=initial_from(NeedsForm, draft or {}, f"{prefix}-"),
        )
        choose = f"Choose whether {self.whom} need{'' if is_self else 's'} anything"
        self.fields["answer"].error_messages |= {"required": choose, "invalid_choice": choose}
        self._is_self = is_self

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        answer = cleaned.get("answer")
        if answer == NOTHING and self.says_anything:
            below = "ticked and wrote" if self._is_self else "ticked"
            self.add_error("answer", f"Choose “Yes, here’s what helps”, or clear what you {below} below")
        elif answer == HELPS and not self.says_anything:
            write = " or write it in your own words" if self._is_self else ""
            self.add_error("adjustments", f"Tick what would help {self.whom}{write}, or choose “Nothing needed”")
        return cleaned

    def draft(self) -> dict[str, Any]:
        """What was typed, for the hold's encrypted draft; showing or binding it again gives the same page."""
        typed: dict[str, Any] = {field.html_name: kept(field.data) for field in self if field.name != "adjustments"}
        return typed | {self.add_prefix("adjustments"): self._ticked()}

    def _ticked(self) -> list[str]:
        given = self["adjustments"].data or ()
        return [one.slug for one in self.templates if one.slug in given]


class OwnNeedsForm(HelpForm):
    """Somebody about themselves, on their own page; they came to say something, so nothing said is a mistake.

    `slugs` are the adjustments on record. Own words on record are not shown again: new ones take their place, and
    without new ones they stay.
    """

    def __init__(
        self,
        *,
        templates: Iterable[RequirementTemplate],
        slugs: Sequence[str] = (),
        has_own_words: bool = False,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            person_name="", is_self=True, templates=templates, data=data, initial={"adjustments": list(slugs)}
        )
        self._has_own_words = has_own_words
        if has_own_words:
            self.fields["own_words"].help_text = "We have what you wrote. What you write here takes its place."

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.says_anything and not self._has_own_words:
            self.add_error("adjustments", "Tick what would help you, or write it in your own words")
        return cleaned
