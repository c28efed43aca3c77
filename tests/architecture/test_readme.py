"""What README and docs/ promise is there: commands, targets, settings, places, links."""

import argparse
import importlib.util
import re
import subprocess
import sys
import tomllib

import pytest

from portal import HOME
from portal.cli.main import parser
from portal.ops import reference

README = HOME / "README.md"
DOCS = HOME / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PAGES = [README, HOME / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
TEXTS = {page.relative_to(HOME).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
_FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_INDENTED = re.compile(r"^ {4,}\S.*$", re.MULTILINE)
# Places of this repository that a reader is sent to.
PLACE = re.compile(
    r"(?<![\w./-])"
    r"((?:portal|templates|static|migrations|locales|tests|deploy|docs|\.ci)/[\w./*-]*[\w*/])"
)
# Definitions, which stand beside the module that has them.
NAME = re.compile(r"[A-Z]\w+")
FILES = {"Dockerfile", "Makefile"}
MODULE = re.compile(r"(?<![\w./-])(?:portal|tests)(?:\.\w+)+")
# The feature that architecture.md adds in thought.
EXAMPLE = re.compile(r"/calls\b")
# Operators make these.
MADE = {"deploy/portal.env"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAX_PICTURE_BYTES = 200 * 1024
# Docs lead to the lock files, never to where packages are fetched from.
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates|docker)\.\w{2,}")


def fenced_in(text):
    return [block for _indent, block in _FENCED.findall(text)]


def code_of(text):
    """All that a page shows as code: fenced, indented, or inside a sentence."""
    indented = _INDENTED.findall(_FENCED.sub("", text))
    return [*fenced_in(text), *_INLINE.findall(text), *(line.strip() for line in indented)]


CODE = [code for text in TEXTS.values() for code in code_of(text)]
COMMAND = re.compile(r"(?:^|[\s/$(])portal ([a-z][a-z-]+)([^\n|;&`]*)", re.MULTILINE)


def commands():
    """The commands that `portal` really has, by name."""
    (action,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return action.choices


def named_commands():
    return [found for code in CODE for found in COMMAND.findall(code)]


def anchors(text):
    """Where a link may lead within a page, as GitHub writes it."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_command_they_name_exists():
    assert {name for name, _rest in named_commands()} - set(commands()) == set()


def test_every_option_they_give_exists():
    known = commands()
    unknown = {
        (name, option)
        for name, rest in named_commands()
        for option in re.findall(r"(?<!\S)(--[a-z-]+)", rest)
        if option not in known[name]._option_string_actions
    }
    assert unknown == set()


def test_operators_find_every_command():
    told = {name for name, _rest in named_commands()}
    assert set(commands()) - told == set()


def test_every_target_they_name_exists():
    named = {name for code in CODE for name in re.findall(r"\bmake ([a-z][a-z-]*)", code)}
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    assert named - set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE)) == set()


def test_every_place_they_name_exists():
    named = {place for code in CODE for place in PLACE.findall(code)} - MADE
    missing = [place for place in sorted(named) if not any(HOME.glob(place.rstrip("/")))]
    assert [place for place in missing if not EXAMPLE.search(place)] == []


def test_every_name_they_place_in_a_module_is_in_it():
    wrong = []
    for page, text in TEXTS.items():
        for item in re.split(r"\n\n|\n(?=- |\d+\. )", _FENCED.sub("", text)):
            places = [HOME / place for place in PLACE.findall(item) if place.endswith(".py")]
            code = "\n".join(place.read_text(encoding="utf-8") for place in places)
            names = {name for name in _INLINE.findall(item) if NAME.fullmatch(name)} - FILES
            wrong += [(page, name) for name in names if places and name not in code]
    assert wrong == []


def test_every_module_they_name_exists():
    for name in {name for code in CODE for name in MODULE.findall(code)}:
        assert importlib.util.find_spec(name), name


def test_the_tree_is_the_code():
    (tree,) = fenced_in(TEXTS["docs/architecture.md"])
    packages = tree.partition("portal/\n")[2].partition("\ntemplates/")[0]
    named = set(re.findall(r"^  (\w+)/", packages, re.MULTILINE))
    found = {path.parent.name for path in (HOME / "portal").glob("*/__init__.py")}
    assert named == found


def test_every_setting_they_name_exists():
    from portal.config.providers import ProviderSettings
    from portal.config.settings import Settings

    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    written = "\n".join(TEXTS.values())
    named = set(re.findall(r"\bPORTAL_(?!TEST_)[A-Z][A-Z_]*[A-Z]\b", written))
    assert {name.partition("__")[0] for name in named} - known == set()
    fields = {
        f"PORTAL_PROVIDERS__{key}__{field.upper()}"
        for key in ("GOOGLE", "MICROSOFT", "APPLE", "GITHUB", "VK", "WORK")
        for field in ProviderSettings.model_fields
    }
    assert {name for name in named if "__" in name} - fields == set()


@pytest.mark.parametrize("name", reference.PAGES)
def test_tables_from_the_code_are_up_to_date(name):
    """`make docs` writes them."""
    page = TEXTS[f"docs/{name}"]
    assert reference.renewed(page, reference.PAGES[name]()) == page


def test_every_setting_is_described_and_listed_once():
    from portal.config.settings import Settings

    tables = reference.settings_tables()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert tables.count(f"| `PORTAL_{name.upper()}` |") == 1


@pytest.mark.parametrize("name", TEXTS)
def test_links_between_pages_lead_somewhere(name):
    page = HOME / name
    for target in LINK.findall(_FENCED.sub("", TEXTS[name])):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        if anchor:
            assert anchor in anchors(leads_to.read_text(encoding="utf-8")), target


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = [each.partition("#")[0] for each in LINK.findall(page.read_text("utf-8"))]
        waiting += [(page.parent / each).resolve() for each in targets if each and ":" not in each]
    assert set(PAGES) - reached == set()


def test_the_readme_is_short_and_shows_the_portal():
    assert len(TEXTS["README.md"].splitlines()) <= 120
    (picture,) = re.findall(r"!\[.+?\]\((.+?)\)", TEXTS["README.md"])
    assert 0 < (HOME / picture).stat().st_size <= MAX_PICTURE_BYTES


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_its_four_parts_on_one_page(page):
    text = page.read_text(encoding="utf-8")
    assert 25 <= len(text.splitlines()) <= 60
    assert text.startswith(f"# {int(page.name[:4])}. ")
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Alternatives"]
    assert re.search(r"^2026-\d\d-\d\d", text, re.MULTILINE)


def test_decisions_are_numbered_and_listed():
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert len(DECISIONS) >= 24
    listed = LINK.findall(TEXTS["docs/decisions/README.md"])
    assert listed == [page.name for page in DECISIONS]


def test_no_page_names_a_registry_of_packages():
    assert [name for name, text in TEXTS.items() if REGISTRY.search(text)] == []


def test_the_changelog_begins_with_this_version():
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (
        re.findall(r"^## \[(.+?)\]", TEXTS["CHANGELOG.md"], re.MULTILINE)[0] == (project["version"])
    )


def test_the_command_lists_what_it_can_do():
    done = subprocess.run(
        [sys.executable, "-m", "portal", "--help"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    promised = {"serve", "migrate", "demo", "seed", "routes", "deliver-letters", "check"}
    promised |= {"make-administrator", "reset-second-factor", "import-calendar"}
    assert promised <= set(commands())
    assert all(name in done.stdout for name in promised)
