"""The list of letters and what became of each. Nothing is edited here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, override

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bookings.models import Attendee
from communications.admin.message_page import STATE_TONES
from communications.models import Message, MessageEvent
from communications.selectors import copies_of
from communications.services import outbox
from config.kernel.references import reference_key
from config.kernel.searching import HoldsWords
from config.office_words import moment_in_list, nowrap
from customers.admin_bases import ReadOnlyAdmin
from customers.changelists import KeysetChangeList
from customers.list_filters import ChoiceFilter, Option, choice_of, days_of
from customers.selectors import people_matching

# While running, Django's classes take no type arguments.
if TYPE_CHECKING:
    _EventInlineBase = admin.TabularInline[MessageEvent, Message]
else:
    _EventInlineBase = admin.TabularInline

SEND_AGAIN_PERMISSION = "communications.send_message_again"
# Whom words may mean: with a short list of keys in hand a search stays on its own index.
_MOST = 200


class StateFilter(ChoiceFilter):
    """Those that never arrived are one press away; the list opens on everything."""

    title = "State"
    parameter_name = "state__exact"
    lost = "lost"

    @override
    def options(self, request: HttpRequest) -> Sequence[Option]:
        return [(self.lost, "Failed or bounced"), *((state.value, str(state.label)) for state in Message.State)]

    @override
    def condition(self, value: str) -> Q:
        # Spelled out, as the small index of lost letters has it.
        return Q(state__in=["bounced", "failed"]) if value == self.lost else Q(state=value)


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


class MessageList(KeysetChangeList):
    """Letters that were lost, with the copies that were written in their place."""

    @override
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        copies = copies_of(self.result_list)
        for message in self.result_list:
            vars(message)["copy"] = copies.get(message.pk)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    row_page = "communications_message_page"
    change_list_template = "staff/communications/messages.html"
    list_display = ("written", "kind", "to", "booking_reference", "became", "sent")
    list_filter = (StateFilter, choice_of("kind", Message.Kind, "Kind"), days_of("created_at", "written", "Written"))
    list_select_related = ("booking",)
    search_fields = ("to_email",)
    search_help_text = "Email address, name, booking reference or invoice number"
    ordering = ("-created_at", "-id")
    empty_words = "No letter has been written yet."
    actions = ("send_failed_again",)
    inlines = (MessageEventInline,)
    fields = ("kind", "state", "to_name", "to_email", "user", "booking", "attendee", "invoice", "amount", "created_at")

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return MessageList

    @admin.display(description="written")
    def written(self, message: Message) -> str:
        return moment_in_list(message.created_at)

    @admin.display(description="sent")
    def sent(self, message: Message) -> str:
        return moment_in_list(message.sent_at) if message.sent_at else ""

    @admin.display(description="to")
    def to(self, message: Message) -> SafeString:
        return format_html('{}<br><span class="muted">{}</span>', message.to_name or "Name not known", message.to_email)

    @admin.display(description="booking")
    def booking_reference(self, message: Message) -> str:
        return nowrap(message.booking.reference) if message.booking else ""

    @admin.display(description="state")
    def became(self, message: Message) -> SafeString:
        """What became of it, and of the newest copy that was written in its place."""
        state = format_html(
            '<span class="tag tag-{}">{}</span>', STATE_TONES[message.state], message.get_state_display()
        )
        copy = vars(message).get("copy")
        if copy is None:
            return state
        address = reverse("admin:communications_message_page", args=[copy.pk])
        return format_html(
            '{}<br><a class="nowrap" href="{}">Copy: {}</a>', state, address, copy.get_state_display().lower()
        )

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEND_AGAIN_PERMISSION)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        # The list never shows the bodies, and they are long.
        return super().get_queryset(request).defer("body_text", "body_html", "typed_text")

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        words = search_term.strip()
        return (queryset.filter(_about(words)) if words else queryset), False

    @admin.action(description="Send failed messages again", permissions=["send_again"])
    def send_failed_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        chosen = list(queryset)
        started = sum(outbox.send_again(message=message) for message in chosen)
        if started:
            messages.success(request, f"Sending again: {started} of {len(chosen)}.")
        if started < len(chosen):
            messages.warning(request, f"Left alone, because they have not failed: {len(chosen) - started}.")


def _about(words: str) -> Q:
    """Letters to people or places that the words name, about a booking, or with an invoice."""
    held = HoldsWords("first_name", "last_name", "email", text=words)
    places = list(Attendee.objects.filter(held).order_by().values_list("pk", flat=True)[:_MOST])
    people = Q(attendee__in=places) | Q(user__in=people_matching(words), attendee=None)
    return people | Q(booking__reference_key=reference_key(words)) | Q(invoice__number__iexact=words)
