"""Static files: read once, named after their content, answered from memory, kept for good."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.web.caching.compression import COMPRESSIONS, compression_for

PREFIX: Final = "/static/"
SHEET: Final = "shanyraq.css"
# The order in which the files of the one style sheet are read; layers.css names the layers.
SHEET_PARTS: Final = (
    "layers.css",
    "tokens.css",
    "base.css",
    "layout.css",
    "components/*.css",
    "utilities.css",
    "print.css",
)
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}
TEXT_TYPES: Final = (".css", ".js", ".svg")
# A name changes with its content, so what it names never does.
FOREVER: Final = "public, max-age=31536000, immutable"
_IMPORTED = re.compile(r"""(?<=["'])\./(?P<name>[\w-]+\.js)(?=["'])""")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is answered: its bytes, plain and (for text) packed by names of codings."""

    body: bytes
    packed: dict[str, bytes]
    content_type: str
    digest: str
    integrity: str


class Assets:
    """The portal's own style sheet, scripts and images, by the names that templates use."""

    def __init__(self, folder: Path) -> None:
        """Read `css/`, `js/` and `images/` of `folder`; raise where a script imports nothing."""
        self._published: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        self._add(SHEET, _sheet(folder / "css"))
        for image in sorted((folder / "images").iterdir()):
            self._add(image.name, image.read_bytes())
        modules = {path.name: path for path in sorted((folder / "js").glob("*.js"))}
        for name in modules:
            self._add_module(name, modules, ())

    def url(self, name: str) -> str:
        """Return the path of a file under the name it has until its content changes."""
        return PREFIX + self._published[name]

    def integrity(self, name: str) -> str:
        """Return the hash of a file's content; what a script imports is not covered."""
        return self._assets[self._published[name]].integrity

    def route(self) -> Route:
        """Answer GET and HEAD for every file; anything else under the prefix is not found."""
        return Route(PREFIX + "{file}", self.show, methods=["GET"], name="static")

    async def show(self, request: Request) -> Response:
        """Return one file, or 304 to a reader who has it."""
        asset = self._assets.get(request.path_params["file"])
        if asset is None:
            return PlainTextResponse("Not found", 404)
        body, etag = asset.body, f'"{asset.digest}"'
        headers = {"cache-control": FOREVER, "content-type": asset.content_type}
        if asset.packed:
            headers["vary"] = "Accept-Encoding"
            coding = compression_for(request.headers.get("accept-encoding", ""))
            if coding is not None:
                body, etag = asset.packed[coding.name], f'"{asset.digest}-{coding.name}"'
                headers["content-encoding"] = coding.name
        headers["etag"] = etag
        if etag in request.headers.get("if-none-match", ""):
            del headers["content-type"]
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)

    def _add(self, name: str, body: bytes) -> None:
        stem, suffix = name.rsplit(".", 1)
        hashed = hashlib.sha256(body)
        digest = hashed.hexdigest()[:16]
        packs = f".{suffix}" in TEXT_TYPES
        self._published[name] = f"{stem}-{digest}.{suffix}"
        self._assets[self._published[name]] = Asset(
            body,
            {coding.name: coding.press(body) for coding in COMPRESSIONS} if packs else {},
            CONTENT_TYPES[f".{suffix}"],
            digest,
            "sha256-" + base64.b64encode(hashed.digest()).decode(),
        )

    def _add_module(self, name: str, modules: dict[str, Path], importers: tuple[str, ...]) -> None:
        """Publish what a script imports before the script, whose text then names it."""
        if name in importers:
            message = f"scripts import each other in a circle: {' → '.join((*importers, name))}"
            raise ValueError(message)
        if name in self._published:
            return

        def published(imported: re.Match[str]) -> str:
            self._add_module(imported["name"], modules, (*importers, name))
            return "./" + self._published[imported["name"]]

        text = modules[name].read_text(encoding="utf-8")
        self._add(name, _IMPORTED.sub(published, text).encode())


def _sheet(folder: Path) -> bytes:
    parts = [path for pattern in SHEET_PARTS for path in sorted(folder.glob(pattern))]
    return b"\n".join(path.read_bytes() for path in parts)
