"""The signs of the office in templates: `{% load office %}`."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from config import pictures
from config.office_menu import Count, menu_for
from config.office_words import on_page, worded_field
from customers.flows import desk
from customers.models import User

register = Library()

_MESSAGE_TONES = {"success": "notice-ok", "warning": "notice-warn", "error": "notice-bad"}
_MESSAGE_ICONS = {"success": "check", "warning": "clock", "error": "alert"}


@register.simple_tag(takes_context=True)
def office_nav(context: Mapping[str, Any]) -> SafeString:
    """`{% office_nav %}`: the navigation, with what this person may open and the entry of this page marked."""
    request: HttpRequest = context["request"]
    groups = menu_for(request.user, request.path, request.GET, _counts(request.user))
    return render_to_string("staff/components/nav.html", {"groups": groups})


@register.simple_tag
def office_meter(taken: int, capacity: int) -> SafeString:
    """`{% office_meter taken capacity %}`: one tick a place, tall is taken. Words beside it say the same."""
    return pictures.office_meter(taken, capacity)


@register.filter
def initials(person: AbstractBaseUser) -> str:
    """ "JB" of Jas Bains; the first letter of whatever is known of somebody without a name."""
    words = str(person).split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


@register.filter
def message_tone(level: str) -> str:
    """The class of a message of Django's by its level: "success" is "notice-ok"."""
    return _MESSAGE_TONES.get(level, "")


@register.filter
def message_icon(level: str) -> SafeString:
    return pictures.ICONS[_MESSAGE_ICONS.get(level, "info")]


@register.filter
def words_of(shown: AdminReadonlyField) -> str:
    """`{{ field|words_of }}`: a field of one of Django's forms that is only shown, its days and sums in our words."""
    row = shown.form.instance
    field = worded_field(type(row), shown.field["field"])
    value = getattr(row, field.name) if field else None
    return shown.contents() if field is None or value is None else on_page(field, value)


def _counts(user: AbstractBaseUser | AnonymousUser) -> dict[str, Count]:
    """By the words of the entry: red, because somebody waits. What is nothing is not shown."""
    if not isinstance(user, User):
        return {}
    waiting = desk.counts_for(user)
    numbers = {"Today": waiting.today, "Requirements": waiting.requirements}
    return {words: Count(number, is_urgent=True) for words, number in numbers.items() if number}
