"""Finding anyone and anything by whatever somebody has in hand, also mistyped.

typed: what a text can be. people, companies, places, papers: looking for it. spelling: what is close to it.
searching: the order of it all. found: what comes back. words: the list that `spelling` goes by.
"""

from customers.flows.search.found import Found, Group, Row, Rows
from customers.flows.search.searching import find
from customers.flows.search.words import Rebuilt, forget_words, rebuild_words

__all__ = ["Found", "Group", "Rebuilt", "Row", "Rows", "find", "forget_words", "rebuild_words"]
