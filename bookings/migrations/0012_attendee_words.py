"""Finding places by the words of names and addresses; the words of attendees' names go where all words are."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import config.kernel.searching

_TRIGGER = """
CREATE TRIGGER search_words AFTER INSERT OR UPDATE OF first_name, last_name ON bookings_attendee
FOR EACH ROW EXECUTE FUNCTION public.search_remember_row('first_name', 'last_name')
"""
_THERE = "SELECT public.search_remember(string_agg(first_name || ' ' || last_name, ' ')) FROM bookings_attendee"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_search"),
        ("bookings", "0011_requirements_arranged"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="attendee", name="attendee_last_name_trgm"),
        migrations.AddIndex(
            model_name="attendee",
            index=django.contrib.postgres.indexes.GinIndex(
                config.kernel.searching.Words("first_name", "last_name", "email"),
                name="attendee_words",
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name="attendee",
            index=django.contrib.postgres.indexes.GinIndex(
                config.kernel.searching.Words("first_name", "last_name", "email"),
                name="attendee_guest_words",
                fastupdate=False,
                condition=models.Q(is_booker=False),
            ),
        ),
        migrations.RunSQL([_TRIGGER, _THERE], "DROP TRIGGER search_words ON bookings_attendee"),
    ]
