"""The e-mail address as a key: the one rule by which two spellings are the same person."""


def email_key(address: str | None) -> str | None:
    """The key of an address, or None where there is none.

    White space goes at both ends, then white space and stray `. , ;` at the end, and the rest is case-folded, as the
    old system's migration rules have it. Nothing else is done: plus-addresses, dots and look-alike letters make
    different people. White space is Unicode white space with U+200B, U+2060 and U+FEFF.
    """
    if address is None:
        return None
    key = _strip(address)
    while key and (key[-1] in ".,;" or _is_space(key[-1])):
        key = key[:-1]
    return key.casefold() or None


def _is_space(character: str) -> bool:
    return character.isspace() or character in "\u200b\u2060\ufeff"


def _strip(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_space(text[start]):
        start += 1
    while end > start and _is_space(text[end - 1]):
        end -= 1
    return text[start:end]
