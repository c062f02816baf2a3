"""Letters in the office, what became of each, and the development mailbox. Nothing is edited here."""

from typing import TYPE_CHECKING, Any, cast, override
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from bookings.selectors import booking_for_reference
from communications import mailbox
from communications.models import MailboxMessage, Message, MessageEvent, PageText
from communications.pages import PLACEHOLDERS, page_html
from communications.selectors import newest_page_texts
from communications.services import outbox, page_texts
from communications.services.copies import send_copy
from communications.wording import listed
from customers.admin_bases import KeptAdmin, ReadOnlyAdmin
from customers.models import User

# While running, Django's classes take no type arguments.
if TYPE_CHECKING:
    _EventInlineBase = admin.TabularInline[MessageEvent, Message]
else:
    _EventInlineBase = admin.TabularInline

SEND_AGAIN_PERMISSION = "communications.send_message_again"


class MessageEventInline(_EventInlineBase):
    model = MessageEvent
    extra = 0
    fields = ("occurred_at", "kind", "detail")
    readonly_fields = fields

    @override
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    list_display = ("created_at", "kind", "to_name", "to_email", "booking", "state", "attempts", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("booking",)
    search_fields = ("to_email", "to_name", "invoice__number")
    search_help_text = "Email address, name, booking reference or invoice number"
    actions = ("send_failed_again",)
    inlines = (MessageEventInline,)
    fieldsets = (
        (None, {"fields": ("kind", "state", "to_name", "to_email", "last_error")}),
        ("About", {"fields": ("user", "booking", "attendee", "invoice", "amount")}),
        (
            "Sending",
            {"fields": ("created_at", "send_after", "attempts", "claimed_at", "sent_at", "provider_message_id")},
        ),
        ("Letter", {"fields": ("subject", "text")}),
    )
    readonly_fields = ("text",)

    @admin.display(description="text, with secret links masked")
    def text(self, message: Message) -> SafeString:
        return _verbatim(message.body_text or "It is written when it is sent.")

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEND_AGAIN_PERMISSION)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        # The list never shows the bodies, and they are long.
        return super().get_queryset(request).defer("body_text", "body_html")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        booking = booking_for_reference(search_term) if search_term.strip() else None
        if booking is not None:
            return queryset.filter(booking=booking), False
        return super().get_search_results(request, queryset, search_term)

    @admin.action(description="Send failed messages again", permissions=["send_again"])
    def send_failed_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        chosen = list(queryset)
        started = sum(outbox.send_again(message=message) for message in chosen)
        if started:
            messages.success(request, f"Sending again: {started} of {len(chosen)}.")
        if started < len(chosen):
            messages.warning(request, f"Left alone, because they have not failed: {len(chosen) - started}.")

    @override
    def get_urls(self) -> list[URLPattern]:
        send = self.admin_site.admin_view(require_POST(self.send_view))
        return [path("<uuid:message_id>/send/", send, name="communications_message_send"), *super().get_urls()]

    def send_view(self, request: HttpRequest, message_id: UUID) -> HttpResponse:
        """A failed message is tried again; of any other a new copy is sent."""
        if not self.has_send_again_permission(request):
            raise PermissionDenied
        message = get_object_or_404(Message, pk=message_id)
        shown = message
        if outbox.send_again(message=message):
            self.message_user(request, "The message is in the queue again.", messages.SUCCESS)
        else:
            shown = send_copy(message=message)
            self.message_user(request, f"A new copy is in the queue, to {shown.to_email}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:communications_message_change", args=[shown.pk]))

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_send_again": self.has_send_again_permission(request)}
        return super().change_view(request, object_id, form_url, context)


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


@admin.register(PageText)
class PageTextAdmin(KeptAdmin[PageText]):
    """The plain pages: the newest version of each can be changed, which adds a version; those before can be read."""

    list_display = ("page", "title", "version", "changed_at", "changed_by", "is_shown")
    list_filter = ("page",)
    list_select_related = ("changed_by",)
    fields = ("page", "version", "title", "body", "changed_at", "changed_by", "as_shown")
    readonly_fields = ("page", "version", "changed_at", "changed_by", "as_shown")

    @override
    def get_form(
        self, request: HttpRequest, obj: PageText | None = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        kwargs["help_texts"] = {
            "body": "## begins a heading, - a line of a list, an empty line a paragraph; **bold**; [words](/terms/) "
            f"a link. {listed(list(PLACEHOLDERS))} stand for what every page says. Saving shows the page to everybody."
        }
        return super().get_form(request, obj, change, **kwargs)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[PageText]:
        newest = newest_page_texts().filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(shown=Exists(newest))

    @admin.display(description="is what the page says now", boolean=True)
    def is_shown(self, text: PageText) -> bool:
        return bool(getattr(text, "shown", False))

    @admin.display(description="as the page shows it")
    def as_shown(self, text: PageText) -> SafeString:
        return page_html(text.body)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: PageText | None = None) -> bool:
        is_old = obj is not None and not self.is_shown(obj)
        return not is_old and super().has_change_permission(request, obj)

    @override
    def save_model(self, request: HttpRequest, obj: PageText, form: Any, change: bool) -> None:
        page_texts.add_version(text=obj, changed_by=cast(User, request.user))


def _verbatim(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", text)
