"""What the office is asked for: `python -m benchmarks.inside.office_texts NUMBER` prints texts and keys as JSON.

Every text is another person's, so that nothing is asked for twice; slips fall where they fall, by a fixed seed.
"""

import json
import random
import sys
from datetime import timedelta
from typing import Any

from django.db import connection

from bookings.models import Booking
from communications.models import Message
from config.kernel import clock
from customers.models import User
from payments.models import Payment

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PEOPLE = """
SELECT first_name, last_name, email, phone, company
FROM customers_user WHERE phone <> '' ORDER BY md5('asked for' || id) LIMIT %s
"""
_EXPORTED_DAYS = 122


def with_slip(word: str, chance: random.Random) -> str:
    """A letter wrong, too few, too many, or two in the wrong order; never the first."""
    place = chance.randrange(1, max(2, len(word) - 1))
    before, at, after = word[:place], word[place : place + 1], word[place + 1 :]
    letter = chance.choice(_LETTERS)
    return chance.choice(
        [before + letter + after, before + after, before + letter + at + after, before + after[:1] + at + after[1:]]
    )


def half(word: str) -> str:
    return word[: max(4, (len(word) + 1) // 2)]


def texts(number: int) -> dict[str, list[str]]:
    chance = random.Random(5)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [number])
        people = cursor.fetchall()
    return {
        "an email address": [email for _, _, email, _, _ in people],
        "an email address with a slip": [with_slip(email, chance) for _, _, email, _, _ in people],
        "half a surname with a slip": [with_slip(half(last), chance) for _, last, _, _, _ in people],
        "a full name with a slip": [f"{first} {with_slip(last, chance)}" for first, last, _, _, _ in people],
        "a full name": [f"{first} {last}" for first, last, _, _, _ in people],
        "a surname": [last for _, last, _, _, _ in people],
        "a telephone number": [phone for _, _, _, phone, _ in people],
    }


def middle_of(rows: Any, moment: Any) -> str:
    """The key of the row that was newest five years ago: half of the rows lie before it."""
    return str(rows.filter(created_at__lt=moment).order_by("-created_at").values_list("pk", flat=True)[0])


if __name__ == "__main__":
    asked = texts(int(sys.argv[1]))
    moment = clock.now() - timedelta(days=5 * 365)
    print(
        json.dumps(
            {
                "texts": asked,
                "first_person": str(User.objects.get(email_key="hannah@rylstonenursery.example").pk),
                "deep": {
                    "bookings": middle_of(Booking.objects, moment),
                    "payments": middle_of(Payment.objects, moment),
                    "messages": middle_of(Message.objects, moment),
                    "people": str(
                        User.objects.filter(kind=User.Kind.CUSTOMER, last_name__gte="M")
                        .order_by("last_name", "first_name", "id")
                        .values_list("pk", flat=True)[0]
                    ),
                },
                "exported_from": (clock.london_today() - timedelta(days=4 * 365 + _EXPORTED_DAYS)).isoformat(),
                "exported_to": (clock.london_today() - timedelta(days=4 * 365)).isoformat(),
            }
        )
    )
