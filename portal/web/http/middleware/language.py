"""Chooses the language of a request before anything else runs."""

from typing import Final

from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.i18n.locale import LANGUAGE_TAGS, match_tag, speak


class LanguageConvertor(Convertor[str]):
    """Lets `{language:language}` in a path match the portal's tags and nothing else."""

    # The longer first, since a regular expression takes the first that fits.
    regex = "|".join(sorted(LANGUAGE_TAGS, key=len, reverse=True))

    def convert(self, value: str) -> str:
        """Return the tag as it stands in the path."""
        return value

    def to_string(self, value: str) -> str:
        """Return the tag as it stands in the path."""
        return value


register_url_convertor("language", LanguageConvertor())
# What the paths of pages in every language begin with.
PREFIX: Final = "/{language:language}"


class LanguageMiddleware:
    """Takes the language of the path, or else the one the browser asks for, for error pages too."""

    # Plain ASGI: a context variable set here reaches threads; one set in a dependency does not.

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell everything below what to speak."""
        if scope["type"] == "http":
            first = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
            if first in LANGUAGE_TAGS:
                speak(first)
            else:
                speak(match_tag(Headers(scope=scope).get("accept-language", "")))
        await self.app(scope, receive, send)
