"""Jinja templates in the language now spoken, for pages and letters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal import HOME, i18n

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

# Drawings kept by `remembered`: the rows of all lists that are being read, some kilobytes each.
MOST_REMEMBERED = 2_048


def _gettext(message: str, **values: Any) -> Markup:
    # Jinja's own wrapper formats every message, placeholders or none; a page has dozens.
    said = Markup(i18n.gettext(message))  # noqa: S704 - catalogues are ours
    return said % values if values else said


def _ngettext(one: str, many: str, num: int, **values: Any) -> Markup:
    form = i18n.plural_form(one, many, num)
    return Markup(form) % {"num": num, **values}  # noqa: S704 - catalogues are ours


def _made(*, autoescape: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HOME / "templates"),
        autoescape=autoescape,  # noqa: S701 - plain text has no markup to protect
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    return made


environment = _made(autoescape=True)
environment.globals.update(gettext=_gettext, _=_gettext, ngettext=_ngettext)
# For letters' plain text alone.
plain_environment = _made(autoescape=False)


@lru_cache(maxsize=MOST_REMEMBERED)
def _drawn(macro: Callable[..., Markup], language: str, *arguments: Hashable) -> Markup:
    with i18n.speaking(language):
        return macro(*arguments)


def remembered(macro: Callable[..., Markup], *arguments: Hashable) -> Markup:
    """What a macro draws of exactly these values in the language now spoken, drawn once.

    The whole content is the key, so a drawing can be old but never wrong.
    """
    return _drawn(macro, i18n.current_language.get(), *arguments)


environment.globals["remembered"] = remembered


def render(template: str, **context: Any) -> str:
    """The template's text; an undefined name is an error, never an empty place."""
    return environment.get_template(template).render(context)
