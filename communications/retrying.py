"""What to do when a letter could not be sent: one function from the error to a strategy, each with its reason."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured

from communications.letters import RequestForgotten
from communications.payment_letters import NothingToPay
from communications.posting import UnusableAddress
from invoicing.selectors import DocumentMissing

# Waits after the first, second ... failed attempt, in minutes: eight attempts in about fifteen hours.
BACK_OFF_MINUTES = (1, 5, 15, 60, 120, 240, 480)
MAX_ATTEMPTS = len(BACK_OFF_MINUTES) + 1


class Action(Enum):
    RETRY = "retry"
    GIVE_UP = "give up"
    MEND_SETTINGS = "mend the settings"


@dataclass(frozen=True)
class Strategy:
    """`reason` is for staff and holds nothing that a person typed. What is not expected is logged with a traceback."""

    action: Action
    reason: str
    is_expected: bool = True


def strategy_for(error: Exception) -> Strategy:
    """The strategy for an error that rendering or the mailer raised."""
    for kinds, decide in _RULES:
        if isinstance(error, kinds):
            return decide(error)
    # A mistake of ours, or something nobody thought of: a later release may be able to send it.
    return Strategy(Action.RETRY, f"Something unexpected happened ({_name(error)}).", is_expected=False)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return timedelta(minutes=BACK_OFF_MINUTES[attempts - 1])


def _smtp_refused_recipient(error: smtplib.SMTPRecipientsRefused) -> Strategy:
    # A letter has one recipient, so one refusal is all there can be.
    code = next(iter(error.recipients.values()))[0]
    return _temporary(code) or Strategy(Action.GIVE_UP, f"The mail server refused the recipient ({code}).")


def _smtp_refused_us(error: smtplib.SMTPResponseException) -> Strategy:
    """Refused before a recipient was named: every other letter would be refused as well."""
    code = error.smtp_code
    return _temporary(code) or Strategy(Action.MEND_SETTINGS, f"The mail server refused us ({code}).")


def _smtp_refused_message(error: smtplib.SMTPResponseException) -> Strategy:
    code = error.smtp_code
    return _temporary(code) or Strategy(Action.GIVE_UP, f"The mail server refused the message ({code}).")


def _temporary(smtp_code: int) -> Strategy | None:
    """RFC 5321, 4.2.1: 4yz is a passing failure, 5yz a lasting one; smtplib's -1 means that the server broke off."""
    if smtp_code < 500:
        return Strategy(Action.RETRY, f"The mail server asked us to try later ({smtp_code}).")
    return None


def _provider(error: AnymailAPIError) -> Strategy:
    status = error.status_code
    if status is None or status == 429 or status >= 500:
        return Strategy(Action.RETRY, f"The provider asked us to try later ({status or 'no answer'}).")
    if status in {401, 403}:
        return Strategy(Action.MEND_SETTINGS, f"The provider refused our key ({status}).")
    return Strategy(Action.GIVE_UP, f"The provider refused the message ({status}).")


def _name(error: Exception) -> str:
    return type(error).__name__


# The first rule that fits decides, so the particular stand before the general: most of these are OSErrors too.
_RULES: tuple[tuple[type | tuple[type, ...], Callable[[Any], Strategy]], ...] = (
    (
        (UnusableAddress, AnymailInvalidAddress),
        lambda _: Strategy(Action.GIVE_UP, "This is not an address that mail can be sent to."),
    ),
    (smtplib.SMTPRecipientsRefused, _smtp_refused_recipient),
    # The server takes no connections at the moment, whatever number it says so with.
    (
        (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected),
        lambda error: Strategy(Action.RETRY, f"The mail server broke off ({_name(error)})."),
    ),
    (
        (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPHeloError),
        _smtp_refused_us,
    ),
    (smtplib.SMTPResponseException, _smtp_refused_message),
    (
        smtplib.SMTPNotSupportedError,
        lambda _: Strategy(Action.MEND_SETTINGS, "The mail server can't do what the settings ask of it."),
    ),
    (AnymailRecipientsRefused, lambda _: Strategy(Action.GIVE_UP, "The provider refused the recipient.")),
    (AnymailAPIError, _provider),
    (
        (ImproperlyConfigured, AnymailConfigurationError),
        lambda error: Strategy(Action.MEND_SETTINGS, f"The mail settings are wrong ({_name(error)})."),
    ),
    (
        RequestForgotten,
        lambda _: Strategy(Action.GIVE_UP, "The request to sign in is too old; a new one can be made on the website."),
    ),
    (
        NothingToPay,
        lambda _: Strategy(Action.GIVE_UP, "The booking is paid, cancelled or out of time: there is nothing to pay."),
    ),
    (
        DocumentMissing,
        lambda _: Strategy(Action.RETRY, "The PDF of the invoice was not there.", is_expected=False),
    ),
    (OSError, lambda error: Strategy(Action.RETRY, f"The mail server could not be reached ({_name(error)}).")),
)
