"""What is known about getting into a venue, in a sentence for papers and letters."""

from bookings.models import Venue
from config.brand import BRAND


def access_sentence(venue: Venue) -> str:
    """What the venue is known to have. Nothing is said to be missing: not ticked may mean not asked."""
    facts = {"step-free access": venue.step_free, "a hearing loop": venue.hearing_loop, "parking": venue.parking}
    known = [name for name, is_there in facts.items() if is_there]
    if not known:
        return f"Call {BRAND.phone} to ask about access."
    listed = f"{', '.join(known[:-1])} and {known[-1]}" if len(known) > 1 else known[0]
    return f"There is {listed}. Call {BRAND.phone} to ask about anything else."
