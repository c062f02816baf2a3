"""Writing a note about somebody, putting it right and pinning it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.office import office_page, staff_page
from customers.forms import EditNoteForm, NoteForm
from customers.models import Note, User
from customers.selectors import changes_of
from customers.services.notes import ChangedMeanwhile, add_note, edit_note, pin_note

# Former wordings that the page of a note shows; the change history has all of them.
WORDINGS_SHOWN = 20


@staff_page("customers/user/<uuid:key>/note/", name="customers_user_note", permission="customers.add_note")
@require_http_methods(["GET", "HEAD", "POST"])
def note_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """A form; the card on the customer's page sends its own here, too."""
    person = get_object_or_404(User, pk=key)
    form = NoteForm(request.POST) if request.method == "POST" else NoteForm()
    if not form.is_bound:
        # It is what one came for; with something wrong, the summary of that comes first.
        form.fields["body"].widget.attrs["autofocus"] = True
    if form.is_valid():
        add_note(user_id=person.pk, body=form.cleaned_data["body"], pinned=form.cleaned_data["pinned"])
        messages.success(request, "The note is saved.")
        return _to_person(person.pk)
    return office_page(request, "staff/customers/note.html", {"person": person, "form": form}, title="Add a note")


@staff_page("customers/note/<int:key>/edit/", name="customers_note_edit", permission="customers.view_note")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: HttpRequest, key: int) -> HttpResponse:
    """The note with its former wordings; who may change notes puts it right here."""
    note = get_object_or_404(Note.objects.select_related("user", "author", "edited_by"), pk=key)
    form = _edit_form(request, note)
    if form and form.is_bound and form.is_valid() and (form := _saved(request, note, form)) is None:
        return _to_person(note.user_id)
    former = [change for change in changes_of("customers.Note", str(note.pk)) if "body" in change.before]
    context = {"note": note, "person": note.user, "form": form, "former": former[:WORDINGS_SHOWN]}
    return office_page(request, "staff/customers/note.html", context, title="Note")


@staff_page("customers/note/<int:key>/pin/", name="customers_note_pin", permission="customers.change_note")
@require_POST
def pin(request: HttpRequest, key: int) -> HttpResponse:
    """Pins the note, or unpins it where the form says so."""
    note = get_object_or_404(Note, pk=key)
    pinned = "unpin" not in request.POST
    if pin_note(note_id=note.pk, pinned=pinned):
        messages.success(request, "The note is pinned." if pinned else "The note is not pinned any more.")
    return _to_person(note.user_id)


def _edit_form(request: HttpRequest, note: Note) -> EditNoteForm | None:
    """None for who may only read. Raises PermissionDenied for who sends one all the same."""
    if not request.user.has_perm("customers.change_note"):
        if request.method == "POST":
            raise PermissionDenied
        return None
    if request.method == "POST":
        return EditNoteForm(request.POST)
    return EditNoteForm(initial={"body": note.body, "pinned": note.pinned, "seen": _stamp(note)})


def _saved(request: HttpRequest, note: Note, form: EditNoteForm) -> EditNoteForm | None:
    """None when it is; else the form again, which can be sent once what was changed meanwhile has been read."""
    try:
        edit_note(note_id=note.pk, body=form.cleaned_data["body"], seen=form.cleaned_data["seen"])
    except ChangedMeanwhile:
        note.refresh_from_db()
        again = EditNoteForm({**request.POST.dict(), "seen": _stamp(note)})
        again.add_error("body", form.changed_meanwhile)
        return again
    pin_note(note_id=note.pk, pinned=form.cleaned_data["pinned"])
    messages.success(request, "The note is saved.")
    return None


def _stamp(note: Note) -> str:
    return note.edited_at.isoformat() if note.edited_at else ""


def _to_person(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:customers_user_page", args=[key]))
