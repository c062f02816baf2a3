"""The words that names are made of, for putting right what was mistyped."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class SearchWord(models.Model):
    """One folded word of somebody's name, company or organisation; who has it is not here.

    Triggers of the database add what is new (customers/migrations/0008_search.py and bookings' after it). They look
    first and lock nothing, so that two bookings never wait for each other: a word may be here twice.
    Words that nobody has any more go by night (`flows.search.forget_words`); `rebuild_words` makes the table anew.
    """

    id = models.BigAutoField(primary_key=True)
    # Compared by code point whatever the database's language, so that an index finds beginnings.
    word = models.CharField(max_length=254, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="searchword_word"),
            GinIndex(OpClass("word", "gin_trgm_ops"), name="searchword_trgm", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.word
