"""Today, the page the office opens on: what needs a person, what runs, what is to come, and four figures.

items: what an entry is, and how often. words: how it is said. letters, money, needs, papers, sessions: the
kinds of entries, each with its query. board: all of them in order of urgency, for one person; their numbers for the
navigation. rooms: today's courses and those of the next two weeks. figures: the numbers below. summary: a sentence.
"""

from customers.flows.desk.board import Board, Group, NavigationCounts, board_for, counts_for
from customers.flows.desk.figures import Figure, figures_for
from customers.flows.desk.rooms import Rooms, rooms_for
from customers.flows.desk.summary import summary

__all__ = [
    "Board",
    "Figure",
    "Group",
    "NavigationCounts",
    "Rooms",
    "board_for",
    "counts_for",
    "figures_for",
    "rooms_for",
    "summary",
]
