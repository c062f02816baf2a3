"""Moving a session on: open, confirm, cancel, complete. Each is a page that says what happens, and a press."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bookings.admin.sight import user_of
from bookings.models import SESSION_TRANSITIONS, Booking, CourseSession
from bookings.selectors import sessions_seen_by
from bookings.services.calling_off import SessionHasBookings, cancel_empty_session
from bookings.services.scheduling import set_session_status
from config.kernel import clock
from config.kernel.states import ForbiddenTransition
from config.office import office_page, staff_page

_Status = CourseSession.Status
_COMPLETED = _Status.COMPLETED


@dataclass(frozen=True)
class Move:
    """`words` are on the button; `effects` say what pressing it does."""

    status: CourseSession.Status
    words: str
    effects: tuple[str, ...]
    is_final: bool = False


_MOVES: Final = {
    move.status: move
    for move in (
        Move(
            _Status.TENTATIVE,
            "Open for booking",
            ("People can book it from now on.", "It is marked as tentative in the office: it may yet be cancelled."),
        ),
        Move(
            _Status.CONFIRMED,
            "Confirm",
            ("People can book it, and it will run.", "Nobody is written to by this."),
        ),
        Move(
            _Status.CANCELLED,
            "Cancel session",
            (
                "Nobody can book it any more. For 14 days it stays in the catalogue as cancelled.",
                "Nobody has a place on it, so nobody is written to and no money goes back.",
            ),
            is_final=True,
        ),
        Move(
            _COMPLETED,
            "Mark as completed",
            ("It counts as held, and nobody can book it any more.", "Nobody is written to by this."),
            is_final=True,
        ),
    )
}


def moves_of(session: CourseSession, now: datetime) -> list[Move]:
    """Where a session can go from where it is; what is not over yet is not offered as completed."""
    is_over = session.ends_at <= now
    return [move for move in _MOVES.values() if _leads_to(session, move) and (is_over or move.status != _COMPLETED)]


def _leads_to(session: CourseSession, move: Move) -> bool:
    return SESSION_TRANSITIONS.allows(_Status(session.status), move.status)


@staff_page(
    "bookings/coursesession/<uuid:key>/move/<slug:status>/",
    name="bookings_coursesession_move",
    permission="bookings.change_coursesession",
)
@require_http_methods(["GET", "HEAD", "POST"])
def move_page(request: HttpRequest, key: UUID, status: str) -> HttpResponse:
    seen = sessions_seen_by(user_of(request)).select_related("course", "venue")
    session = seen.filter(pk=key).first()
    if session is None or status not in _MOVES:
        raise Http404
    move = _MOVES[_Status(status)]
    if request.method == "POST":
        return _move(request, session, move)
    booked = Booking.objects.occupying(clock.now()).filter(session=session).count()
    context = {
        "session": session,
        "move": move,
        "is_there": session.status == move.status,
        "is_possible": _leads_to(session, move),
        "booked": booked,
        "is_refused": move.status == _Status.CANCELLED and bool(booked),
        "is_early": move.status == _COMPLETED and session.ends_at > clock.now(),
    }
    return office_page(request, "staff/bookings/session_move.html", context, title=f"{move.words}: {session.course}")


def _move(request: HttpRequest, session: CourseSession, move: Move) -> HttpResponse:
    name, label = str(session), str(move.status.label).lower()
    try:
        if move.status == _Status.CANCELLED:
            moved = cancel_empty_session(session=session)
        else:
            moved = set_session_status(session=session, status=move.status)
    except ForbiddenTransition:
        session.refresh_from_db(fields=["status"])
        state = session.get_status_display().lower()
        messages.error(request, f"{name} is {state} and can’t become {label}. Nothing was done.")
    except SessionHasBookings:
        messages.error(request, f"{name} has bookings. Move or cancel them first. Nothing was done.")
    else:
        say = messages.success if moved else messages.info
        say(request, f"{name} is {label}{'' if moved else ' already. Nothing was done'}.")
    return HttpResponseRedirect(reverse("admin:bookings_coursesession_page", args=[session.pk]))
