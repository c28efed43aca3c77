"""What stories tell of: events and initiatives, and how readers get from each to the others."""

import pytest
from sqlalchemy import delete, select

from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated
from tests.conftest import ADDRESS
from tests.factories import (
    make_decision,
    make_event,
    make_initiative,
    make_story,
)
from tests.forms import story_fields
from tests.pages import linked_data_of, page_of, value_of, words
from tests.queries import queries_of, reads_of

pytestmark = pytest.mark.both_engines

BODY = "Бірінші абзац."


@pytest.fixture
def slug(database, editor):
    """A published story that tells of nothing yet."""
    return write(database, editor)


def write(database, editor, **changes):
    said = {
        "title": Translated.of("kk", kk="Көкпар Берлинде"),
        "summary": Translated.of("kk"),
        "body": Translated.of("kk", kk=BODY),
    }
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        return make_story(db, ours, editor, **(said | changes)).slug


def story_of(database):
    with database.reading() as db:
        return db.scalars(select(Story)).one()


def test_stories_stand_on_the_pages_of_their_events_and_on_the_lines_of_initiatives(
    client, database, editor
):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        initiative = make_initiative(db, ours)
        event, hidden = make_event(db, ours), make_event(db, ours)
        event.initiative_id = hidden.initiative_id = initiative.id
        hidden.visibility = Visibility.PRIVATE.value
        db.flush()

        def write_of(text, *events, **changes):
            title = Translated.of("kk", kk=text)
            slugs = tuple(each.slug for each in events)
            return make_story(db, ours, editor, title=title, events=slugs, **changes)

        write_of("Бірінші", event)
        write_of("Екінші", event, hidden)
        write_of("Жасырын іс-шарадан", hidden)
        write_of("Жоба", event, published=False)
        withheld = write_of("Бүркеулі", event)
        make_decision(db, ours, story=withheld, by=None)
        event_page, line = f"/kk/events/{event.slug}", f"/kk/initiatives/{initiative.slug}"
    shown = page_of(client.get(event_page)).xpath(
        "//section[@aria-labelledby='stories']//h3/a/text()"
    )
    assert shown == ["Екінші", "Бірінші"]
    told = page_of(client.get(line)).xpath("//li[@class='story']//h3/a/text()")
    assert told == ["Екінші", "Бірінші"]
    with database.writing() as db:
        other = make_event(db, db.scalars(select(Organization)).one()).slug
    client.get("/en/privacy")  # the first page after a change also learns the settings
    with queries_of(database) as asked:
        page = page_of(client.get(f"/kk/events/{other}"))
    assert page.xpath("//section[@aria-labelledby='stories']") == []
    assert len(asked) == 1


def told_on(client, line):
    return page_of(client.get(line)).xpath("//li[@class='story']//h3/a/@href")


def test_a_story_tells_of_an_initiative_without_any_event(
    browser_of, client, database, editor, slug
):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        title = Translated.of("kk", kk="Он кітап")
        public, draft = make_initiative(db, ours, title=title), make_initiative(db, ours)
        draft.published_at = None
        public_slug, draft_slug = public.slug, draft.slug
    shown, line = f"/kk/stories/{slug}", f"/kk/initiatives/{public_slug}"
    part = "//article//dl[contains(@class, 'facts')]//a[contains(@href, '/initiatives/')]"
    assert (told_on(client, line), page_of(client.get(shown)).xpath(part)) == ([], [])
    editing = browser_of(editor)

    def save(**changes):
        revision = str(story_of(database).revision)
        typed = story_fields(title_ru=None, summary_kk="", body_kk=BODY, revision=revision)
        return editing.post(f"/en/writing/stories/{slug}", data=typed | changes)

    refused = save(initiative=draft_slug)
    assert refused.status_code == 422
    assert value_of(refused, "initiative") == draft_slug
    assert "There is no such initiative." in words(refused)
    assert save(initiative=public_slug).status_code == 303
    assert told_on(client, line) == [shown]
    (link,) = page_of(client.get(shown)).xpath(part)
    assert (link.text, link.get("href")) == ("Он кітап", line)
    about = {"@type": "Project", "name": "Он кітап"}
    assert linked_data_of(client.get(shown))["about"].items() >= about.items()
    assert linked_data_of(client.get(shown))["about"]["@id"] == f"{ADDRESS}{line}"
    history = client.get(f"{shown}/history".replace("/kk/", "/en/"))
    assert f"Initiative [added:] {public_slug}" in words(history)
    # It is nobody's to read any more, and the story stays as it is.
    with database.writing() as db:
        db.get_one(Initiative, story_of(database).initiative_id).visibility = "hidden"
    assert page_of(client.get(shown)).xpath(part) == []
    assert "about" not in linked_data_of(client.get(shown))
    assert save(initiative=public_slug, body_kk="Кеш.").status_code == 303
    assert save(initiative="").status_code == 303
    assert story_of(database).initiative_id is None
    assert save(initiative=public_slug).status_code == 422


def test_a_story_outlives_the_initiative_it_tells_of(client, database, editor):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        initiative = make_initiative(db, ours)
        named = initiative.slug
    slug = write(database, editor, initiative=named)
    with database.writing() as db:
        db.execute(delete(Initiative).where(Initiative.slug == named))
    assert client.get(f"/kk/stories/{slug}").status_code == 200
    assert story_of(database).initiative_id is None


def test_a_preview_names_the_initiative(browser_of, database, editor, slug):
    with database.writing() as db:
        line = make_initiative(db, db.scalars(select(Organization)).one()).slug
    for typed, found in ((line, 1), ("nothing", 0)):
        preview = browser_of(editor).post(
            f"/en/writing/stories/{slug}/preview", data=story_fields(initiative=typed)
        )
        links = page_of(preview).xpath(f"//article//a[@href='/en/initiatives/{line}']")
        assert len(links) == found


def test_a_storys_page_reads_no_events_but_those_it_names(client, database, editor):
    with database.writing() as db:
        event = make_event(db, db.scalars(select(Organization)).one()).slug
    slug = write(database, editor, events=(event,))
    with queries_of(database) as sent:
        assert event in client.get(f"/en/stories/{slug}").text
    about = [statement for statement in sent if "story_events" in statement]
    assert about
    if database.is_sqlite:
        (read,) = reads_of(database, about, "events")
        assert "PRIMARY KEY" in read
