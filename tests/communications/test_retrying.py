"""Every cause of failure and what is done about it."""

import smtplib
from typing import Any

import pytest
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured

from communications.posting import UnusableAddress
from communications.retrying import MAX_ATTEMPTS, Action, Strategy, back_off, strategy_for
from invoicing.selectors import DocumentMissing

RETRY, GIVE_UP, MEND = Action.RETRY, Action.GIVE_UP, Action.MEND_SETTINGS


class ProviderAnswer:
    """As much of a provider's answer as its error reads."""

    reason = "No"
    text = ""


def provider_error(status: int | None) -> AnymailAPIError:
    return AnymailAPIError("no", status_code=status, response=ProviderAnswer())


CASES: list[tuple[Exception, Action, str]] = [
    (UnusableAddress("x"), GIVE_UP, "This is not an address that mail can be sent to."),
    (AnymailInvalidAddress("x"), GIVE_UP, "This is not an address that mail can be sent to."),
    (smtplib.SMTPRecipientsRefused({"a@b": (450, b"")}), RETRY, "The mail server asked us to try later (450)."),
    (smtplib.SMTPRecipientsRefused({"a@b": (550, b"")}), GIVE_UP, "The mail server refused the recipient (550)."),
    (smtplib.SMTPServerDisconnected("x"), RETRY, "The mail server broke off (SMTPServerDisconnected)."),
    (smtplib.SMTPConnectError(554, b""), RETRY, "The mail server broke off (SMTPConnectError)."),
    (smtplib.SMTPAuthenticationError(454, b""), RETRY, "The mail server asked us to try later (454)."),
    (smtplib.SMTPAuthenticationError(535, b""), MEND, "The mail server refused us (535)."),
    (smtplib.SMTPSenderRefused(550, b"", "me"), MEND, "The mail server refused us (550)."),
    (smtplib.SMTPHeloError(501, b""), MEND, "The mail server refused us (501)."),
    (smtplib.SMTPDataError(451, b""), RETRY, "The mail server asked us to try later (451)."),
    (smtplib.SMTPDataError(554, b""), GIVE_UP, "The mail server refused the message (554)."),
    (smtplib.SMTPResponseException(-1, b""), RETRY, "The mail server asked us to try later (-1)."),
    (smtplib.SMTPNotSupportedError(), MEND, "The mail server can't do what the settings ask of it."),
    (AnymailRecipientsRefused(), GIVE_UP, "The provider refused the recipient."),
    (provider_error(None), RETRY, "The provider asked us to try later (no answer)."),
    (provider_error(429), RETRY, "The provider asked us to try later (429)."),
    (provider_error(503), RETRY, "The provider asked us to try later (503)."),
    (provider_error(401), MEND, "The provider refused our key (401)."),
    (provider_error(422), GIVE_UP, "The provider refused the message (422)."),
    (AnymailConfigurationError("x"), MEND, "The mail settings are wrong (AnymailConfigurationError)."),
    (ImproperlyConfigured("x"), MEND, "The mail settings are wrong (ImproperlyConfigured)."),
    (ConnectionRefusedError(), RETRY, "The mail server could not be reached (ConnectionRefusedError)."),
    (TimeoutError(), RETRY, "The mail server could not be reached (TimeoutError)."),
]


@pytest.mark.parametrize("error, action, reason", CASES, ids=lambda value: type(value).__name__)
def test_each_cause_has_its_strategy(error: Exception, action: Action, reason: str) -> None:
    assert strategy_for(error) == Strategy(action, reason)


@pytest.mark.parametrize(
    "error, reason",
    [
        (DocumentMissing("x"), "The PDF of the invoice was not there."),
        (KeyError("hannah@example.org"), "Something unexpected happened (KeyError)."),
    ],
)
def test_what_nobody_expects_is_tried_again_and_said_loudly(error: Exception, reason: str) -> None:
    assert strategy_for(error) == Strategy(RETRY, reason, is_expected=False)


def test_waits_grow_and_end() -> None:
    waits: list[Any] = [back_off(attempts).total_seconds() / 60 for attempts in range(1, MAX_ATTEMPTS)]
    assert waits == [1, 5, 15, 60, 120, 240, 480]
