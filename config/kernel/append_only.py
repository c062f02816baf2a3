"""Rows that are written once: the timeline, payment events, delivery facts.

The model refuses to be changed or deleted, one by one and in bulk. Retention is the only exception, by a statement of
its own that asks for nothing but the age of rows (customers.services.history_age).
"""

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(TypeError):
    """Raised when code tries to change what was written once."""


class AppendOnlyQuerySet[M: models.Model](models.QuerySet[M]):
    def update(self, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")
