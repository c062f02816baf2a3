"""Signing in over HTTP, with a real worker and a real letter."""

import re
from email.message import EmailMessage

import pytest

from communications.models import Message
from customers.models import PortalVisit, SignInRequest
from tests.factories import make_booking, make_user
from tests.system.servers import until
from tests.system.site import RunningSite

pytestmark = pytest.mark.django_db(transaction=True)


def links_in(mail: EmailMessage, site: str) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(rf"{re.escape(site)}(/my/sign-in/[\w-]+/)", body.get_content())


def test_a_link_mailed_to_one_device_signs_another_in(site: RunningSite) -> None:
    hannah = make_user("hannah@example.org")
    hers, other = make_booking(customer=hannah), make_booking()
    site.start_worker()
    desk, phone = site.visitor(), site.visitor()

    for email in ("Hannah@Example.org", "nobody.here@example.org"):
        sent = desk.follow(desk.post(desk.get("/my/sign-in/"), email=email))
        assert (sent.status, email in sent.text) == (200, True)
    until(lambda: not SignInRequest.objects.filter(answer=SignInRequest.Answer.WAITING).exists())
    until(lambda: Message.objects.filter(state=Message.State.SENT).count() == 1)

    [mail] = site.mail.messages
    [link] = links_in(mail, site.url)
    assert mail["To"] == "Hannah Okafor <hannah@example.org>"
    assert phone.get("/my/").location == "/my/sign-in/"
    listed = phone.follow(phone.post(phone.get(link)))
    assert (hers.reference in listed.text, other.reference in listed.text) == (True, False)
    assert phone.get(f"/bookings/{hers.reference}/").status == 200
    assert phone.get(f"/bookings/{other.reference}/").status == 404
    # Neither the desk, which asked, nor a second press comes in.
    assert [desk.get("/my/").status, desk.get(link).status] == [302, 410]
    assert PortalVisit.objects.count() == 1

    phone.follow(phone.post(listed, "/my/sign-out/"))
    assert [phone.get("/my/").status, phone.get(f"/bookings/{hers.reference}/").status] == [302, 404]
