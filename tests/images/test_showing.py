"""Pictures are put in order, shown where their line stands, and told of in the history."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.events.queries import managed_event
from portal.domain.privacy import actions as privacy
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.models import Image, ImageDeletion
from portal.domain.publishing.images.queries import covers_of
from portal.domain.registrations.event_changes import change_event
from portal.i18n.translated import Translated
from tests.conftest import ADDRESS
from tests.factories import (
    make_details,
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_person,
    make_story,
)
from tests.images.uploads import WORDS, pictures
from tests.pages import page_of, value_of, words
from tests.queries import queries_of


def add(database, event, **changes):
    with database.writing() as db:
        return make_image(db, db.merge(event), **changes).key


def test_words_are_changed_and_their_translations_with_them(editing, event, database):
    key = add(database, event)
    path = f"/en/manage/images/event/{event.slug}/{key}"
    page = editing.get(path)
    assert value_of(page, "alt_kk") == "Үш домбырашы"
    assert f"![](image:{key})" in page.text
    assert editing.post(path, data={"alt_kk": "Екі күйші", "alt_en": "Two"}).status_code == 303
    (image,) = pictures(database, event)
    assert image.alt.texts() == {"kk": "Екі күйші", "en": "Two"}


def test_pictures_are_put_in_order(editing, event, database):
    first, second, third = (add(database, event) for _each in range(3))

    def move(key, to):
        path = f"/en/manage/images/event/{event.slug}/{key}/place"
        assert editing.post(path, data={"to": to}).status_code == 303
        return [image.key for image in pictures(database, event)]

    assert move(third, "earlier") == [first, third, second]
    assert move(first, "earlier") == [first, third, second]
    assert move(first, "later") == [third, first, second]
    assert move(second, "later") == [third, first, second]


def test_an_item_has_one_cover_or_none(editing, event, database):
    first, second = (add(database, event) for _each in range(2))
    wordless = add(database, event, described=False)
    base = f"/en/manage/images/event/{event.slug}"

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
            images.choose_cover(db, ItemKind.EVENT, event.id, key)

    with ThreadPoolExecutor(len(keys)) as editors:
        list(editors.map(choose, keys * 3))
    assert sum(image.is_cover for image in pictures(database, event)) == 1


def test_pictures_of_another_item_are_not_found(browser_of, editing, event, database):
    """The editors of an item have no say about pictures of others, not even under its address."""
    with database.writing() as db:
        theirs = make_event(db, make_organization(db, owner=make_person(db)))
        foreign = make_image(db, theirs).key
    base = f"/en/manage/images/event/{event.slug}/{foreign}"
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
    path = f"/en/manage/images/event/{event.slug}"
    assert editing.post(f"{path}/{key}", data={"alt_kk": "Екі күйші"}).status_code == 303
    assert [each.get("alt") for each in shown()] == ["Екі күйші"]
    assert editing.post(f"{path}/{other}/removal").status_code == 303
    assert len(shown()) == 1
    assert editing.post(f"{path}/{key}/removal").status_code == 303
    assert shown() == []


def test_a_removed_picture_is_gone_at_once(editing, event, database, app, client):
    key = add(database, event, storage=app.state.site.storage)
    assert client.get(f"/images/{key}/480.webp").status_code == 200
    path = f"/en/manage/images/event/{event.slug}/{key}/removal"
    assert editing.post(path).status_code == 303
    assert client.get(f"/images/{key}/480.webp").status_code == 404
    with database.reading() as db:
        assert list(db.scalars(select(ImageDeletion.key))) == [key]


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
        privacy.erase(db, person, clock.now())
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


KINDS = {"event": "events", "initiative": "initiatives", "story": "stories"}


def told(client, kind, slug):
    """The steps of the history after the first, the newest first."""
    page = page_of(client.get(f"/en/{KINDS[kind]}/{slug}/history"))
    steps = page.xpath("//main//div[@class='sect']")
    return [" ".join(step.xpath("string(.//dl | .//p[2])").split()) for step in steps[:-1]]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_that_come_and_go_are_told_of_and_not_shown_again(
    browser_of, client, database, kind
):
    with database.writing() as db:
        editor = make_person(db)
        ours = make_organization(db, "ours", editor=editor)
        text = Translated.of("kk", kk="Бірінші абзац.")
        item = {
            "event": lambda: make_event(db, ours, description=text),
            "initiative": lambda: make_initiative(db, ours, description=text),
            "story": lambda: make_story(db, ours, editor, body=text),
        }[kind]()
        slug, item_id = item.slug, item.id
        cover, inside = (make_image(db, item, kind=ItemKind(kind)).key for _each in range(2))
        draft = make_story(db, ours, editor, published=False, body=text).slug
        unseen = make_image(db, item, kind=ItemKind(kind)).key
        db.expunge(editor)
    browser, before = browser_of(editor), len(told(client, kind, slug))
    path = f"/en/manage/images/{kind}/{slug}"
    # What nobody sees, on the page or at all, is nothing to tell.
    browser.post(f"{path}/{unseen}", data={"alt_kk": "Қобыз"})
    assert browser.get(f"/en/manage/images/story/{draft}").status_code == 200
    assert len(told(client, kind, slug)) == before
    browser.post(f"{path}/{cover}/cover")
    browser.post(f"{path}/{inside}/cover")
    browser.post(f"{path}/{inside}/cover/end")
    assert told(client, kind, slug)[:3] == [
        "Cover The cover was removed.",
        "Cover The cover was changed.",
        "Cover A cover was chosen.",
    ]
    with database.writing() as db:
        write_into(db, kind, item_id, f"Бірінші абзац.\n\n![](image:{inside})")
    answer = browser.post(f"{path}/{inside}", data={"alt_kk": "Жасырын сөз"})
    assert answer.status_code == 303
    assert told(client, kind, slug)[0].endswith("Pictures A picture was added.")
    browser.post(f"{path}/{inside}/removal")
    assert told(client, kind, slug)[0] == "Pictures A picture was removed."
    history = client.get(f"/kk/{KINDS[kind]}/{slug}/history")
    assert "Жасырын сөз" not in history.text
    assert "Сурет алынды." in words(history)
    with database.reading() as db:
        assert inside not in db.scalars(select(Image.key)).all()


def write_into(db, kind, item_id, text):
    """What an editor has just typed; the picture then appears with its words."""
    from portal.domain.events.models import Event
    from portal.domain.initiatives.models import Initiative
    from portal.domain.stories.models import Story

    model = {"event": Event, "initiative": Initiative, "story": Story}[kind]
    setattr(
        db.get_one(model, item_id),
        "body" if kind == "story" else "description",
        Translated.of("kk", kk=text),
    )
