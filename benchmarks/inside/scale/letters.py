"""Timelines, notes and letters: a line and a letter for one booking in three and for each of the first person's."""

from benchmarks.inside.scale.insert import fill
from communications.models import Message
from customers.models import Activity, Note

_SOME = "FROM orders WHERE number % 3 = 0 OR customer_id = md5('person1')::uuid ORDER BY number"


def add_activities() -> int:
    return fill(
        Activity,
        {
            "user_id": "customer_id",
            "kind": "'booked'",
            "summary": "'Booked ' || places || CASE places WHEN 1 THEN ' place' ELSE ' places' END",
            "subject_kind": "'booking'",
            "subject_key": "id::text",
            "actor_kind": "'customer'",
            "actor_label": "first_name || ' ' || last_name",
            "actor_user_id": "customer_id",
            "occurred_at": "created_at",
        },
        _SOME,
    )


def add_notes() -> int:
    return fill(
        Note,
        {
            "user_id": "md5('person1')::uuid",
            "body": "'Rang about dates in York, note ' || number",
            "created_at": "now()",
        },
        "FROM generate_series(1, 20) AS number",
    )


def add_messages() -> int:
    return fill(
        Message,
        {
            "id": "md5('message' || number)::uuid",
            "dedupe_key": "'scale:' || number",
            "kind": "'booking_confirmation'",
            "state": "CASE number % 50 WHEN 0 THEN 'bounced' WHEN 1 THEN 'failed' ELSE 'delivered' END",
            "user_id": "customer_id",
            "booking_id": "id",
            "to_email": "email",
            "to_name": "first_name || ' ' || last_name",
            "subject": "'Your booking'",
            "body_text": "repeat('Your places are booked. ', 10)",
            "send_after": "created_at",
            "attempts": "1",
            "created_at": "created_at",
            "sent_at": "least(created_at + interval '1 minute', now())",
        },
        _SOME,
    )
