"""What has become of a public item's pictures stands in its history, in a sentence each."""

import pytest
from sqlalchemy import select

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.models import Image
from portal.i18n.translated import Translated
from tests.factories import (
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_person,
    make_story,
)
from tests.pages import page_of, words

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
    path = f"/en/organizing/images/{kind}/{slug}"
    # What nobody sees, on the page or at all, is nothing to tell.
    browser.post(f"{path}/{unseen}", data={"alt_kk": "Қобыз"})
    assert browser.get(f"/en/organizing/images/story/{draft}").status_code == 200
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
