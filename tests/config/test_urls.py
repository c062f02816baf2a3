"""Addresses that belong to no app."""

from django.test import Client


def test_the_favicon_is_the_mark(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/static/img/mark.svg")
