"""Drafts by a machine of the operator's choice; what is not language in a text goes untouched."""

import asyncio
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from portal.config.settings import Settings
from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

SECONDS: Final = 30.0
MAX_BYTES: Final = 2 * 1024 * 1024
# DeepL takes fifty texts at once, LibreTranslate as many as its operator allows.
MAX_AT_ONCE: Final = 25

# Code, pictures, the targets of links, addresses, HTML and footnotes' marks.
_UNTOUCHED: Final = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`|!\[[^\]\n]*\]\([^)\n]*\)|\]\([^)\n]*\)"
    r"|<[^<>\n]+>|https?://[^\s<>)]+|\[\^[^\]\n]+\]:?",
    re.DOTALL,
)
_PLACEHOLDER: Final = re.compile(r'<x id="(\d+)"\s*(?:/>|>\s*</x>)')


class MachineAwayError(Refusal):
    """No answer that can be used, for whatever reason."""

    message = _("The translation machine does not answer as it should. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text as a machine gets it, and what its placeholders stand for."""

    text: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "MaskedText":
        """Put a placeholder where nothing may be translated."""
        parts = tuple(match[0] for match in _UNTOUCHED.finditer(text))
        pieces = [html.escape(piece, quote=False) for piece in _UNTOUCHED.split(text)]
        holders = [f'<x id="{number}"/>' for number in range(len(parts))]
        joined = "".join(map("".join, zip(pieces, [*holders, ""], strict=True)))
        return cls(joined, parts)

    @property
    def has_words(self) -> bool:
        """Whether anything is left to translate."""
        return any(character.isalpha() for character in _PLACEHOLDER.sub("", self.text))

    def restored(self, answer: str) -> str | None:
        """Return the answer with all parts in place; None unless each came back exactly once."""
        numbers = sorted(int(number) for number in _PLACEHOLDER.findall(answer))
        rest = _PLACEHOLDER.sub("", answer)
        if numbers != list(range(len(self.parts))) or "<" in rest or ">" in rest:
            return None
        pieces = _PLACEHOLDER.split(answer)
        words = [html.unescape(piece) for piece in pieces[::2]]
        parts = [self.parts[int(number)] for number in pieces[1::2]]
        return "".join(map("".join, zip(words, [*parts, ""], strict=True))).strip()


class Engine(Protocol):
    """How one service is asked: its requests and what its answers say."""

    path: str

    def question(
        self, texts: Sequence[str], source: str, target: str, key: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Headers and body."""

    def answer(self, payload: Any) -> list[str]:
        """Return the texts of an answer, or raise whatever comes of it not being one."""


class LibreTranslate:
    """The free one, which a portal can run itself: docs.libretranslate.com."""

    path = "/translate"

    def question(
        self, texts: Sequence[str], source: str, target: str, key: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """As HTML, so that placeholders are left alone."""
        body = {"q": list(texts), "source": source, "target": target, "format": "html"}
        return {}, body | ({"api_key": key} if key else {})

    def answer(self, payload: Any) -> list[str]:
        """Return the translations, in the order of the question."""
        return [str(text) for text in payload["translatedText"]]


class DeepL:
    """The one for pay: developers.deepl.com."""

    path = "/v2/translate"
    # English as a target is one of two; the portal writes British.
    _TARGETS: Final = {"en": "EN-GB"}

    def question(
        self, texts: Sequence[str], source: str, target: str, key: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """As XML, so that placeholders are left alone."""
        body = {
            "text": list(texts),
            "source_lang": source.upper(),
            "target_lang": self._TARGETS.get(target, target.upper()),
            "tag_handling": "xml",
        }
        return {"authorization": f"DeepL-Auth-Key {key}"}, body

    def answer(self, payload: Any) -> list[str]:
        """Return one translation per text, in the order of the question."""
        return [str(each["text"]) for each in payload["translations"]]


ENGINES: Final[dict[str, Engine]] = {"libretranslate": LibreTranslate(), "deepl": DeepL()}


class Machine:
    """The service of the settings, asked within one deadline, whatever it is."""

    def __init__(self, engine: Engine, url: str, key: str) -> None:
        self._engine, self._url, self._key = engine, url.rstrip("/") + engine.path, key

    @classmethod
    def of(cls, settings: Settings) -> "Machine | None":
        """None where the operator has not chosen any."""
        if not settings.machine_translation:
            return None
        engine = ENGINES[settings.machine_translation]
        return cls(engine, settings.machine_translation_url, settings.machine_translation_key)

    async def translated(self, texts: Sequence[str], source: str, target: str) -> dict[str, str]:
        """By text, its draft; without those that came back with a part lost or doubled."""
        drafts = {text: text for text in texts if not MaskedText.of(text).has_words}
        masked = {text: MaskedText.of(text) for text in texts if text not in drafts}
        asked = list(masked)
        try:
            async with (
                asyncio.timeout(SECONDS),
                httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client,
            ):
                for start in range(0, len(asked), MAX_AT_ONCE):
                    some = asked[start : start + MAX_AT_ONCE]
                    said = await self._ask(
                        client, [masked[each].text for each in some], source, target
                    )
                    answers = zip(some, said, strict=True)
                    restored = {text: masked[text].restored(answer) for text, answer in answers}
                    drafts |= {text: draft for text, draft in restored.items() if draft}
        except (httpx.HTTPError, TimeoutError, ValueError, LookupError, TypeError) as failure:
            raise MachineAwayError from failure
        return drafts

    async def _ask(
        self, client: httpx.AsyncClient, texts: Sequence[str], source: str, target: str
    ) -> list[str]:
        headers, body = self._engine.question(texts, source, target, self._key)
        async with client.stream("POST", self._url, headers=headers, json=body) as answer:
            answer.raise_for_status()
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > MAX_BYTES:
                    raise MachineAwayError
        return self._engine.answer(httpx.Response(200, content=content).json())
