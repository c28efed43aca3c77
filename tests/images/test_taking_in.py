"""What is taken in as an item's picture, from whom, and how much of it."""

import resource
from pathlib import Path

import pytest

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.publishing.images.rules import MAX_IMAGES
from portal.i18n.translated import Translated
from tests import sample_images
from tests.conftest import keep_session
from tests.factories import (
    make_image,
    make_person,
    session_cookie,
)
from tests.images.uploads import WORDS, files_of, pictures, send
from tests.pages import errors_of, page_of, value_of, words
from tests.processes import serving

pytestmark = pytest.mark.processes


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


@pytest.mark.parametrize(
    "make", [sample_images.marked_jpeg, sample_images.marked_png, sample_images.marked_webp]
)
def test_no_stored_and_no_served_file_holds_what_was_said_beside_the_pixels(
    editing, event, database, settings, make
):
    assert sample_images.MARKER in make()
    assert send(editing, event, make(), **WORDS).status_code == 303
    (image,) = pictures(database, event)
    stored = [path.read_bytes() for path in files_of(settings)]
    served = [
        editing.get(f"/images/{image.key}/{width}.{kind}").content
        for width in (480, 800)
        for kind in ("webp", "jpg")
    ]
    assert sorted(stored) == sorted(served)
    assert not any(sample_images.MARKER in content for content in stored)


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
    (form,) = page_of(answer).xpath("//main//form[@data-draft]")
    assert form.get("action").endswith(f"/{image.key}")
    assert "Words are missing" in words(editing.get(f"/en/manage/images/event/{event.slug}"))

    assert editing.post(form.get("action"), data=WORDS).status_code == 303
    with database.reading() as db:
        (picture,) = pictures_of(db, ItemKind.EVENT, event.id)
    assert picture.alt.localized("kk").text == "Үш домбырашы"


def test_words_too_long_are_said_beside_their_field(editing, event):
    answer = send(editing, event, alt_kk="ү" * 301)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"alt_kk"}
    assert value_of(answer, "alt_kk") == "ү" * 301


REFUSED = {
    "64 megapixels": (sample_images.bomb(), "8000 × 8000 pixels"),
    "truncated": (sample_images.picture_file()[:9_000], "damaged"),
    "GIF and script": (sample_images.GIF_AND_SCRIPT, "not a picture"),
    "SVG": (sample_images.SVG, "not a picture"),
    "HTML": (sample_images.PAGE, "not a picture"),
    "moving": (sample_images.animated("WEBP"), "moves"),
    "too small": (sample_images.picture_file(100, 100), "100 × 100 pixels"),
    "12 MB and a little": (
        sample_images.picture_file() + bytes(12 * 1024 * 1024),
        "larger than 12 MB",
    ),
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
    path = f"/en/manage/images/event/{event.slug}"
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
        f"/en/manage/events/{event.slug}",
        f"/en/manage/images/event/{event.slug}/some-key",
        "/en/profile",
        f"/en/events/{event.slug}/registration",
    ):
        for browser in (editing, client):
            answer = browser.post(
                path, files={"picture": ("x", sample_images.picture_file(300, 300))}
            )
            assert answer.status_code == 415, path
        large = {"content-type": "application/x-www-form-urlencoded"}
        answer = editing.post(path, content=b"a=" + bytes(600 * 1024), headers=large)
        assert answer.status_code == 413, path


def test_a_form_carries_one_file_and_not_many(editing, event, database):
    two = [
        ("picture", ("1", sample_images.picture_file())),
        ("picture", ("2", sample_images.picture_file())),
    ]
    path = f"/en/manage/images/event/{event.slug}"
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
    path = f"/en/manage/images/event/{event.slug}"
    for person, promised in ((None, 303), (other, 404)):
        answer = browser_of(person).post(path, content=unreadable, headers=headers)
        assert answer.status_code == promised
    for unknown in ("organization", "nothing", "event%00"):
        answer = browser_of(other).post(f"/en/manage/images/{unknown}/{event.slug}")
        assert answer.status_code == 404
    assert browser_of(other).post(f"{path}%00").status_code == 404
    assert files_of(settings) == []


def test_an_item_has_only_so_many_pictures(editing, event, database):
    with database.writing() as db:
        for _each in range(MAX_IMAGES):
            make_image(db, db.merge(event))
    answer = send(editing, event, **WORDS)
    assert answer.status_code == 422
    assert str(MAX_IMAGES) in errors_of(answer)["picture"]
    assert len(pictures(database, event)) == MAX_IMAGES


def test_uploads_are_limited_for_each_person_and_the_words_stay(
    browser_at, database, editor, event
):
    browser = browser_at(rate_limits=True)
    keep_session(browser, session_cookie(database, editor))
    for _each in range(60):
        assert send(browser, event, b"", **WORDS).status_code == 422
    answer = send(browser, event, **WORDS)
    assert answer.status_code == 429
    assert value_of(answer, "alt_kk") == WORDS["alt_kk"]
    again = browser.post(f"/en/manage/images/event/{event.slug}", data=WORDS)
    assert again.status_code == 429


def test_a_server_keeps_its_size_whatever_it_is_sent(settings, database, event, editor, tmp_path):
    """Bombs, 20 MB and the largest pictures there may be pass through without staying."""
    cookie = session_cookie(database, editor)
    largest = sample_images.encoded(sample_images.drawn(8_000, 5_000), "JPEG", quality=60)
    path = f"/en/manage/images/event/{event.slug}"
    given = {"database_url": settings.database_url, "seal_key_file": settings.seal_key_path}
    with serving(tmp_path, **given) as server, server.browser() as browser:
        browser.cookies.set("session", cookie)

        def resident():
            numbers = Path(f"/proc/{server.process.pid}/statm").read_text(encoding="ascii")
            return int(numbers.split()[1]) * resource.getpagesize()

        def post(content):
            files = {"picture": ("x", content)}
            return browser.post(path, data=WORDS, files=files).status_code

        assert post(sample_images.picture_file()) == 303
        before = resident()
        sent = (largest, sample_images.bomb(), bytes(20 * 1024 * 1024))
        assert [post(content) for content in sent] == [303, 422, 413]
        assert post(sample_images.picture_file() + bytes(11 * 1024 * 1024)) == 303
        assert resident() - before < 24 * 1024 * 1024
