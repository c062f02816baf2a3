"""One stylesheet and one script: put together, tightened without change of meaning, collected, within their weight."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from config.bundles import BundleFinder, minify_css

KILOBYTE = 1024


@pytest.fixture
def pieces(settings: Settings, tmp_path: Path) -> Path:
    """A static folder with two bundles of its own."""
    static = tmp_path / "static"
    for path, content in {
        "css/site/10-second.css": ".b { color: red; }\n",
        "css/site/00-first.css": "/* What it is. */\n.a {\n  margin: 0 auto;\n}\n",
        "css/site/notes.txt": "Not a stylesheet.",
        "css/paper.css": "p { margin: 0; }",
        "js/site/one.js": "const name = 1;\n",
        "js/site/two.js": "const name = 2;\n",
    }.items():
        (static / path).parent.mkdir(parents=True, exist_ok=True)
        (static / path).write_text(content)
    settings.STATICFILES_DIRS = [static]
    settings.STATIC_BUNDLES = {"css/site.css": "css/site", "js/site.js": "js/site"}
    settings.BUNDLES_ROOT = tmp_path / "bundles"
    return static


def read(path: str) -> str:
    found = finders.find(path)
    assert found is not None
    return Path(found).read_text()


def test_pieces_are_put_together_in_the_order_of_their_names(pieces: Path) -> None:
    assert read("css/site.css") == ".a{margin:0 auto}.b{color:red}\n"
    assert read("js/site.js") == "{\nconst name = 1;\n}\n{\nconst name = 2;\n}\n"


def test_a_change_shows_at_once_and_a_bundle_without_change_keeps_its_age(pieces: Path) -> None:
    built = Path(finders.find("css/site.css") or "")
    before = built.stat().st_mtime_ns
    assert finders.find("css/site.css", find_all=True) == [str(built)]
    assert built.stat().st_mtime_ns == before
    (pieces / "css/site/10-second.css").write_text(".b { color: blue; }")
    assert read("css/site.css") == ".a{margin:0 auto}.b{color:blue}\n"


def test_bundles_are_listed_and_their_pieces_are_not(pieces: Path) -> None:
    listed = sorted(path for path, _storage in BundleFinder().list([]))
    assert listed == ["css/paper.css", "css/site.css", "js/site.js"]


def test_other_files_are_found_where_they_lie(pieces: Path) -> None:
    assert finders.find("css/paper.css") == str(pieces / "css/paper.css")
    assert finders.find("css/nothing.css") is None


def test_a_bundle_without_pieces_is_said_before_the_start(pieces: Path, settings: Settings) -> None:
    assert BundleFinder().check() == []
    settings.STATIC_BUNDLES = settings.STATIC_BUNDLES | {"css/staff.css": "css/staff"}
    assert [problem.msg for problem in BundleFinder().check()] == [
        "The bundle css/staff.css has no pieces in css/staff."
    ]


@pytest.mark.parametrize(
    "source, expected",
    [
        ("a { color: red; }", "a{color:red}"),
        ("a:hover,\na:focus-visible { margin: 0 0 0 4px }", "a:hover,a:focus-visible{margin:0 0 0 4px}"),
        (
            ".a :focus > b + c { width: calc(1px + 2 * (3px - 1px)); }",
            ".a :focus > b + c{width:calc(1px + 2 * (3px - 1px))}",
        ),
        ('a::after { content: " ; } /* kept */ "; }', 'a::after{content:" ; } /* kept */ "}'),
        (
            "a { font: 1rem 'Two  words', serif; } /* don't\n * keep */ b { top: 0; }",
            "a{font:1rem 'Two  words',serif}b{top:0}",
        ),
        (
            "@media (min-width: 30em) and (hover: hover) {\n  a { top: 0; }\n}\n",
            "@media (min-width:30em) and (hover:hover){a{top:0}}",
        ),
        ("/* nothing */", ""),
    ],
)
def test_only_what_means_nothing_is_left_out(source: str, expected: str) -> None:
    assert minify_css(source) == expected


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """The static files as a server of production has them."""
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return Path(settings.STATIC_ROOT)


@pytest.mark.django_db
def test_a_page_asks_for_hashed_files_and_stays_within_its_weight(client: Client, collected: Path) -> None:
    """Design language, section 13."""
    page = client.get("/help/").content
    loaded = re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode())
    font, css, _icon, script = loaded
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", path) for path in loaded] == [
        "fonts/atkinson-hyperlegible-next-latin.woff2",
        "css/site.css",
        "img/mark.svg",
        "js/site.js",
    ]
    assert Path(font).name in (collected / css).read_text()
    weights = {path: compressed((collected / path).read_bytes()) for path in loaded}
    assert weights[css] < 12 * KILOBYTE
    assert weights[script] < 12 * KILOBYTE
    assert weights[font] < 36 * KILOBYTE
    assert compressed(page) + sum(weights.values()) < 60 * KILOBYTE


def compressed(content: bytes) -> int:
    """Bytes on the way to a browser, by the better-known of the two compressions, which is the worse one."""
    return len(gzip.compress(content))
