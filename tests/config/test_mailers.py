"""Where letters go, by environment: each choice builds a real mailer under Django's MAILERS."""

import json

import pytest

from tests.config.starting import COMPLETE, refusal_with, said_with

_BUILD = """
import json
from django.core.mail import mailers
mailer = mailers["default"]
kind = type(mailer)
names = ("host", "port", "username", "password", "use_tls", "use_ssl", "timeout", "server_token", "api_key")
print(json.dumps([f"{kind.__module__}.{kind.__name__}", {n: getattr(mailer, n) for n in names if hasattr(mailer, n)}]))
"""
_SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mailer_with(**environment: str) -> list[object]:
    built: list[object] = json.loads(said_with(COMPLETE | environment, _BUILD))
    return built


def smtp(host: str, port: int, username: str, password: str, *, tls: bool = False, ssl: bool = False) -> list[object]:
    options = {"host": host, "port": port, "username": username, "password": password}
    return [_SMTP, options | {"use_tls": tls, "use_ssl": ssl, "timeout": 20}]


def test_with_nothing_set_letters_stay_in_the_development_mailbox() -> None:
    assert mailer_with() == ["communications.mailbox.MailboxBackend", {}]


@pytest.mark.parametrize(
    "url, expected",
    [
        ("smtp+tls://u:p@smtp.example.org:2525", smtp("smtp.example.org", 2525, "u", "p", tls=True)),
        ("smtp+tls://u:p%40ss@smtp.example.org", smtp("smtp.example.org", 587, "u", "p@ss", tls=True)),
        ("smtps://u:p@smtp.example.org", smtp("smtp.example.org", 465, "u", "p", ssl=True)),
        ("smtp+ssl://u:p@smtp.example.org", smtp("smtp.example.org", 465, "u", "p", ssl=True)),
        ("smtp://localhost", smtp("localhost", 25, "", "")),
    ],
)
def test_one_address_names_a_mail_server(url: str, expected: list[object]) -> None:
    assert mailer_with(EMAIL_URL=url) == expected


def test_a_mail_server_is_named_in_parts() -> None:
    parts = {"SMTP_HOST": "smtp.example.org", "SMTP_PORT": "2525", "SMTP_USER": "u", "SMTP_PASS": "p"}
    assert mailer_with(**parts) == smtp("smtp.example.org", 2525, "u", "p", tls=True)
    assert mailer_with(SMTP_HOST="localhost", SMTP_TLS="false") == smtp("localhost", 587, "", "")


@pytest.mark.parametrize(
    "provider, options, kept",
    [
        ("postmark", {"server_token": "made-up"}, {"timeout": 30, "server_token": "made-up"}),
        ("mailgun", {"api_key": "made-up", "sender_domain": "mg.example.org"}, {"timeout": 30, "api_key": "made-up"}),
        ("brevo", {"api_key": "made-up"}, {"timeout": 30, "api_key": "made-up"}),
    ],
)
def test_a_provider_is_reached_through_anymail(provider: str, options: dict[str, str], kept: dict[str, object]) -> None:
    built = mailer_with(ANYMAIL_PROVIDER=provider, ANYMAIL_OPTIONS=json.dumps(options), SMTP_HOST="not.this.one")
    assert built == [f"anymail.backends.{provider}.EmailBackend", kept]


@pytest.mark.parametrize("provider", ["pigeon", "../postmark"])
def test_an_unknown_provider_stops_the_start(provider: str) -> None:
    said = refusal_with(COMPLETE | {"ANYMAIL_PROVIDER": provider})
    assert said == (
        f"ANYMAIL_PROVIDER is {provider!r}, which is no back end of Anymail's; postmark and mailgun are two."
    )


@pytest.mark.parametrize("options", ["server_token=made-up", '["made-up"]'])
def test_options_that_are_no_json_object_stop_the_start_and_are_not_repeated(options: str) -> None:
    said = refusal_with(COMPLETE | {"ANYMAIL_PROVIDER": "postmark", "ANYMAIL_OPTIONS": options})
    assert said == 'ANYMAIL_OPTIONS must be a JSON object, such as {"server_token": "..."}.'
