"""Recipients in headers: whatever was typed, one recipient or an error."""

import pytest

from communications.posting import UnusableAddress, address


@pytest.mark.parametrize(
    "name, email, header",
    [
        ("Hannah Okafor", "hannah@example.org", "Hannah Okafor <hannah@example.org>"),
        ("", " hannah@example.org ", "hannah@example.org"),
        ('Okafor, "Han"', "h@example.org", '"Okafor, \\"Han\\"" <h@example.org>'),
        ("Zoë", "zoe@example.org", "Zoë <zoe@example.org>"),
        ("A\r\nBcc: b@example.org", "a@example.org", '"A Bcc: b@example.org" <a@example.org>'),
        ("a@example.org, b", "c@example.org", '"a@example.org, b" <c@example.org>'),
    ],
)
def test_a_header_holds_one_recipient(name: str, email: str, header: str) -> None:
    assert address(name, email) == header


@pytest.mark.parametrize(
    "email",
    ["", "ann", "@example.org", "a@", "a b@example.org", "a@example.org, b@example.org", "a@example.org\nBcc: b@c.org"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(UnusableAddress):
        address("Ann", email)
