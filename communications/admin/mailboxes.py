"""The development mailbox: what would have been mailed where no mail server is configured."""

from typing import override

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from communications import mailbox
from communications.models import MailboxMessage
from customers.admin_bases import ReadOnlyAdmin


@admin.register(MailboxMessage)
class MailboxMessageAdmin(ReadOnlyAdmin[MailboxMessage]):
    list_display = ("received_at", "recipients", "subject")
    search_fields = ("recipients", "subject")
    fields = ("received_at", "sender", "recipients", "subject", "attachments", "text", "html_source", "headers")
    readonly_fields = ("attachments", "text", "html_source", "headers")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[MailboxMessage]:
        return super().get_queryset(request).defer("raw")

    @admin.display(description="text")
    def text(self, message: MailboxMessage) -> SafeString:
        return _verbatim(mailbox.read(message).text)

    @admin.display(description="HTML, its source")
    def html_source(self, message: MailboxMessage) -> SafeString:
        return _verbatim(mailbox.read(message).html)

    @admin.display(description="headers")
    def headers(self, message: MailboxMessage) -> SafeString:
        return _verbatim("\n".join(f"{name}: {value}" for name, value in mailbox.read(message).headers))

    @admin.display(description="attached")
    def attachments(self, message: MailboxMessage) -> SafeString:
        links = (
            (
                reverse("admin:communications_mailboxmessage_attachment", args=[message.pk, number]),
                attachment.filename,
            )
            for number, attachment in enumerate(mailbox.read(message).attachments)
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or SafeString("Nothing")

    @override
    def get_urls(self) -> list[URLPattern]:
        attachment = self.admin_site.admin_view(self.attachment_view)
        name = "communications_mailboxmessage_attachment"
        return [path("<int:message_id>/attachments/<int:number>/", attachment, name=name), *super().get_urls()]

    def attachment_view(self, request: HttpRequest, message_id: int, number: int) -> HttpResponse:
        """One attachment, always as a download: it is somebody's file, not a page of ours."""
        message = get_object_or_404(MailboxMessage, pk=message_id)
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        attachments = mailbox.read(message).attachments
        if number >= len(attachments):
            raise Http404
        found = attachments[number]
        response = HttpResponse(found.content, content_type=found.content_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, found.filename) or "attachment"
        return response


def _verbatim(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", text)
