"""Finding anyone and anything by whatever somebody has in hand, also mistyped."""

from customers.flows.search.words import rebuild_words

__all__ = ["rebuild_words"]
