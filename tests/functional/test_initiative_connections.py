"""Initiatives with what they share with other items: pictures, the ledger and translators."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.models import Organization
from portal.items import ItemKind
from tests import images
from tests.conftest import ADDRESS
from tests.factories import make_image, make_initiative, make_organization, make_person
from tests.functional.forms import initiative_fields
from tests.functional.pages import errors_of, page_of


@pytest.fixture
def people(database):
    """An editor, a translator and a helper at the door of the organisation, and a stranger."""
    with database.writing() as db:
        made = {name: make_person(db) for name in ("editor", "translator", "door", "stranger")}
        roles = {name: person for name, person in made.items() if name != "stranger"}
        make_organization(db, "ours", owner=make_person(db), **roles)
        db.flush()
        for person in made.values():
            db.expunge(person)
        return made


def begin(database, **changes):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        return make_initiative(db, ours, **changes).slug


def initiative_of(database):
    with database.reading() as db:
        return db.scalars(select(Initiative)).one()


def illustrate(database, **changes):
    with database.writing() as db:
        initiative = db.scalars(select(Initiative)).one()
        return make_image(db, initiative, kind=ItemKind.INITIATIVE, **changes).key


def test_pictures_of_initiatives_are_taken_in_described_and_shown(
    browser_of, client, database, people
):
    slug = begin(database)
    pictures = f"/en/organizing/images/initiative/{slug}"
    browser = browser_of(people["editor"])
    for page in (f"/en/organizing/initiatives/{slug}", f"/en/organizing/initiatives/{slug}/edit"):
        assert pictures in page_of(browser.get(page)).xpath("//main//a/@href")
    picture = {"picture": ("picture.jpg", images.picture_file(), "image/jpeg")}
    wordless = browser.post(pictures, data={"alt_ru": "Дети"}, files=picture)
    assert set(errors_of(wordless)) == {"alt_kk"}
    (described,) = page_of(wordless).xpath("//main//form[@data-keep]/@action")
    assert browser.post(described, data={"alt_kk": "Балалар"}).status_code == 303
    key = described.rpartition("/")[2]
    typed = initiative_fields(
        revision=str(initiative_of(database).revision), description_kk=f"Сабақ.\n\n![](image:{key})"
    )
    assert browser.post(f"/en/organizing/initiatives/{slug}", data=typed).status_code == 303
    shown = f"/kk/initiatives/{slug}"
    assert page_of(client.get(shown)).xpath("//main//img/@alt") == ["Балалар"]
    assert browser.post(described, data={"alt_kk": "Екі бала"}).status_code == 303
    assert browser.post(f"{described}/cover").status_code == 303
    page = page_of(client.get(shown))
    assert page.xpath("//main//img/@alt") == ["Екі бала", "Екі бала"]
    (cover,) = page.xpath("//main//figure[@class='cover']//img")
    assert cover.get("srcset") == f"/images/{key}/480.jpg 480w, /images/{key}/800.jpg 800w"
    address = f"{ADDRESS}/images/{key}/800.jpg"
    assert page.xpath("//meta[@property='og:image']/@content") == [address]
    (told,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(told)["image"] == [address]
    assert client.get(f"/images/{key}/480.webp").status_code == 200
    assert browser.post(f"{described}/removal").status_code == 303
    assert page_of(client.get(shown)).xpath("//main//img") == []


def test_a_drafts_pictures_are_seen_by_those_who_see_the_draft(
    app, browser_of, client, database, people
):
    slug = begin(database, published=False)
    key = illustrate(database, storage=app.state.site.storage)
    picture, pictures = f"/images/{key}/480.webp", f"/en/organizing/images/initiative/{slug}"
    assert client.get(picture).status_code == 404
    answers = {
        name: (browser.get(picture).status_code, browser.get(pictures).status_code)
        for name, browser in ((name, browser_of(person)) for name, person in people.items())
    }
    assert answers == {
        "editor": (200, 200),
        "translator": (200, 403),
        "door": (404, 403),
        "stranger": (404, 404),
    }
