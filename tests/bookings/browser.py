"""A test client that sends each cookie only to where its path says, as browsers do; Django's sends every one."""

from http.cookies import SimpleCookie
from typing import Any

from django.test import Client


class Browser(Client):
    """Its `jar` has the value of each cookie by name and path."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.jar: dict[tuple[str, str], str] = {}

    def request(self, **request: Any) -> Any:
        fitting = {name: value for (name, root), value in self.jar.items() if request["PATH_INFO"].startswith(root)}
        self.cookies = SimpleCookie(fitting)
        response = super().request(**request)
        for name, morsel in response.cookies.items():
            self.jar[name, morsel["path"]] = morsel.value
            if morsel["max-age"] == 0:
                del self.jar[name, morsel["path"]]
        return response
