"""PostgreSQL extensions that the search indexes need. Their own migration, since no app owns them."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    run_before = [("customers", "0001_initial")]

    operations = [TrigramExtension(), UnaccentExtension()]
