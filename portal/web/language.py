"""Chooses the language of a request before anything else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers

from portal.i18n import LANGUAGES, current_language, match_language

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class LanguageConvertor(Convertor[str]):
    """Lets `{language:language}` in a path match the portal's languages and nothing else."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        """The tag as it stands in the path."""
        return value

    def to_string(self, value: str) -> str:
        """The tag as it stands in the path."""
        return value


register_url_convertor("language", LanguageConvertor())


class LanguageMiddleware:
    """The language in the path, else the one the browser asks for, for error pages too.

    Plain ASGI: a context variable set here reaches handlers in threads; one set in a dependency
    does not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sets `current_language` for everything below."""
        if scope["type"] == "http":
            first = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
            language = first if first in LANGUAGES else None
            if language is None:
                language = match_language(Headers(scope=scope).get("accept-language", ""))
            current_language.set(language)
        await self.app(scope, receive, send)
