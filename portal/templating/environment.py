"""Jinja templates for pages and emails, in the language and script of the reader."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from portal import HOME
from portal.i18n import locale as i18n
from portal.i18n.script_output import as_typed, convert, convert_page, protect_text
from portal.i18n.translated import LocalizedText


class PortalEnvironment(Environment):
    """Jinja's environment, which protects what people wrote from conversion between scripts."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute; the text of a `LocalizedText` keeps the letters of its language."""
        if attribute == "text" and isinstance(obj, LocalizedText):
            return protect_text(obj)
        return super().getattr(obj, attribute)


def _environment() -> PortalEnvironment:
    environment = PortalEnvironment(
        loader=FileSystemLoader(HOME / "templates"),
        # Text parts of emails end in .txt and escape nothing.
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.plural_form, newstyle=True, pgettext=i18n.pgettext
    )
    environment.filters |= {"direction": i18n.direction_of, "as_typed": as_typed}
    return environment


# One for all languages: messages are looked up when a template is rendered.
ENVIRONMENT = _environment()


def macros(name: str) -> Any:
    """Return the module of a component, whose macros are its attributes."""
    return ENVIRONMENT.get_template(name).module


def render_blocks(name: str, /, **context: Any) -> Any:
    """Return the module of a template rendered with a context: what it sets, escaped already."""
    return ENVIRONMENT.get_template(name).make_module(context)


def render_fragment(name: str, /, **context: Any) -> Markup:
    """Render part of a page, marked as escaped; it is converted with the page it stands in."""
    return Markup(ENVIRONMENT.get_template(name).render(context))  # noqa: S704 - our own templates


def render(name: str, /, **context: Any) -> str:
    """Render a whole page or email in the reader's language and script."""
    text = ENVIRONMENT.get_template(name).render(context)
    return convert(text) if name.endswith(".txt") else convert_page(text)
