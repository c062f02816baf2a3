"""Logs: machine-readable, traceable to a request, and without people in them."""

import json
import logging
import sys
from typing import Any

import pytest
from celery import Celery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import ResolverMatch

from config.kernel.logs import JsonFormatter, MaskPersonalData, RequestIdMiddleware, mask


def line(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    """What one record becomes on its way through filter and formatter."""
    exc_info = extra.pop("exc_info", None)
    record = logging.getLogger("shop").makeRecord("shop", logging.WARNING, "f", 1, message, args, exc_info, None, extra)
    masked = MaskPersonalData().filter(record)
    parsed: dict[str, Any] = json.loads(JsonFormatter().format(masked))
    return parsed


def error_line(error: Exception) -> dict[str, Any]:
    try:
        raise error
    except type(error):
        return line("It broke.", exc_info=sys.exc_info())


def test_a_line_is_one_json_object() -> None:
    parsed = line("Sent %s of %d", "message", 3)
    assert parsed.pop("time").endswith("+00:00")
    assert parsed == {"level": "WARNING", "logger": "shop", "message": "Sent message of 3"}


def test_only_known_extras_are_written() -> None:
    parsed = line("Done", status=200, reason="sam@example.org left", name_typed="Sam", body="sentinel")
    assert parsed["status"] == 200
    assert parsed["reason"] == "(masked) left"
    assert "sentinel" not in json.dumps(parsed)
    assert parsed.keys() == {"time", "level", "logger", "message", "status", "reason"}


@pytest.mark.parametrize(
    "text, masked",
    [
        ("to sam@example.org now", "to (masked) now"),
        ("<Sam.O'Neil+x@mail.example.co.uk>", "<(masked)>"),
        ("email=sam%40example.org&x=1", "email=(masked)&x=1"),
        ("Key (email_key)=(zoë@exämple.org) already exists.", "Key (email_key)=((masked)) already exists."),
        ("sam@localhost", "(masked)"),
        ("@decorator costs 5 @ 3", "@decorator costs 5 @ 3"),
        ("DETAIL:  Failing row contains (1, sentinel).\nnext", "DETAIL: (masked)\nnext"),
    ],
)
def test_what_looks_like_an_address_or_a_row_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_arguments_and_exceptions_are_masked_too() -> None:
    assert line("To %s", "sam@example.org")["message"] == "To (masked)"
    parsed = error_line(ValueError("sam@example.org\nDETAIL:  Failing row contains (sentinel)."))
    assert parsed["exception"].startswith("Traceback (most recent call last):")
    assert parsed["exception"].endswith("ValueError: (masked)\nDETAIL: (masked)")


def test_a_stack_is_masked_too() -> None:
    record = logging.makeLogRecord({"msg": "Here", "stack_info": "Stack: notify('sam@example.org')"})
    parsed = json.loads(JsonFormatter().format(MaskPersonalData().filter(record)))
    assert parsed["stack"] == "Stack: notify((masked)')"


def test_an_exception_is_written_also_without_the_filter() -> None:
    with pytest.raises(ZeroDivisionError) as broken:
        1 / 0  # noqa: B018 - something breaks
    exc_info = (broken.type, broken.value, broken.tb)
    record = logging.makeLogRecord({"msg": "It broke.", "exc_info": exc_info})
    exception = json.loads(JsonFormatter().format(record))["exception"]
    assert exception.endswith("ZeroDivisionError: division by zero")


def test_the_record_of_others_is_left_alone() -> None:
    record = logging.makeLogRecord({"msg": "To %s", "args": ("sam@example.org",)})
    MaskPersonalData().filter(record)
    assert record.getMessage() == "To sam@example.org"


def test_djangos_records_about_a_request_lose_its_address() -> None:
    request = RequestFactory().get("/bookings/link/s3cr\N{LATIN SMALL LETTER E WITH ACUTE}t/")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name="booking-link")
    parsed = line("Not Found: %s", request.path, request=request, status_code=404)
    assert parsed["message"] == "Not Found: booking-link"
    escaped = request.path.encode("unicode_escape").decode()
    assert line("Not Found: %s", escaped, request=request)["message"] == "Not Found: booking-link"
    request.resolver_match = None
    assert line("Not Found: %s", request.path, request=request)["message"] == "Not Found: (none)"


def answer(request: HttpRequest, *, status: int = 200, route: str | None = "catalogue") -> HttpResponseBase:
    def view(handled: HttpRequest) -> HttpResponse:
        if route:
            handled.resolver_match = ResolverMatch(lambda: None, (), {}, url_name=route)
        logging.getLogger("shop").warning("inside")
        return HttpResponse(status=status)

    return RequestIdMiddleware(view)(request)


def test_a_request_is_one_line_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "config.kernel.logs")
    answer(RequestFactory().post("/s3cret/?email=sam@example.org"), status=302)
    [record] = [record for record in caplog.records if record.name == "config.kernel.logs"]
    parsed = json.loads(JsonFormatter().format(record))
    assert parsed.pop("milliseconds") >= 0
    assert parsed.pop("time")
    assert parsed == {
        "level": "INFO",
        "logger": "config.kernel.logs",
        "message": "request",
        "method": "POST",
        "route": "catalogue",
        "status": 302,
    }


def test_an_address_that_leads_nowhere_has_no_route(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "config.kernel.logs")
    answer(RequestFactory().get("/s3cret/"), status=404, route=None)
    assert json.loads(JsonFormatter().format(caplog.records[-1]))["route"] == "(none)"


def test_every_line_of_a_request_carries_its_id_and_the_answer_names_it() -> None:
    lines: list[dict[str, Any]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonFormatter().format(record)))

    handler, shop = Collect(), logging.getLogger("shop")
    shop.addHandler(handler)
    try:
        first, second = answer(RequestFactory().get("/")), answer(RequestFactory().get("/"))
        shop.warning("outside")
    finally:
        shop.removeHandler(handler)
    assert first["X-Request-ID"] != second["X-Request-ID"]
    ids = [line.get("request_id") for line in lines]
    assert ids == [first["X-Request-ID"], second["X-Request-ID"], None]


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("0af76519-16cd-43dd-8448-eb211c80319c", True),
        ("short", False),
        ("sam@example.org", False),
        ("x" * 65, False),
        ("line\nbreak-x", False),
    ],
)
def test_an_id_from_a_proxy_is_kept_when_it_looks_like_one(sent: str, kept: bool) -> None:
    response = answer(RequestFactory().get("/", headers={"X-Request-ID": sent}))
    assert (response["X-Request-ID"] == sent) is kept


def test_a_task_is_named() -> None:
    app = Celery("logs-test", set_as_current=False)

    def speak() -> dict[str, Any]:
        return line("working")

    parsed = app.task(speak, name="kernel.speaks").apply(task_id="task-1").get()
    assert (parsed["task"], parsed["task_id"]) == ("kernel.speaks", "task-1")
