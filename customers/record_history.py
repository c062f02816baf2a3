"""The page "Change history" of one record, in place of Django's own, which knows only what was typed into its forms."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from config.history.reading import lines
from config.office import office_page
from customers.selectors import changes_of

_A_PAGE = 50


def history_page(request: HttpRequest, admin: "ModelAdmin[Any]", object_id: str) -> HttpResponse:
    """What was changed of this record, newest first; `?before=` names the last change of the page before.

    Raises PermissionDenied for who may not see the record, and Http404 where there is none.
    """
    record = admin.get_object(request, object_id)
    if record is None:
        raise Http404
    if not admin.has_view_or_change_permission(request, record):
        raise PermissionDenied
    changes = changes_of(record._meta.label, str(record.pk))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        changes = changes.filter(pk__lt=int(before))
    found = list(changes.select_related("actor_user")[: _A_PAGE + 1])
    name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
    context = {
        "record": record,
        "opts": admin.opts,
        "list_address": reverse(f"{name}_changelist"),
        "record_address": reverse(f"{name}_change", args=[record.pk]),
        "lines": lines(found[:_A_PAGE]),
        "older": found[_A_PAGE - 1].pk if len(found) > _A_PAGE else None,
        "is_later_page": bool(before),
    }
    return office_page(request, "staff/history.html", context, title=f"Change history: {record}")
