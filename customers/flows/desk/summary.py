"""The desk in a sentence or two."""

from datetime import datetime, timedelta

from config.kernel import clock
from customers.flows.desk.board import Board, Group
from customers.flows.desk.rooms import Rooms
from customers.flows.desk.words import counted


def summary(board: Board, rooms: Rooms, now: datetime) -> str:
    """ "5 things need you. 2 courses running, 19 people in the room." """
    return f"{_needs(board)} {_runs(rooms, now)}".strip()


def _needs(board: Board) -> str:
    number = board.counts.today
    if not number and board.to_know:
        return f"{_told(board.to_know, 'thing', 'things')} to know before your courses."
    if not number and board.of_others:
        return f"{_told(board.of_others, 'thing waits', 'things wait')} for others."
    if not number:
        return "Nothing needs you."
    things = counted(number, "thing needs you", "things need you")
    return f"More than {things}." if any(group.is_more_than_that for group in board.groups) else f"{things}."


def _told(groups: list[Group], one: str, many: str) -> str:
    told = counted(sum(len(group.items) + group.more for group in groups), one, many)
    return f"More than {told}" if any(group.is_more_than_that for group in groups) else told


def _runs(rooms: Rooms, now: datetime) -> str:
    if rooms.running_number:
        people = counted(rooms.people, "person", "people")
        return f"{counted(rooms.running_number, 'course', 'courses')} running, {people} in the room."
    if rooms.next_at is None:
        return "No course is planned."
    return f"Next course is {_when(rooms.next_at, now)}."


def _when(starts_at: datetime, now: datetime) -> str:
    day, today = clock.london_date(starts_at), clock.london_date(now)
    words = "tomorrow" if day - today == timedelta(days=1) else f"on {clock.format_date(day)}"
    return f"{words} at {clock.format_time(starts_at)}"
