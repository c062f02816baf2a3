"""Structured logs without personal data: one JSON object a line, one line a request.

Three things keep people out of the logs: only the extra keys named here are written, whatever looks like an
e-mail address is masked, and addresses of pages (they may hold an access link's secret) give way to route names.
"""

import copy
import json
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, override
from uuid import uuid4

from celery import current_task
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

# What `extra=` may carry into the log. Ids, counts and names of things of ours; nothing that a person typed.
EXTRA_KEYS = frozenset(
    {
        "booking_id",
        "event_id",
        "kind",
        "message_id",
        "method",
        "milliseconds",
        "object_id",
        "reason",
        "route",
        "status",
        "task",
    }
)

MASK = "(masked)"
_EMAIL = re.compile(r"[^\s<>()\[\]\",;:=&@]+(?:@|%40)[^\s<>()\[\]\"',;:=&@]+")
# PostgreSQL quotes the values of the row it refuses in lines that start so.
_ROW_VALUES = re.compile(r"^((?:DETAIL|CONTEXT):).*$", re.MULTILINE)
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def mask(text: str) -> str:
    """`text` without e-mail addresses and without the row values that PostgreSQL quotes in an error."""
    return _EMAIL.sub(MASK, _ROW_VALUES.sub(rf"\1 {MASK}", text))


class MaskPersonalData(logging.Filter):
    """Masks message, exception and stack of a record before a handler formats it."""

    @override
    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        # A copy: other handlers are not ours to change.
        masked = copy.copy(record)
        masked.msg = mask(_without_address(record.getMessage(), getattr(record, "request", None)))
        masked.args = ()
        if record.exc_info and not record.exc_text:
            masked.exc_text = logging.Formatter().formatException(record.exc_info)
        if masked.exc_text:
            masked.exc_text = mask(masked.exc_text)
        if masked.stack_info:
            masked.stack_info = mask(masked.stack_info)
        return masked


class JsonFormatter(logging.Formatter):
    """One JSON object a record: time, level, logger, message, request and task if there are any, known extras."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := _request_id.get():
            line["request_id"] = request_id
        if current_task and current_task.request.id:
            line["task_id"] = current_task.request.id
            line["task"] = current_task.name
        for key in sorted(EXTRA_KEYS & record.__dict__.keys()):
            value = record.__dict__[key]
            line[key] = value if value is None or isinstance(value, int | float) else mask(str(value))
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["exception"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False)


class RequestIdMiddleware:
    """Gives every request an id, answers with it, and logs one line: method, route, status, milliseconds.

    Goes first. An id that a proxy sent is kept when it looks like one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex
        token = _request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            match = request.resolver_match
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.view_name if match else "(none)",
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return response
        finally:
            _request_id.reset(token)


def _without_address(message: str, request: object) -> str:
    """Django's own records about a request name its path; the route says the same without secrets."""
    path = getattr(request, "path", "")
    if len(path) < 2:
        return message
    match = getattr(request, "resolver_match", None)
    route = match.view_name if match else "(none)"
    for spelling in (path, path.encode("unicode_escape").decode("ascii")):
        message = message.replace(spelling, route)
    return message
