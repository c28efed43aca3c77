"""The catalogues hold every message of the code, whole, in Kazakh and in Russian."""

import ast
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal import HOME
from portal.i18n.locale import LANGUAGES, SOURCE_LANGUAGE

TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
# Marked where they are written, said later; see portal.i18n.locale.
OUR_KEYWORDS = {"gettext_lazy": None, "pgettext_lazy": ((1, "c"), 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?[a-z][^>]*>")
# One word for one thing: these have another, beside each.
RETIRED = {
    "kk": {
        "[аА]ккаунт": "тіркелгі",
        "қалпына келтіру код": "сақтық код",
        r"(?<=[^.!?«] )Сіз": "сіз inside a sentence",
    },
    "ru": {
        "[аА]ккаунт": "учётная запись",
        "[мМ]ероприят": "событие",
        "[оО]бжалован": "апелляция",
        "[сС]ервис": "служба",
    },
}


def read(path):
    with path.open("rb") as source:
        return read_po(source, domain="portal")


def catalogue_of(language):
    return read(HOME / "locales" / language / "LC_MESSAGES" / "portal.po")


def messages_of(catalogue):
    """Messages by context and id; the plural belongs to the id."""
    return {
        (m.context, m.id if isinstance(m.id, str) else tuple(m.id)): m for m in catalogue if m.id
    }


@pytest.fixture(scope="module")
def extracted():
    """What babel.cfg finds in the code as it is now."""
    with (HOME / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)
    catalogue = Catalog()
    found = extract_from_dir(
        HOME, methods, options, keywords=DEFAULT_KEYWORDS | OUR_KEYWORDS, comment_tags=()
    )
    for filename, line, message, _comments, context in found:
        catalogue.add(message, None, [(filename, line)], context=context)
    return catalogue


def forms_of(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def originals_of(message):
    return [message.id] if isinstance(message.id, str) else list(message.id)


def test_the_extraction_finds_what_is_known_to_be_there(extracted):
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in extracted if m.id}
    assert "Nothing stands at this address" in known  # Python, lazy
    assert "Skip to content" in known  # a template's block
    assert "Main menu" in known  # a template's call
    assert "%(num)s hour" in known  # with a plural


def test_the_template_of_the_catalogues_is_up_to_date_with_the_code(extracted):
    kept = messages_of(read(HOME / "locales" / "portal.pot")).keys()
    found = messages_of(extracted).keys()
    assert sorted(map(str, found - kept)) == []
    assert sorted(map(str, kept - found)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_message_and_no_other(language, extracted):
    kept, found = messages_of(catalogue_of(language)).keys(), messages_of(extracted).keys()
    assert sorted(map(str, found - kept)) == []
    assert sorted(map(str, kept - found)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_leaves_nothing_untranslated_or_unsure(language):
    catalogue = catalogue_of(language)
    messages = [message for message in catalogue if message.id]
    assert messages
    assert [m.id for m in messages if not all(form.strip() for form in forms_of(m))] == []
    assert [m.id for m in messages if m.fuzzy] == []
    assert not catalogue.header_comment.startswith("# Translations template")
    wanted = catalogue.num_plurals
    plurals = [m for m in messages if not isinstance(m.id, str)]
    assert [m.id for m in plurals if len(forms_of(m)) != wanted] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_and_markup(language):
    wrong = []
    for message in catalogue_of(language):
        if not message.id:
            continue
        originals = originals_of(message)
        # %(num)s may be left out where a plural form says the number in words.
        named = {name for text in originals for name in PLACEHOLDER.findall(text)}
        for form in forms_of(message):
            used = set(PLACEHOLDER.findall(form))
            missing = named - used - ({"num"} if len(originals) > 1 else set())
            if used - named or missing:
                wrong.append((message.id, form))
            if sorted(TAG.findall(form)) != sorted(TAG.findall(originals[-1])):
                wrong.append((message.id, form))
            without = PLACEHOLDER.sub("", form).replace("%%", "")
            if "%" in without and named:
                wrong.append((message.id, form))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_begin_and_end_as_their_originals(language):
    def edges(text):
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    wrong = [
        message.id
        for message in catalogue_of(language)
        if message.id
        and any(edges(form) != edges(originals_of(message)[-1]) for form in forms_of(message))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_thing_is_called_by_one_word(language):
    found = [
        (form, better)
        for message in catalogue_of(language)
        if message.id
        for form in forms_of(message)
        for retired, better in RETIRED[language].items()
        if re.search(retired, form)
    ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_rules_are_those_of_the_language(language):
    from babel.messages.plurals import get_plural

    expected = get_plural(language)
    assert catalogue_of(language).num_plurals == expected.num_plurals


def test_messages_are_marked_by_names_that_are_looked_for():
    """A message under any other name would never reach the catalogues."""
    known = {*DEFAULT_KEYWORDS, *OUR_KEYWORDS}
    strange = [
        f"{path.relative_to(HOME)}: {alias.asname}"
        for path in (HOME / "portal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "portal.i18n.locale"
        for alias in node.names
        if "gettext" in alias.name and alias.asname and alias.asname not in known
    ]
    assert strange == []
