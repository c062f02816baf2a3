"""What tests of signing in share: asking, the letter's link, and a browser that is signed in."""

import re

from django.core.cache import cache
from django.test import Client

from communications.flows.delivering import deliver
from communications.mailbox import read
from communications.models import MailboxMessage, Message
from customers.flows.signing_in import answer_request
from customers.models import SignInRequest, User
from customers.services import access, signing_in, visits
from customers.visit_cookies import COOKIE_NAME


def link_for(email: str) -> str:
    """The path of a fresh link for this address, without its letter."""
    request = signing_in.ask(email=email)
    return access.link_url(signing_in.make_link(request=request)).removeprefix("http://testserver")


def answer_all() -> list[SignInRequest.Answer | None]:
    """What the worker says to each request that waits, oldest first."""
    waiting = SignInRequest.objects.filter(answer=SignInRequest.Answer.WAITING).order_by("created_at")
    return [answer_request(request_id=request.pk) for request in list(waiting)]


def mailed_link() -> str:
    """Sends the one letter that waits, to the development mailbox, and gives the path of the link in it."""
    deliver(message_id=Message.objects.get(state=Message.State.QUEUED).pk)
    text = read(MailboxMessage.objects.latest("id")).text
    [path] = re.findall(r"http://testserver(/my/sign-in/\S+/)", text)
    return str(path)


def signed_in(user: User, *, keep: bool = False) -> Client:
    """A browser in which somebody is signed in to the portal."""
    client = Client()
    client.cookies[COOKIE_NAME] = visits.begin_visit(user=user, keep=keep).token
    cache.clear()
    return client
