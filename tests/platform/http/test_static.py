"""Static files: names that follow their content, and answers that are kept for good."""

import asyncio
import re
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from portal import HOME
from portal.web.http.static import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "css/layers.css": "@layer a, z;",
        "css/tokens.css": "@layer a {}",
        "css/components/button.css": ".btn {}",
        "css/components/acts.css": ".acts {}",
        "css/print.css": "@layer z {}",
        "js/main.js": 'import "./offer.js";\nconst later = () => import("./deep.js");',
        "js/offer.js": "import './deep.js';",
        "js/deep.js": "export const deep = 1;",
        "images/mark.svg": "<svg/>",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


class Reader:
    """A browser that unpacks nothing unless told to."""

    def __init__(self, folder: Path) -> None:
        self.assets = Assets(folder)
        self.app = Starlette(routes=[self.assets.route()])

    def ask(self, method: str, path: str, **headers: str) -> Response:
        headers = {"accept-encoding": "identity"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }

        async def asked() -> Response:
            transport = ASGITransport(self.app)
            async with AsyncClient(transport=transport, base_url="http://portal") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(asked())

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, **headers)


def test_the_style_sheet_is_one_file_in_the_order_of_layers(folder: Path) -> None:
    reader = Reader(folder)
    assets = reader.assets
    sheet = reader.get(assets.url("shanyraq.css"))
    assert sheet.text.split("\n") == [
        "@layer a, z;",
        "@layer a {}",
        ".acts {}",
        ".btn {}",
        "@layer z {}",
    ]
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"


def test_a_name_changes_with_its_content_and_with_what_it_imports(folder: Path) -> None:
    before = Assets(folder)
    (folder / "js/deep.js").write_text("export const deep = 2;", encoding="utf-8")
    after = Assets(folder)
    assert re.fullmatch(r"/static/main-[0-9a-f]{16}\.js", before.url("main.js"))
    assert {
        name
        for name in ("main.js", "offer.js", "deep.js", "mark.svg", "shanyraq.css")
        if before.url(name) != after.url(name)
    } == {"main.js", "offer.js", "deep.js"}


def test_imports_lead_to_files_that_are_answered(folder: Path) -> None:
    reader = Reader(folder)
    assets = reader.assets
    text = reader.get(assets.url("main.js")).text
    imported = re.findall(r'"\./([^"]+)"', text)
    assert imported == [assets.url(name).rpartition("/")[2] for name in ("offer.js", "deep.js")]
    for name in imported:
        answer = reader.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_script_that_imports_nothing_known_or_itself_fails_at_the_start(
    folder: Path,
) -> None:
    (folder / "js/deep.js").write_text('import "./gone.js";', encoding="utf-8")
    with pytest.raises(KeyError, match=r"gone\.js"):
        Assets(folder)
    (folder / "js/deep.js").write_text('import "./main.js";', encoding="utf-8")
    with pytest.raises(ValueError, match="in a circle"):
        Assets(folder)


def test_an_answer_may_be_kept_for_good_and_is_not_sent_twice(folder: Path) -> None:
    reader = Reader(folder)
    assets = reader.assets
    url = assets.url("mark.svg")
    first = reader.get(url)
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["content-type"] == "image/svg+xml"
    again = reader.get(url, if_none_match=first.headers["etag"])
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


def test_text_is_packed_for_those_who_can_unpack_it(folder: Path) -> None:
    reader = Reader(folder)
    assets = reader.assets
    url = assets.url("shanyraq.css")
    plain = reader.get(url)
    assert "content-encoding" not in plain.headers
    etags = {plain.headers["etag"]}
    for accepted, coding in (("gzip", "gzip"), ("gzip, deflate, br", "br")):
        packed = reader.get(url, accept_encoding=accepted)
        assert packed.headers["content-encoding"] == coding
        assert packed.text == plain.text
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
        etags.add(packed.headers["etag"])
    assert len(etags) == 3


def test_only_known_names_are_found_and_only_read(folder: Path) -> None:
    reader = Reader(folder)
    assets = reader.assets
    known = assets.url("mark.svg")
    assert reader.ask("HEAD", known).status_code == 200
    assert reader.ask("POST", known).status_code == 405
    for path in (
        "/static/mark.svg",
        "/static/mark-0000000000000000.svg",
        "/static/..%2fpyproject.toml",
        "/static/%2e%2e/pyproject.toml",
    ):
        assert reader.get(path).status_code == 404
    with pytest.raises(KeyError, match=r"absent\.css"):
        assets.url("absent.css")


def test_the_portals_own_sheet_asks_for_nothing_and_declares_every_layer_it_uses() -> None:
    reader = Reader(HOME / "static")
    assets = reader.assets
    sheet = reader.get(assets.url("shanyraq.css")).text
    declared = re.match(r"/\*.*?\*/\s*@layer ([^;]+);", sheet, re.DOTALL)
    assert declared is not None
    assert set(re.findall(r"@layer ([\w-]+) \{", sheet)) <= set(declared[1].split(", "))
    for foreign in ("url(", "@import", "http:", "https:"):
        assert foreign not in sheet
