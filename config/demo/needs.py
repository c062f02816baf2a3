"""What would help some of the people of the demo, made up. Slugs are those of the first requirement templates."""

from bookings.services.questions import CONSENT_VERSION
from bookings.services.requirements import Needs, OwnWords


def _own(words: str, *slugs: str) -> Needs:
    return Needs(slugs, OwnWords(words, CONSENT_VERSION))


OWN_NEEDS = (
    _own("I hear little on my left side. I'd like to sit where I can see the trainer's face.", "hearing-loop"),
    _own("My knees are bad, so I can't kneel for long. Could I practise CPR at a table?", "cannot-kneel"),
    _own("I have epilepsy. If I have a seizure, time it and keep people away; I need quiet after.", "health-condition"),
)
"""Said by who booked, about themselves."""

NEEDS_OF_COMPANIONS = (Needs(("cannot-kneel",)), Needs(("step-free-access", "assistance-dog")), Needs(("quiet-room",)))
"""Ticked by who booked, for somebody who comes along."""
