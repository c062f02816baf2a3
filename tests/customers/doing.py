"""What somebody does, and the lines that it leaves on a timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from customers.models import Activity, User
from tests.system.stand_in import StandIn


@dataclass
class World:
    """Moira's browser, and Stripe."""

    browser: Client
    staff: User
    stripe: StandIn

    def post(self, name: str, *keys: object, **sent: Any) -> None:
        assert self.browser.post(reverse(f"admin:{name}", args=keys), sent).status_code == 302

    def act(self, name: str, action: str, *keys: object) -> None:
        self.post(f"{name}_changelist", action=action, _selected_action=[str(key) for key in keys])


type Do = Callable[[World], User]
"""Does it, as often as it has to be noted once, and gives back whose timeline tells it."""


class Done:
    """A list of what is done, each with the kinds of the lines that it leaves."""

    def __init__(self) -> None:
        self.each: list[tuple[Do, list[str]]] = []

    def leaving(self, *kinds: str) -> Callable[[Do], None]:
        return lambda do: self.each.append((do, list(kinds)))


def lines(user: User) -> list[tuple[str, str, str]]:
    found = Activity.objects.filter(user=user).order_by("pk")
    return list(found.values_list("kind", "actor_kind", "actor_label"))
