"""An item's pictures: who adds them, what is kept of them, and what readers are shown."""

from __future__ import annotations

import json
import resource
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from portal import clock
from portal.app import create_app
from portal.domain.accounts import actions as accounts
from portal.domain.events.queries import managed_event
from portal.domain.media import actions as media
from portal.domain.media.models import Image, RemovedImage
from portal.domain.media.queries import covers_of, images_of, pictures_of
from portal.domain.media.rules import MOST_IMAGES
from portal.domain.people.models import Person
from portal.domain.registrations.consequences import change_event
from portal.items import ItemKind
from portal.settings import Settings
from portal.translated import Translated
from tests import images
from tests.conftest import ADDRESS, keep_session
from tests.engines import ON_ONE_ENGINE
from tests.factories import (
    make_details,
    make_event,
    make_image,
    make_organization,
    make_person,
    session_cookie,
)
from tests.functional.pages import errors_of, page_of, value_of, words
from tests.functional.processes import serving
from tests.functional.queries import queries_of

pytestmark = ON_ONE_ENGINE

WORDS = {"alt_kk": "Үш домбырашы", "alt_ru": "Три домбриста", "caption_kk": "Берлин, 2026"}


@pytest.fixture
def event(database, editor):
    """Written first in Kazakh."""
    from portal.domain.organizations.models import Organization

    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        made = make_event(db, ours)
        db.expunge(made)
        return made


@pytest.fixture
def editing(browser_of, editor, event):
    return browser_of(editor)


def send(browser, event, content=None, name="picture.jpg", **fields):
    content = images.picture_file() if content is None else content
    return browser.post(
        f"/en/organizing/images/event/{event.slug}",
        data=fields,
        files={"picture": (name, content, "image/jpeg")},
    )


def pictures(database, event):
    with database.reading() as db:
        return images_of(db, ItemKind.EVENT, event.id)


def files_of(settings):
    folder = settings.data_dir / "media"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_picture_is_taken_in_with_its_words(editing, event, editor, database, settings):
    answer = send(editing, event, **WORDS)
    assert answer.status_code == 303
    (image,) = pictures(database, event)
    assert (image.width, image.height, image.person_id) == (800, 600, editor.id)
    assert image.alt == Translated.of("kk", kk="Үш домбырашы", ru="Три домбриста")
    assert image.caption == Translated.of("kk", kk="Берлин, 2026")
    assert len(image.key) == 22
    assert {str(path.relative_to(settings.data_dir / "media")) for path in files_of(settings)} == {
        f"{image.key}/{width}.{kind}" for width in (480, 800) for kind in ("webp", "jpg")
    }
    page = editing.get(answer.headers["location"])
    assert "Үш домбырашы" in words(page)
    assert page_of(page).xpath("//main//picture//img/@src") == [f"/images/{image.key}/800.jpg"]


@pytest.mark.parametrize("make", [images.marked_jpeg, images.marked_png, images.marked_webp])
def test_no_stored_and_no_served_file_holds_what_was_said_beside_the_pixels(
    editing, event, database, settings, make
):
    assert images.MARKER in make()
    assert send(editing, event, make(), **WORDS).status_code == 303
    (image,) = pictures(database, event)
    stored = [path.read_bytes() for path in files_of(settings)]
    served = [
        editing.get(f"/images/{image.key}/{width}.{kind}").content
        for width in (480, 800)
        for kind in ("webp", "jpg")
    ]
    assert sorted(stored) == sorted(served)
    assert not any(images.MARKER in content for content in stored)


def test_a_picture_without_words_is_kept_and_its_words_are_asked_for(editing, event, database):
    answer = send(editing, event, alt_ru="Три домбриста", caption_kk="Берлин")
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"alt_kk"}
    assert value_of(answer, "alt_ru") == "Три домбриста"
    assert value_of(answer, "caption_kk") == "Берлин"
    assert "The picture itself has been kept" in words(answer)
    (image,) = pictures(database, event)
    with database.reading() as db:
        assert pictures_of(db, ItemKind.EVENT, event.id) == ()
    (form,) = page_of(answer).xpath("//main//form[@data-keep]")
    assert form.get("action").endswith(f"/{image.key}")
    assert "Words are missing" in words(editing.get(f"/en/organizing/images/event/{event.slug}"))

    assert editing.post(form.get("action"), data=WORDS).status_code == 303
    with database.reading() as db:
        (picture,) = pictures_of(db, ItemKind.EVENT, event.id)
    assert picture.alt.said("kk").text == "Үш домбырашы"


def test_words_too_long_are_said_beside_their_field(editing, event):
    answer = send(editing, event, alt_kk="ү" * 301)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"alt_kk"}
    assert value_of(answer, "alt_kk") == "ү" * 301


REFUSED = {
    "64 megapixels": (images.bomb(), "8000 × 8000 pixels"),
    "truncated": (images.picture_file()[:9_000], "damaged"),
    "GIF and script": (images.GIF_AND_SCRIPT, "not a picture"),
    "SVG": (images.SVG, "not a picture"),
    "HTML": (images.PAGE, "not a picture"),
    "moving": (images.animated("WEBP"), "moves"),
    "too small": (images.picture_file(100, 100), "100 × 100 pixels"),
    "12 MB and a little": (images.picture_file() + bytes(12 * 1024 * 1024), "larger than 12 MB"),
    "nothing": (b"", "Choose a picture"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_refused_with_the_reason_and_the_words_stay(
    editing, event, database, settings, name
):
    content, reason = REFUSED[name]
    answer = send(editing, event, content, **WORDS)
    assert answer.status_code == 422
    assert reason in errors_of(answer)["picture"]
    assert value_of(answer, "alt_kk") == WORDS["alt_kk"]
    assert pictures(database, event) == []
    assert files_of(settings) == []


def test_20_mb_are_refused_before_they_are_read(editing, event, database):
    path = f"/en/organizing/images/event/{event.slug}"
    sent = []

    def chunks():
        for number in range(20):
            sent.append(number)
            yield bytes(1024 * 1024)

    form = {"content-type": "multipart/form-data; boundary=x"}
    announced = editing.post(path, content=bytes(20 * 1024 * 1024), headers=form)
    assert announced.status_code == 413
    assert "12 MB" in words(announced)
    assert editing.post(path, content=chunks(), headers=form).status_code == 413
    assert pictures(database, event) == []


def test_only_what_is_declared_to_take_files_takes_them(editing, event, client):
    for path in (
        f"/en/organizing/events/{event.slug}",
        f"/en/organizing/images/event/{event.slug}/some-key",
        "/en/profile",
        f"/en/events/{event.slug}/registration",
    ):
        for browser in (editing, client):
            answer = browser.post(path, files={"picture": ("x", images.picture_file(300, 300))})
            assert answer.status_code == 415, path
        large = {"content-type": "application/x-www-form-urlencoded"}
        answer = editing.post(path, content=b"a=" + bytes(600 * 1024), headers=large)
        assert answer.status_code == 413, path


def test_a_form_carries_one_file_and_not_many(editing, event, database):
    two = [("picture", ("1", images.picture_file())), ("picture", ("2", images.picture_file()))]
    path = f"/en/organizing/images/event/{event.slug}"
    assert editing.post(path, data=WORDS, files=two).status_code == 400
    assert pictures(database, event) == []


@pytest.mark.parametrize(
    "name", ["../../portal.db", "<script>alert(1)</script>.jpg", "a\r\nb.jpg", "x.php", "ү" * 900]
)
def test_what_a_file_is_called_does_not_matter(editing, event, database, settings, name):
    answer = send(editing, event, name=name, **WORDS)
    assert answer.status_code == 303
    (image,) = pictures(database, event)
    assert all(path.parent.name == image.key for path in files_of(settings))
    shown = editing.get(answer.headers["location"]).text
    assert "alert(1)" not in shown
    assert "portal.db" not in shown


def test_whoever_may_not_edit_is_turned_away_before_anything_is_read(
    browser_of, database, event, settings
):
    with database.writing() as db:
        other = make_person(db)
    unreadable = b"--x\r\nbroken"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    path = f"/en/organizing/images/event/{event.slug}"
    for person, promised in ((None, 303), (other, 404)):
        answer = browser_of(person).post(path, content=unreadable, headers=headers)
        assert answer.status_code == promised
    for unknown in ("organization", "nothing", "event%00"):
        answer = browser_of(other).post(f"/en/organizing/images/{unknown}/{event.slug}")
        assert answer.status_code == 404
    assert browser_of(other).post(f"{path}%00").status_code == 404
    assert files_of(settings) == []


def test_an_item_has_only_so_many_pictures(editing, event, database):
    with database.writing() as db:
        for _each in range(MOST_IMAGES):
            make_image(db, db.merge(event))
    answer = send(editing, event, **WORDS)
    assert answer.status_code == 422
    assert str(MOST_IMAGES) in errors_of(answer)["picture"]
    assert len(pictures(database, event)) == MOST_IMAGES


def test_uploads_are_limited_for_each_person_and_the_words_stay(settings, database, editor, event):
    app = create_app(Settings(**settings.model_dump() | {"rate_limits": True}))
    headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    browser = TestClient(app, base_url=ADDRESS, follow_redirects=False, headers=headers)
    keep_session(browser, session_cookie(database, editor))
    for _each in range(60):
        assert send(browser, event, b"", **WORDS).status_code == 422
    answer = send(browser, event, **WORDS)
    assert answer.status_code == 429
    assert value_of(answer, "alt_kk") == WORDS["alt_kk"]
    again = browser.post(f"/en/organizing/images/event/{event.slug}", data=WORDS)
    assert again.status_code == 429
    app.state.site.database.close()


def add(database, event, **changes):
    with database.writing() as db:
        return make_image(db, db.merge(event), **changes).key


def test_words_are_changed_and_their_translations_with_them(editing, event, database):
    key = add(database, event)
    path = f"/en/organizing/images/event/{event.slug}/{key}"
    page = editing.get(path)
    assert value_of(page, "alt_kk") == "Үш домбырашы"
    assert f"![](image:{key})" in page.text
    assert editing.post(path, data={"alt_kk": "Екі күйші", "alt_en": "Two"}).status_code == 303
    (image,) = pictures(database, event)
    assert image.alt.texts() == {"kk": "Екі күйші", "en": "Two"}


def test_pictures_are_put_in_order(editing, event, database):
    first, second, third = (add(database, event) for _each in range(3))

    def move(key, to):
        path = f"/en/organizing/images/event/{event.slug}/{key}/place"
        assert editing.post(path, data={"to": to}).status_code == 303
        return [image.key for image in pictures(database, event)]

    assert move(third, "earlier") == [first, third, second]
    assert move(first, "earlier") == [first, third, second]
    assert move(first, "later") == [third, first, second]
    assert move(second, "later") == [third, first, second]


def test_an_item_has_one_cover_or_none(editing, event, database):
    first, second = (add(database, event) for _each in range(2))
    wordless = add(database, event, described=False)
    base = f"/en/organizing/images/event/{event.slug}"

    def covers():
        return [image.key for image in pictures(database, event) if image.is_cover]

    assert covers() == []
    assert editing.post(f"{base}/{first}/cover").status_code == 303
    assert covers() == [first]
    assert editing.post(f"{base}/{second}/cover").status_code == 303
    assert covers() == [second]
    refused = editing.post(f"{base}/{wordless}/cover")
    assert refused.status_code == 409
    assert "first" in words(refused, "//*[@role='alert']")
    assert covers() == [second]
    assert editing.post(f"{base}/{second}/cover/end").status_code == 303
    assert covers() == []


def test_editors_who_choose_at_the_same_moment_leave_one_cover(event, database):
    keys = [add(database, event) for _each in range(4)]

    def choose(key):
        with database.writing() as db:
            media.choose_cover(db, ItemKind.EVENT, event.id, key)

    with ThreadPoolExecutor(len(keys)) as editors:
        list(editors.map(choose, keys * 3))
    assert sum(image.is_cover for image in pictures(database, event)) == 1


def test_pictures_of_another_item_are_not_found(browser_of, editing, event, database):
    """The editors of an item have no say about pictures of others, not even under its address."""
    with database.writing() as db:
        theirs = make_event(db, make_organization(db, owner=make_person(db)))
        foreign = make_image(db, theirs).key
    base = f"/en/organizing/images/event/{event.slug}/{foreign}"
    assert editing.get(base).status_code == 404
    for verb in ("", "/cover", "/cover/end", "/place", "/removal"):
        assert editing.post(base + verb, data=WORDS).status_code == 404, verb
    with database.reading() as db:
        assert db.get_one(Image, foreign).alt.texts() == {"kk": "Үш домбырашы"}


def test_a_picture_stands_in_the_text_where_its_line_does(editing, editor, event, database, client):
    key = add(database, event, caption=Translated.of("kk", kk="Берлин <b>"))
    other = add(database, event)
    with database.writing() as db:
        mine = managed_event(db, db.get_one(Person, editor.id), event.slug)
        text = (
            f"Кеш болды.\n\n![](image:{key})\n\nСоңы. ![](image:nobodys) ![х](https://evil/x.png)"
        )
        details = make_details(description=Translated.of("kk", kk=text))
        change_event(db, mine, details, mine.revision, clock.now())

    def shown():
        return page_of(client.get(f"/kk/events/{event.slug}")).xpath("//*[@class='prose mt']//img")

    (image,) = shown()
    assert image.get("alt") == "Үш домбырашы"
    assert image.get("src") == f"/images/{key}/1600.jpg"
    assert image.get("width") == "1600"
    path = f"/en/organizing/images/event/{event.slug}"
    assert editing.post(f"{path}/{key}", data={"alt_kk": "Екі күйші"}).status_code == 303
    assert [each.get("alt") for each in shown()] == ["Екі күйші"]
    assert editing.post(f"{path}/{other}/removal").status_code == 303
    assert len(shown()) == 1
    assert editing.post(f"{path}/{key}/removal").status_code == 303
    assert shown() == []


def test_a_removed_picture_is_gone_at_once(editing, event, database, app, client):
    key = add(database, event, storage=app.state.site.storage)
    assert client.get(f"/images/{key}/480.webp").status_code == 200
    path = f"/en/organizing/images/event/{event.slug}/{key}/removal"
    assert editing.post(path).status_code == 303
    assert client.get(f"/images/{key}/480.webp").status_code == 404
    with database.reading() as db:
        assert list(db.scalars(select(RemovedImage.key))) == [key]


def test_the_cover_is_on_the_page_and_told_to_search_engines(event, database, client):
    alt = Translated.of("kk", kk="Күй <тартып> отыр", en="They play & sing")
    key = add(database, event, is_cover=True, width=2_000, height=1_000, alt=alt)
    page = page_of(client.get(f"/en/events/{event.slug}"))
    (image,) = page.xpath("//figure[@class='cover']//img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == (
        *("They play & sing", "1600", "800"),
    )
    # Below the times and the way to sign up: fetched by those who come near it.
    assert (image.get("loading"), image.get("fetchpriority")) == ("lazy", None)
    (source,) = page.xpath("//figure[@class='cover']//source/@srcset")
    assert f"/images/{key}/480.webp 480w" in source
    address = f"{ADDRESS}/images/{key}/1600.jpg"
    (told,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(told)["image"] == [address]
    russian = page_of(client.get(f"/ru/events/{event.slug}"))
    (image,) = russian.xpath("//figure[@class='cover']//img")
    assert (image.get("alt"), image.get("lang")) == ("Күй <тартып> отыр", "kk")


def test_an_event_without_a_cover_says_nothing_of_one(event, database, client):
    add(database, event)
    page = page_of(client.get(f"/en/events/{event.slug}"))
    assert page.xpath("//figure") == []
    (told,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert "image" not in json.loads(told)


def test_covers_of_many_items_are_read_at_once(event, database):
    key = add(database, event, is_cover=True)
    with database.reading() as db, queries_of(database) as sent:
        covers = covers_of(db, ItemKind.EVENT, [event.id, event.id + 1])
    assert {number: cover.key for number, cover in covers.items()} == {event.id: key}
    assert len(sent) == 1


def test_whoever_goes_leaves_the_picture_and_takes_the_name(database, event, editor):
    key = add(database, event, person=editor)
    with database.writing() as db:
        person = db.get_one(Person, editor.id)
        person.closed_at = clock.now() - timedelta(days=8)
        accounts.erase(db, person, clock.now())
    with database.reading() as db:
        assert db.get_one(Image, key).person_id is None


def test_the_archive_lists_what_somebody_has_uploaded(database, editing, event, editor):
    from io import BytesIO
    from zipfile import ZipFile

    mine = add(database, event, person=editor)
    foreign = add(database, event)
    answer = editing.post("/en/profile/data")
    with ZipFile(BytesIO(answer.content)) as archive:
        records = json.loads(archive.read("everything.json"))
    (held,) = records["images"]
    assert held["picture"] == f"/images/{mine}/1600.jpg"
    assert held["text"] == "Үш домбырашы"
    assert foreign not in json.dumps(records)


def test_a_server_keeps_its_size_whatever_it_is_sent(settings, database, event, editor, tmp_path):
    """Bombs, 20 MB and the largest pictures there may be pass through without staying."""
    cookie = session_cookie(database, editor)
    largest = images.encoded(images.drawn(8_000, 5_000), "JPEG", quality=60)
    path = f"/en/organizing/images/event/{event.slug}"
    given = {"database_url": settings.database_url, "seal_key_file": settings.seal_key_path}
    with serving(tmp_path, **given) as server, server.browser() as browser:
        browser.cookies.set("session", cookie)

        def resident():
            numbers = Path(f"/proc/{server.process.pid}/statm").read_text(encoding="ascii")
            return int(numbers.split()[1]) * resource.getpagesize()

        def post(content):
            files = {"picture": ("x", content)}
            return browser.post(path, data=WORDS, files=files).status_code

        assert post(images.picture_file()) == 303
        before = resident()
        sent = (largest, images.bomb(), bytes(20 * 1024 * 1024))
        assert [post(content) for content in sent] == [303, 422, 413]
        assert post(images.picture_file() + bytes(11 * 1024 * 1024)) == 303
        assert resident() - before < 24 * 1024 * 1024
