"""Whether a date can be booked, in words, tone and icon: every state of the table in the design language, section 4."""

from dataclasses import dataclass

_FEW = 2


@dataclass(frozen=True, slots=True)
class Availability:
    """Free places are a hint until they are held under the session's lock; `people` is how many are asked for."""

    left: int
    capacity: int
    is_closed: bool = False
    is_cancelled: bool = False
    people: int = 1

    @property
    def can_be_booked(self) -> bool:
        return not self.is_closed and not self.is_cancelled and self.left >= self.people

    @property
    def tag(self) -> str:
        """The words; colour and ticks only go with them."""
        if self.is_cancelled:
            return "Cancelled"
        if self.is_closed:
            return "Online booking closed"
        if not self.left:
            return "Full"
        if self.left < self.people:
            return f"Only {self.left} left, you need {self.people}"
        return "1 place left" if self.left == 1 else f"{self.left} places left"

    @property
    def tone(self) -> str:
        if not self.can_be_booked:
            return "grey"
        return "amber" if self.left <= _FEW else "green"

    @property
    def icon(self) -> str:
        """Beside the words; grey tags have none."""
        return {"green": "check", "amber": "clock"}.get(self.tone, "")
