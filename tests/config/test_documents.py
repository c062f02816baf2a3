"""What README, docs and .env.example say about the code is still so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config.embedded.folders import CHECKOUT

PRODUCT = ("config", "customers", "bookings", "payments", "invoicing", "communications")
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
# Django's own; every entry point of ours sets it.
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE"}
ENVIRONMENTS = {"env", "environ", "given"}


def product_modules() -> Iterator[Path]:
    for app in PRODUCT:
        yield from (CHECKOUT / app).rglob("*.py")


def variables_read(module: Path) -> set[str]:
    """The variables of the environment that this module names where it reads them."""
    tree = ast.parse(module.read_text())
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    keys: list[ast.expr] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="required"), args=[key, *_]):
                keys.append(key)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name)), args=[key, *_]):
                keys += [key] if name in ENVIRONMENTS else []
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=key):
                keys += [key] if name in ENVIRONMENTS else []
    named = (constants.get(key.id, key) if isinstance(key, ast.Name) else key for key in keys)
    return {str(key.value) for key in named if isinstance(key, ast.Constant) and str(key.value).isupper()}


def test_every_variable_of_the_environment_is_in_the_example_and_the_other_way_round() -> None:
    read = {name for module in product_modules() for name in variables_read(module)} - NOT_FOR_PEOPLE
    listed = re.findall(r"^#?([A-Z][A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(read)


def test_what_the_pages_link_to_is_there() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_readmes_map_shows_every_room_and_no_other() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    table = readme.partition("## A map of the rooms")[2].partition("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)/`", row)}
    packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")}
    assert named == packages | {"templates", "static"}
    assert [name for name in named if not (CHECKOUT / name).is_dir()] == []


def test_the_decisions_and_pages_that_the_code_names_are_there() -> None:
    decisions = {path.name[:4] for path in (CHECKOUT / "docs" / "decisions").glob("0*.md")}
    for module in product_modules():
        text = module.read_text()
        assert set(re.findall(r"docs/decisions/(\d{4})", text)) <= decisions, module
        for page in re.findall(r"docs/[a-z]+\.md", text):
            assert (CHECKOUT / page).is_file(), (module, page)


def test_the_modules_commands_and_settings_that_the_pages_name_are_there() -> None:
    names = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?(?:\.py)?)`", "\n".join(page.read_text() for page in PAGES)))
    paths = {name for name in names if name.partition("/")[0] in PRODUCT and "/" in name}
    assert {path for path in paths if not (CHECKOUT / path).exists()} == set()


def test_decisions_are_short_and_say_what_was_rejected() -> None:
    for path in (CHECKOUT / "docs" / "decisions").glob("0*.md"):
        text = path.read_text()
        assert 10 <= len([line for line in text.splitlines() if line.strip()]) <= 30, path.name
        assert re.search(r"^\*\*Rejected", text, re.MULTILINE), path.name
