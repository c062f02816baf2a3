"""A person's bookings with what a line about one says: the people on it and its money."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Attendee
from bookings.selectors import for_customer
from customers.models import User
from payments.money_states import BookingsWithAllMoney, with_all_money


def orders_of(user: User) -> BookingsWithAllMoney:
    """With `people` and the sums of `with_all_money`, each asked for the rows that are shown and no others."""
    people = Attendee.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    count = Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0)
    return with_all_money(for_customer(user).prefetch_related(None).annotate(people=count))
