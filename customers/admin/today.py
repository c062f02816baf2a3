"""The page the office opens on: what needs a person now, what runs today, what comes, and four figures."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from config.kernel import clock
from config.office import office_page, staff_page
from customers.flows import desk
from customers.models import User


@staff_page("", name="index", permission=None)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Everybody in the office has it, with what they may see."""
    user, now = cast("User", request.user), clock.now()
    board, rooms = desk.board_for(user, now), desk.rooms_for(user, now)
    context = {
        "board": board,
        "rooms": rooms,
        "figures": desk.figures_for(user, now),
        "summary": desk.summary(board, rooms, now),
    }
    day, _, _year = clock.format_date(clock.london_date(now)).rpartition(" ")
    return office_page(request, "staff/today.html", context, title=day)
