"""The office's pages about letters. Imported by Django's autodiscovery, which registers what is below."""

from communications.admin import mailboxes, message_page, messages, page_texts, resending

__all__ = ["mailboxes", "message_page", "messages", "page_texts", "resending"]
