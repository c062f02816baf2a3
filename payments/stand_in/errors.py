"""Refusals, in the form Stripe gives them (https://docs.stripe.com/api/errors).

``executed`` says whether the endpoint had begun its work when it refused: only then is the answer kept under the
request's idempotency key. ``keeps_changes`` says whether what was written before the refusal stays: a declined card
leaves a failed charge behind, every other refusal leaves nothing.
"""

from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """An answer of 4xx or 5xx with Stripe's error body."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        executed: bool = True,
        keeps_changes: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.keeps_changes = keeps_changes
        error: Json = {"type": kind, "message": message}
        if code is not None:
            error["code"] = code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param is not None:
            error["param"] = param
        error.update({name: value for name, value in details.items() if value is not None})
        self.error = error

    @property
    def body(self) -> Json:
        """The whole JSON body of the answer."""
        return {"error": self.error}


def bad_parameter(message: str, *, code: str | None = None, param: str | None = None) -> StripeError:
    """A request refused before it began: its parameters do not fit."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, executed=False)


def refused(message: str, *, code: str | None = None, param: str | None = None, **details: Any) -> StripeError:
    """A request refused while it ran: the objects are not in a state that allows it."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, **details)


def not_found(kind: str, object_id: str, param: str) -> StripeError:
    """No object of that kind has that id: 404 where the address names it, as at Stripe."""
    return StripeError(
        404, "invalid_request_error", f"No such {kind}: '{object_id}'", code="resource_missing", param=param
    )


def unsupported(what: str, param: str | None = None) -> StripeError:
    """Stripe would do it; this stand-in does not, and says so instead of guessing."""
    return StripeError(
        400,
        "invalid_request_error",
        f"The Stripe stand-in does not play {what}. The real Stripe may accept it.",
        code="stand_in_unsupported",
        param=param,
        executed=False,
    )
