"""The e-mail address as a key: the one rule by which two spellings are the same person.

The rules are those by which the old system's customers are brought over, so that who booked there and books here is
one person. White space here is Unicode's, with U+200B, U+2060 and U+FEFF.
"""

import unicodedata

MAX_LENGTH = 254

_SPACES = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
_NEVER_IN_AN_ADDRESS = frozenset(_SPACES + ',;:<>()[]"\\`')
_FILLER_WORDS = "none na n-a nil null undefined unknown noemail no-email nomail nobody test email x xx xxx asdf"
_FILLER = frozenset(_FILLER_WORDS.split())


def email_key(address: str | None) -> str | None:
    """The key of an address, or None where there is none.

    White space goes at both ends, then white space and stray `. , ;` at the end, and the rest is case-folded.
    Nothing else is done: plus-addresses, dots and look-alike letters make different people.
    """
    return clean_address(address).casefold() or None


def clean_address(address: str | None) -> str:
    """The address in its own spelling, without the white space and stray signs that the key leaves out."""
    return trim(address).rstrip(_SPACES + ".,;")


def is_usable(key: str) -> bool:
    """Whether a key can tell who somebody is: it has the shape of an address and is no filler such as "none@none.com".

    A person whose address is not usable is a person of their own and is matched with nobody.
    """
    if len(key) > MAX_LENGTH or key.count("@") != 1:
        return False
    if any(character in _NEVER_IN_AN_ADDRESS or unicodedata.category(character) == "Cc" for character in key):
        return False
    local, domain = key.split("@")
    labels = domain.split(".")
    if not _is_local_part(local) or len(labels) < 2 or not all(map(_is_label, labels)):
        return False
    return not (local in _FILLER and labels[0] in _FILLER)


def trim(text: str | None) -> str:
    """The text without white space at either end; nothing at all for None."""
    return "" if text is None else text.strip(_SPACES)


def _is_local_part(local: str) -> bool:
    return bool(local) and not local.startswith(".") and not local.endswith(".") and ".." not in local


def _is_label(label: str) -> bool:
    """Letters of any script, digits, and hyphens that are neither first nor last."""
    is_framed = bool(label) and label[0] != "-" and label[-1] != "-"
    return is_framed and all(character.isalnum() or character == "-" for character in label)
