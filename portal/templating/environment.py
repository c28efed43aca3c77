"""Jinja templates in the language now spoken, for pages and letters.

Each language has environments of its own, in which messages without placeholders are said when a
template is compiled: a page has some thirty of them, and says none while it is drawn.
"""

from collections.abc import Callable, Hashable, MutableMapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from portal import HOME
from portal.i18n import locale as i18n
from portal.i18n.script_output import as_typed, convert, convert_page, protect_text, script_now
from portal.i18n.translated import LocalizedText
from portal.templating import compiler

# Drawings kept by `remembered`: the rows of all lists that are being read, some kilobytes each.
MAX_CACHED = 1_024
# Drawings that have been asked for once, by their hashes; another of the same remainder takes the
# place. A wrong one costs a drawing more or a drawing kept.
_ASKED_FOR = [0] * 4 * MAX_CACHED
_SAYING: dict[str, Callable[..., str]] = {
    "_": i18n.gettext,
    "gettext": i18n.gettext,
    "pgettext": i18n.pgettext,
}


class _Saying(NodeTransformer):
    """Puts what a message says in the place of the call that would ask for it."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named after the node
        """A call with literals alone has one answer in a language."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in _SAYING:
            return node
        words = [each.value for each in node.args if isinstance(each, nodes.Const)]
        if len(words) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.TemplateData(_SAYING[node.node.name](*words), lineno=node.lineno)


class _Spoken(Environment):
    """Templates in one language."""

    code_generator_class: type[CodeGenerator] = compiler.Lookups
    template_class = compiler.Template

    def __init__(self, language: str, *, autoescape: bool) -> None:
        super().__init__(
            loader=FileSystemLoader(HOME / "templates"),
            autoescape=autoescape,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.language = language
        self._found: dict[str, Template] = {}
        self.policies["ext.i18n.trimmed"] = True
        # Jinja's own wrappers want the context, and format every message, placeholders or none.
        self.newstyle_gettext = True
        say, count = (_gettext, _ngettext) if autoescape else (i18n.gettext, i18n.ngettext)
        self.globals.update(_=say, gettext=say, ngettext=count, pgettext=i18n.pgettext)
        self.globals["remembered"] = remembered
        self.filters["direction"] = i18n.direction_of
        self.filters["as_typed"] = as_typed

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        with i18n.use_locale(self.language):
            tree: nodes.Template = _Saying().visit(super()._parse(source, name, filename))
        return tree

    def _generate(self, *what: Any, **more: Any) -> str:
        first, rest = super()._generate(*what, **more).split("\n", 1)
        return f"{first}{compiler.INSTEAD}\n{rest}"

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's
    ) -> Template:
        """A template, compiled once; a page imports a dozen each time it is drawn."""
        if isinstance(name, Template):
            return name
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent, globals)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary, since every import of a component compares names with it."""
        return {**self.globals, **(d or {})}


class _Scripted(_Spoken):
    """Templates in Kazakh that will be read in another script than they are drawn in."""

    # Attributes are to be looked for below.
    code_generator_class = compiler.Calls

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What people wrote in other languages keeps its letters."""
        if attribute == "text" and isinstance(obj, LocalizedText):
            return protect_text(obj)
        return super().getattr(obj, attribute)


def _gettext(message: str, **values: Any) -> Markup:
    said = Markup(i18n.gettext(message))  # noqa: S704 - catalogues are ours
    return said % values if values else said


def _ngettext(one: str, many: str, num: int, **values: Any) -> Markup:
    form = Markup(i18n.plural_form(one, many, num))  # noqa: S704 - catalogues are ours
    return form % {"num": num, **values} if "%" in form else form


@lru_cache(maxsize=MAX_CACHED)
def _drawn(macro: Callable[..., Markup], *arguments: Hashable) -> Markup:
    return macro(*arguments)


def remembered(macro: Callable[..., Markup], *arguments: Hashable) -> Markup:
    """What a macro draws of exactly these values, kept from the second time on.

    The whole content is the key, and a macro speaks one language: a drawing can be old but
    never wrong. Most of what is read once is never read again, and to keep it, for something
    else that has to go, takes longer than to draw it.
    """
    asked_for = hash((macro, arguments))
    place = asked_for % len(_ASKED_FOR)
    if _ASKED_FOR[place] == asked_for:
        return _drawn(macro, *arguments)
    _ASKED_FOR[place] = asked_for
    return macro(*arguments)


# By language; the plain ones are for letters' text parts, which have no markup to protect.
MARKUP = {tag: _Spoken(tag, autoescape=True) for tag in i18n.LANGUAGES}
PLAIN = {tag: _Spoken(tag, autoescape=False) for tag in i18n.LANGUAGES}
_SCRIPTED_MARKUP = _Scripted("kk", autoescape=True)
_SCRIPTED_PLAIN = _Scripted("kk", autoescape=False)


def template(name: str) -> Any:
    """A template in the language now spoken; one whose name ends in .txt escapes nothing.

    An undefined name in it is an error, never an empty place.
    """
    is_plain = name.endswith(".txt")
    if script_now() is not None:
        return (_SCRIPTED_PLAIN if is_plain else _SCRIPTED_MARKUP).get_template(name)
    return (PLAIN if is_plain else MARKUP)[i18n.current_language.get()].get_template(name)


def draw(name: str, /, **context: Any) -> str:
    """What a template draws, to stand within another."""
    drawn: str = template(name).render(context)
    return drawn


def drawn(name: str, /, **context: Any) -> Markup:
    """The same, marked as escaped already."""
    return Markup(draw(name, **context))  # noqa: S704 - by templates of ours, which escape


def pieces(name: str, /, **context: Any) -> Any:
    """What a template draws, piece by piece: the blocks it sets, by name, escaped already.

    Whatever they have in common, components above all, is brought along once.
    """
    return template(name).make_module(context)


def render(name: str, /, **context: Any) -> str:
    """A page or letter as it is read, in the script now read."""
    drawn = draw(name, **context)
    return convert(drawn) if name.endswith(".txt") else convert_page(drawn)
