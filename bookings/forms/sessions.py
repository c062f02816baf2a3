"""A session in the office: its days are typed as lines and set through the scheduling service."""

import re
from itertools import pairwise
from typing import Any, override

from django import forms
from django.core.exceptions import ValidationError

from bookings.models import CourseSession
from bookings.services.scheduling import Day
from config.kernel import clock

_EXAMPLE = "Thursday 3 December 2026, 9am to 4pm"
# Also as machines write days and times: 2026-12-03 09:00 to 16:00.
_TIME = r"[0-9]{1,2}(?::[0-9]{2})?\s*(?:am|pm|noon|midnight)?"
_LINE = re.compile(
    rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|(?:[a-z]+\s+)?[0-9]{{1,2}}\s+[a-z]+\s+[0-9]{{4}})\s*,?\s+"
    rf"(?P<start>{_TIME})\s*(?:-|–|to)\s*(?P<end>{_TIME})",
    re.IGNORECASE,
)
_MOST_DAYS = 20


class DaysField(forms.CharField):
    """One line a day, "Thursday 3 December 2026, 9am to 4pm", in London time."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        help_text = f"One line for each day, in London time: {_EXAMPLE}"
        super().__init__(help_text=help_text, max_length=1000, **kwargs)

    @override
    def has_changed(self, initial: Any, data: Any) -> bool:
        """However the same days are written."""
        try:
            return not initial or self.clean(initial) != self.clean(data)
        except ValidationError:
            return True

    @override
    def clean(self, value: Any) -> list[Day]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > _MOST_DAYS:
            raise ValidationError(f"A session meets on {_MOST_DAYS} days at most.")
        days = sorted(_day(line) for line in lines)
        if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(days)):
            raise ValidationError("Two days of a session can’t overlap.")
        return days


def days_as_lines(session: CourseSession) -> str:
    """The session's days as the field takes them."""
    return "\n".join(
        f"{clock.format_date(clock.london_date(day.starts_at))}, {clock.format_time_range(day.starts_at, day.ends_at)}"
        for day in session.days.order_by("starts_at")
    )


def _day(line: str) -> Day:
    refusal = ValidationError(f"“{line}” is not a day. Write it like {_EXAMPLE}.")
    match = _LINE.fullmatch(line)
    if match is None:
        raise refusal
    try:
        on = clock.read_date(match["day"])
        start, end = (clock.read_time(match[name]) for name in ("start", "end"))
    except ValueError:
        raise refusal from None
    day = Day(clock.combine_london(on, start), clock.combine_london(on, end))
    if day.ends_at <= day.starts_at:
        raise ValidationError(f"“{line}” ends before it starts.")
    return day


class SessionForm(forms.ModelForm):
    """Status moves by actions and is not here; code, first start and last end follow from the rest."""

    days = DaysField()

    class Meta:
        model = CourseSession
        fields = ["course", "venue", "instructors", "is_private", "capacity", "price"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who may only look has no fields.
        if price := self.fields.get("price"):
            price.required = False
            price.help_text = "Leave empty for the course’s own price."
        if not self.instance._state.adding:
            self.initial["days"] = days_as_lines(self.instance)

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("price") is None and "price" not in self.errors and cleaned.get("course"):
            cleaned["price"] = cleaned["course"].price
        return cleaned
