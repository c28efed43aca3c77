"""Answers keep the promises of their cache class, weigh little and are pages even when wrong."""

import asyncio
import re

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from portal import HOME
from portal.app import declarations
from portal.domain.stories.models import Comment, CommentState
from portal.i18n.translated import Translated
from portal.web.http.policies import Cache
from tests.conftest import ADDRESS
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_comment, make_own_story, make_person
from tests.pages import page_of, words
from tests.platform.http.expected import FORM, faults_of
from tests.published import publish_and_keep_back
from tests.queries import queries_of


def test_every_answer_has_the_security_headers(app, client, bare, database, slug):
    own = {"origin": ADDRESS}
    asset = app.state.site.assets.url("main.js")
    etag = client.get(asset).headers["etag"]
    form = "application/x-www-form-urlencoded"
    answers = {
        200: client.get(f"/en/events/{slug}"),
        302: client.get("/"),
        303: client.get("/en/profile"),
        304: client.get(asset, headers={"if-none-match": etag}),
        308: client.get("/en/"),
        403: bare.post("/en/time-zone", data=FORM),
        404: client.get("/en/nothing-here"),
        405: client.post("/en/calendar", data=FORM),
        413: bare.post(
            "/en/time-zone", content=b"a" * 600_000, headers=own | {"content-type": form}
        ),
        415: client.post("/en/time-zone", files={"time_zone": b"Europe/Berlin"}),
        421: bare.get("/en", headers={"host": "evil.example"}),
        422: client.post("/en/time-zone", data={"time_zone": "Mars/Phobos"}),
    }
    with database.writing() as db:
        db.execute(text("DROP TABLE event_tags"))
    answers[500] = client.get("/en")
    assert [answer.status_code for answer in answers.values()] == list(answers)
    faults = {status: faults_of(answer) for status, answer in answers.items()}
    assert {status: missing for status, missing in faults.items() if missing} == {}


@ON_ONE_ENGINE
def test_pages_that_went_wrong_are_pages_in_the_readers_language(client, slug):
    for path, language in (("/kk/nothing", "kk"), ("/ru/events/nothing", "ru"), ("/en/x", "en")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text
        assert f"/{language}/events" in answer.text
    for header, language in (("ru-RU,ru;q=0.9", "ru"), ("en-GB", "en"), ("fr", "kk"), ("", "kk")):
        answer = client.get("/de/events", headers={"accept-language": header})
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text


def test_an_unexpected_fault_is_a_page_without_internals(client, database):
    with database.writing() as db:
        db.execute(text("DROP TABLE event_tags"))
    answer = client.get("/en")
    assert answer.status_code == 500
    assert "Something broke on our side" in words(answer)
    for internal in ("event_tags", "Error", "Traceback", "portal/web", "SELECT"):
        assert internal not in answer.text


def test_head_is_answered_wherever_get_is(client, slug):
    paths = {
        "home.root": "/",
        "home": "/en",
        "events.index": "/en/events",
        "events.show": f"/en/events/{slug}",
        "events.file": f"/en/events/{slug}/event.ics",
        "calendar.feed": "/en/calendar.ics",
        "calendar.month": "/en/calendar/2027-04",
        "profile.edit": "/en/profile",
        "health.alive": "/healthz",
        "health.ready": "/readyz",
        "sitemap.robots": "/robots.txt",
    }
    for path in paths.values():
        got, asked = client.get(path), client.head(path)
        assert asked.status_code == got.status_code, path
        assert asked.headers["cache-control"] == got.headers["cache-control"], path


def test_public_pages_set_no_cookie_and_ask_for_no_person(client, database, slug):
    for path in (
        *("/en", "/en/events", f"/en/events/{slug}", f"/en/events/{slug}/event.ics"),
        *("/en/calendar", "/en/calendar.ics", "/en/organizations", "/en/privacy", "/robots.txt"),
    ):
        with queries_of(database) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers, path
        assert answer.headers["cache-control"] == "public, no-cache", path
        assert "Cookie" in answer.headers["vary"], path
        assert not [s for s in sent if "people" in s or "sign_in_sessions" in s], path


@ON_ONE_ENGINE
def test_the_way_to_a_language_depends_on_the_languages_asked_for(client):
    answer = client.get("/", headers={"accept-language": "ru"})
    assert answer.headers["location"] == "/ru"
    assert "Accept-Language" in answer.headers["vary"]


def test_pages_of_members_are_kept_by_nobody(client, browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db, "Dinara")
    browser = browser_of(person)
    for path in ("/en", "/en/events", f"/en/events/{slug}", "/en/organizations", "/en/profile"):
        answer = browser.get(path)
        assert "no-store" in answer.headers["cache-control"], path
        assert "Dinara" in answer.text, path
    # Nor are pages of a browser whose session has just ended: it may still be somebody's.
    stale = client.get("/en", headers={"cookie": "__Host-session=over"})
    assert "no-store" in stale.headers["cache-control"]


def test_public_and_private_answers_keep_the_promise_of_their_cache_class(client, slug):
    for route in declarations():
        path = route.path.replace("{language:language}", "en").replace("{slug}", slug)
        if route.method == "GET" and "{" not in path:
            control = client.get(path).headers["cache-control"]
            allowed = {
                Cache.PUBLIC: {"public, no-cache", "no-store"},
                Cache.PRIVATE: {"no-store"},
            }[route.cache]
            assert control in allowed, route.name


def test_reading_writes_nothing_whatever_a_page_tries(database):
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"), database.reading() as db:
        make_person(db)


@pytest.mark.parametrize(
    ("path", "is_brief"), [("/en", True), ("/en/events", True), ("/en/calendar", False)]
)
def test_only_brief_pages_of_a_local_file_are_read_on_the_loop(app, client, path, is_brief):
    """A database behind a network never keeps the loop waiting."""
    loops = []
    database = app.state.site.database

    @event.listens_for(database.reading_engine, "before_cursor_execute")
    def note(*_asked):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            loops.append(False)
        else:
            loops.append(True)

    assert client.get(path).status_code == 200
    assert set(loops) == {is_brief and database.is_sqlite}


# Everything a text page needs, over the line, before anything is kept: fonts are the reader's own.
MAX_BYTES = 60_000
IMPORTED = re.compile(r'["\']\./([\w-]+\.js)["\']')
ON_THE_WAY = {"accept-encoding": "gzip"}


def fetched(client, path):
    """Bytes over the line by address: the page as it is, and all it asks for, scripts' too."""
    page = client.get(path)
    sent = {path: len(page.content)}
    tree = page_of(page)
    waiting = tree.xpath(
        "//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src | //img/@src"
    )
    while waiting:
        address = waiting.pop()
        if address in sent:
            continue
        with client.stream("GET", address, headers=ON_THE_WAY) as answer:
            sent[address] = len(b"".join(answer.iter_raw()))
        if address.endswith(".js"):
            # More than the page itself needs: whatever the script could load.
            waiting += [f"/static/{name}" for name in IMPORTED.findall(client.get(address).text)]
    return sent


# Longer than any text of the demo: some six minutes of reading, with what it may hold.
PARAGRAPH = (
    "Атам қобдишаны ашқанда, бөлмеге **ескі қағаздың** иісі тарады. Біз үшеуміз үн-түнсіз отырдық: "
    "әрқайсымыз өз хатымызды іздеп, [әр жолды](https://a.example/hat) қайта-қайта оқыдық.\n\n"
)
LONG = (
    "## Қобдиша\n\n" + 30 * PARAGRAPH + "> Сөз қалады.\n\n| Жыл | Хат |\n|---|---|\n| 1932 | 3 |\n"
)


@pytest.fixture
def writings(database):
    """A long story that people talk about, an initiative, and a full front page."""
    publish_and_keep_back(database)
    with database.writing() as db:
        author = make_person(db)
        body = Translated.of("kk", kk=LONG)
        story = make_own_story(db, author, published=True, byline="Ақку", body=body)
        for number in range(20):
            make_comment(db, story, author, f"Рақмет, {number}-ретін оқыдым!", byline="Оқырман")
        for comment in db.scalars(select(Comment)):
            comment.state = CommentState.VISIBLE.value
        assert story.slug == "kokpar-berlinde"


@pytest.mark.parametrize(
    "path",
    [
        *("/kk/about", "/ru/rules", "/en/privacy", "/kk", "/kk/stories/kokpar-berlinde"),
        *("/ru/stories", "/kk/initiatives/ayaqtalgan", "/en/results", "/en/authors/aqku"),
    ],
)
def test_a_text_page_weighs_little_on_first_load(client, writings, path):
    assert client.get(path).status_code == 200
    sent = fetched(client, path)
    assert len(sent) >= 4, sent
    assert any(address.endswith(".css") for address in sent)
    assert sum(sent.values()) < MAX_BYTES, sent


def test_a_second_page_costs_its_own_text_alone(client):
    first, second = fetched(client, "/kk/about"), fetched(client, "/kk/contact")
    assert set(second) - set(first) == {"/kk/contact"}
    for address in first:
        if address.startswith("/static/"):
            assert "immutable" in client.get(address).headers["cache-control"]


def test_the_sheet_brings_no_font_and_no_picture_along():
    written = "".join(
        path.read_text(encoding="utf-8") for path in (HOME / "static" / "css").rglob("*.css")
    )
    assert "@font-face" not in written
    assert "url(" not in written
