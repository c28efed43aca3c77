"""Jinja templates in the language now spoken; pages and letters are made with the same environment."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal import HOME, i18n

environment = Environment(
    loader=FileSystemLoader(HOME / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)
environment.policies["ext.i18n.trimmed"] = True
environment.install_gettext_callables(  # type: ignore[attr-defined]
    i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
)


def render(template: str, **context: Any) -> str:
    """The template's text; an undefined name is an error, never an empty place."""
    return environment.get_template(template).render(context)
