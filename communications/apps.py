from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as current_apps
from django.db.models.signals import post_migrate

# One file a page: its title in the first line, then its text. Read once, for version 1; staff change it from there.
FIRST_TEXTS = Path(__file__).parent / "first_texts"


class CommunicationsConfig(AppConfig):
    name = "communications"

    def ready(self) -> None:
        post_migrate.connect(_ensure_page_texts, sender=self)


def _ensure_page_texts(*, using: str, apps: Apps = current_apps, **_kwargs: Any) -> None:
    """The footer leads to these pages, so each always has a text, also after a test emptied the tables."""
    try:
        texts = apps.get_model("communications", "PageText").objects.using(using)
    except LookupError:  # migrated back to before there were any
        return
    written = set(texts.filter(version=1).values_list("page", flat=True))
    for file in sorted(FIRST_TEXTS.glob("*.md")):
        if file.stem not in written:
            title, _, body = file.read_text(encoding="utf-8").partition("\n")
            texts.create(page=file.stem, version=1, title=title.removeprefix("# "), body=body.strip())
