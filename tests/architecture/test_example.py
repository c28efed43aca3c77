"""The page that docs/contributing.md shows is complete and does what it says."""

import re
import sys
from types import ModuleType

import pytest
from jinja2 import FileSystemLoader

from portal import HOME, app
from tests.conftest import keep_session
from tests.factories import make_person, session_cookie
from tests.pages import errors_of, value_of, words

PAGE = (HOME / "docs" / "contributing.md").read_text(encoding="utf-8")
(PYTHON,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
(TEMPLATE,) = re.findall(r"^```jinja\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
# What stands beside the field if it is empty, and if the verb refuses what was typed.
TOLD = {
    "kk": ("Мұны толтыру керек.", "Жұрт оқитын атты жазыңыз; лақап ат та жарайды."),
    "ru": ("Это нужно заполнить.", "Напишите имя, которое увидят все; можно псевдоним."),
}


@pytest.fixture
def member(browser_at, monkeypatch):
    """A member's browser at a portal that has the page, too."""
    files = FileSystemLoader.get_source

    def get_source(loader, environment, name):
        if name == "stories/pen_name.html":
            return TEMPLATE, None, None
        return files(loader, environment, name)

    monkeypatch.setattr(FileSystemLoader, "get_source", get_source)
    example = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", example)
    exec(compile(PYTHON, "docs/contributing.md", "exec"), vars(example))
    monkeypatch.setattr(app, "ROUTERS", (*app.ROUTERS, example.router))
    browser = browser_at()
    with browser.site.database.writing() as db:
        person = make_person(db)
    keep_session(browser, session_cookie(browser.site.database, person))
    return browser


def test_the_example_is_short():
    assert len(PYTHON.splitlines()) <= 25


def test_strangers_are_sent_to_sign_in(member):
    member.cookies.clear()
    answer = member.get("/en/pen-name")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/en/sign-in")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_bad_input_is_told_in_the_readers_language_and_kept(member, language):
    address = f"/{language}/pen-name"
    assert value_of(member.get(address), "byline") is None
    for typed, told in zip((None, "— ! —"), TOLD[language], strict=True):
        answer = member.post(address, data={"byline": typed or ""})
        assert answer.status_code == 422
        assert told in errors_of(answer)["byline"]
        assert value_of(answer, "byline") == typed


def test_good_input_is_saved(member):
    answer = member.post("/en/pen-name", data={"byline": "Ақку"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/profile")
    assert words(member.get("/en/authors/aqku"), "//h1") == "Ақку"
