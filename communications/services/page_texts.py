"""Changing what a plain page says."""

from django.db.models import Max

from communications.models import PageText
from config.kernel import clock
from customers.models import User


def add_version(*, text: PageText, changed_by: User) -> None:
    """Stores a changed text as the page's next version, which is shown from now on; the row it came from stays.

    Of two people who change a page at the same moment the second is refused with an IntegrityError.
    """
    newest: int = PageText.objects.filter(page=text.page).aggregate(newest=Max("version"))["newest"]
    text.pk = None
    text.version = newest + 1
    text.changed_at = clock.now()
    text.changed_by = changed_by
    text.save(force_insert=True)
