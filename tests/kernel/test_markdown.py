"""Staff's texts as HTML: what they may use, and that nothing else gets through."""

import pytest

from config.kernel.markdown import as_html


def test_paragraphs_lists_emphasis_and_links() -> None:
    assert as_html("One **two**.\n\n- three\n- [four](/help/)\n") == (
        '<p>One <strong>two</strong>.</p>\n<ul>\n<li>three</li>\n<li><a href="/help/">four</a></li>\n</ul>\n'
    )


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "words <img src=x onerror=alert(1)>",
        '<div style="color: red">',
        "<!-- hidden -->",
        "![picture](javascript:alert(1))",
    ],
)
def test_html_stays_text(typed: str) -> None:
    html = as_html(typed)
    assert html.count("<") == html.count("<p>") + html.count("</p>") == 2


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "&#106;avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//elsewhere.example/",
        "elsewhere.example",
    ],
)
def test_a_link_elsewhere_than_known_kinds_of_places_stays_words(target: str) -> None:
    assert "href" not in as_html(f"[press]({target})")
    assert "href" not in as_html(f"[press][there]\n\n[there]: {target}")
    assert "href" not in as_html(f"<{target}>")


@pytest.mark.parametrize("target", ["/terms/", "#top", "https://ico.org.uk/", "mailto:a@example.org", "tel:+44114"])
def test_known_kinds_of_places_are_links(target: str) -> None:
    assert as_html(f"[press]({target})") == f'<p><a href="{target}">press</a></p>\n'


@pytest.mark.parametrize(
    "typed, levels",
    [
        ("# a\n\n## b\n\n# c", [2, 3, 2]),
        ("## a\n\n### b\n\n## c", [2, 3, 2]),
        ("###### a", [2]),
        ("### a\n\n# b", [2, 2]),
        ("# a\n\n#### b\n\n###### c", [2, 3, 4]),
        ("a\n=\n\nb\n-\n\n### c\n\n#### d", [2, 3, 4, 4]),
        ("no heading", []),
    ],
)
def test_headings_begin_at_the_second_level_and_leave_none_out(typed: str, levels: list[int]) -> None:
    html = as_html(typed)
    found = [int(part[0]) for part in html.split("<h")[1:]]
    assert found == levels
    assert [int(part[0]) for part in html.split("</h")[1:]] == levels
