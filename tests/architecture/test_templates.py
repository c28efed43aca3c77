"""Templates compile, hold nothing that the content policy forbids, and keep to themselves."""

import ast
import re

from jinja2 import meta, nodes

from portal import HOME
from portal.domain.emails.models import EmailKind, NotificationKind
from portal.mail.notifications import WORDINGS
from portal.templating.environment import ENVIRONMENT

NAMES = sorted(ENVIRONMENT.list_templates(extensions=["html", "txt"]))
SOURCES = {name: (HOME / "templates" / name).read_text(encoding="utf-8") for name in NAMES}
COMPONENTS = [name for name in NAMES if name.startswith("components/")]
LETTERS = [name for name in NAMES if name.startswith(("emails/", "notifications/"))]
# To be saved and read anywhere: they stand alone.
# So that long words break in a file that is kept.
KEPT = "<style>body { overflow-wrap: anywhere; }</style>"
FILES = [name for name in NAMES if name.startswith("files/")]
# What stands around every page.
LAYOUT = ["base.html", *(name for name in NAMES if name.startswith("layout/"))]
# Fragments, which are rendered by themselves.
PARTS = [name for name in NAMES if "/_" in name]
PAGES = [n for n in NAMES if n not in {*COMPONENTS, *LETTERS, *FILES, *LAYOUT, *PARTS}]
# What the i18n extension and the environment give to every template.
SPEECH = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def tree_of(name):
    return ENVIRONMENT.parse(SOURCES[name])


def test_there_are_templates_to_look_at():
    assert len(PAGES) > 20
    assert len(COMPONENTS) > 20
    assert len(LETTERS) > 20


def test_every_template_compiles():
    for name in NAMES:
        ENVIRONMENT.get_template(name)


def test_nothing_is_declared_safe_in_a_template():
    offenders = []
    for name in NAMES:
        filters = {node.name for node in tree_of(name).find_all(nodes.Filter)}
        if filters & {"safe", "tojson", "urlize"} or list(tree_of(name).find_all(nodes.MarkSafe)):
            offenders.append(name)
        if "autoescape" in SOURCES[name]:
            offenders.append(name)
    assert offenders == []


def test_pages_have_no_inline_style_or_script():
    """Letters and files are read elsewhere, with their own styles; pages' policy forbids any."""
    forbidden = re.compile(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:")
    offenders = []
    for name in [*PAGES, *FILES, *COMPONENTS, *LAYOUT]:
        if forbidden.search(SOURCES[name].replace(KEPT, "") if name in FILES else SOURCES[name]):
            offenders.append(name)
        openings = re.findall(r"<script[^>]*>", SOURCES[name])
        offenders += [
            name
            for opening in openings
            if "src=" not in opening and 'type="application/ld+json"' not in opening
        ]
    assert offenders == []


def test_templates_load_and_call_nothing_foreign():
    """Addresses come from the portal; a template that writes one out could lead elsewhere."""
    written = re.compile(r"(?:src|href|action|srcset)\s*=\s*[\"']?(?:https?:)?//")
    assert [name for name in NAMES if written.search(SOURCES[name])] == []


def test_every_page_extends_the_base_and_fills_its_parts():
    for name in PAGES:
        extended = [node.template.value for node in tree_of(name).find_all(nodes.Extends)]
        assert extended == ["base.html"], name
        assert {"title", "main"} <= {block.name for block in tree_of(name).find_all(nodes.Block)}


def test_components_know_only_their_arguments():
    reading = {}
    for name in COMPONENTS:
        tree = tree_of(name)
        # Jinja's analysis misses names that are set and then used inside a translated block.
        stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
        if unknown := meta.find_undeclared_variables(tree) - SPEECH - stored:
            reading[name] = unknown
    assert reading == {}


def test_components_are_made_of_macros_alone():
    """Text outside a macro would never be shown; imports and macros are all there is."""
    for name in COMPONENTS:
        for node in tree_of(name).body:
            if isinstance(node, nodes.Output):
                texts = [part.data for part in node.nodes if isinstance(part, nodes.TemplateData)]
                assert len(texts) == len(node.nodes), name
                assert not "".join(texts).strip(), name
            else:
                allowed = (nodes.Macro, nodes.FromImport, nodes.Import, nodes.Assign)
                assert isinstance(node, allowed), name


def test_imports_bring_no_context_along():
    for name in NAMES:
        for node in tree_of(name).find_all((nodes.FromImport, nodes.Import)):
            assert not node.with_context, name


def test_every_kind_of_letter_has_its_text_and_its_html():
    for kind in EmailKind:
        assert f"emails/{kind.value}.txt" in NAMES
        assert f"emails/{kind.value}.html" in NAMES


def test_every_notice_has_its_text_and_its_html_and_its_words():
    assert set(WORDINGS) == set(NotificationKind)
    for about in NotificationKind:
        assert f"notifications/{about.value}.txt" in NAMES
        assert f"notifications/{about.value}.html" in NAMES


def named_in_the_code():
    """Every text that stands in a module of the portal; templates are named by theirs."""
    return {
        node.value
        for module in (HOME / "portal").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_page_is_shown_by_somebody():
    """A template nobody renders would rot unseen."""
    assert sorted({*PAGES, *PARTS} - named_in_the_code()) == []


def test_every_component_is_used():
    used = {
        node.template.value
        for name in NAMES
        for node in tree_of(name).find_all((nodes.FromImport, nodes.Import))
    }
    assert sorted(set(COMPONENTS) - used - named_in_the_code()) == []
