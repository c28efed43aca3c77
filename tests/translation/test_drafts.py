"""Drafts of every kind are translated and illustrated by those who may see them."""

import pytest

from portal.core.item_kinds import ItemKind
from portal.domain.organizations.queries import organization_named
from tests.factories import make_image, make_initiative, make_story
from tests.pages import page_of

# Of the page of a translation, a picture and the page of pictures.
DOORS = {
    "initiative": {
        "editor": (200, 200, 200),
        "translator": (200, 200, 403),
        "door": (403, 404, 403),
        "stranger": (404, 404, 404),
    },
    "story": {
        "editor": (200, 200, 200),
        "translator": (200, 404, 404),
        "door": (403, 404, 404),
        "stranger": (404, 404, 404),
    },
}
DESKS = {"initiative": "/en/organizing/initiatives", "story": "/en/writing/stories"}


@pytest.mark.parametrize("kind", DOORS)
def test_a_drafts_pictures_and_translations_are_open_to_its_writers_and_translators_alone(
    app, browser_of, client, database, people, kind
):
    with database.writing() as db:
        ours = organization_named(db, "ours")
        if kind == "story":
            item = make_story(db, ours, people["editor"], published=False)
        else:
            item = make_initiative(db, ours, published=False)
        slug, storage = item.slug, app.state.site.storage
        key = make_image(db, item, kind=ItemKind(kind), storage=storage).key
    picture, pictures = f"/images/{key}/480.webp", f"/en/organizing/images/{kind}/{slug}"
    translation = f"/en/organizing/translations/{kind}/{slug}/ru"
    answers = {
        name: tuple(browser_of(person).get(page).status_code for page in pages)
        for pages in [(translation, picture, pictures)]
        for name, person in people.items()
    }
    assert answers == DOORS[kind]
    assert client.get(picture).status_code == 404
    desk, editing = f"{DESKS[kind]}/{slug}", browser_of(people["editor"])
    crumbs = page_of(editing.get(pictures)).xpath("//nav[@class='crumbs wrap']//a/@href")
    assert crumbs[-1] == desk
    for page in (desk, f"{desk}/edit"):
        assert pictures in page_of(editing.get(page)).xpath("//main//a/@href")
    matrix = browser_of(people["translator"]).get("/en/organizing/ours/translations")
    assert translation in matrix.text
