"""Changes of a member's accepted story wait for an editor; what is published stays until then."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import NotificationKind
from portal.domain.organizations.queries import organization_named
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.export import holdings_of
from portal.domain.stories.models import Autosave, ChangeRequest, Story
from portal.i18n.translated import Translated
from tests.factories import kept, make_image, make_organization, make_own_story, make_person
from tests.forms import story_fields
from tests.notifications import notifications
from tests.pages import addresses_of, errors_of, page_of, value_of, words

OLD, NEW = "Бәрі бір аттан басталды.", "Бәрі екі аттан басталды."


@pytest.fixture
def cast(database):
    """An author, an editor of ours, one of the portal, and a stranger."""
    with database.writing() as db:
        made = {
            "author": make_person(db, "Дана"),
            "editor": make_person(db, "Марат"),
            "portal": make_person(db, "Серік", is_moderator=True),
            "stranger": make_person(db),
        }
        make_organization(db, "ours", editor=made["editor"], owner=make_person(db))
        return kept(db, made)


def accepted(database, cast, to=None):
    """The slug of the author's published story."""
    with database.writing() as db:
        target = organization_named(db, to) if to else None
        body = Translated.of("kk", kk=OLD, ru="Всё началось с одной лошади.")
        author = db.get_one(Person, cast["author"].id)
        return make_own_story(db, author, to=target, published=True, body=body).slug


def stored(database):
    with database.reading() as db:
        return db.scalars(select(Story)).one()


def proposal(database):
    with database.reading() as db:
        return db.scalars(select(ChangeRequest)).one_or_none()


def change(browser, slug, **typed):
    """Opens the form, types, sends it."""
    form = browser.get(f"/en/writing/stories/{slug}/edit")
    fields = page_of(form).xpath("//form[contains(@class, 'sheet')]//*[@name]/@name")
    sent = {name: value_of(form, name) or "" for name in set(fields)} | typed
    return browser.post(f"/en/writing/stories/{slug}", data=sent)


def told(database, about):
    """Whom letters about something are owed to, in order."""
    with database.reading() as db:
        return [(row.person_id, words) for row, words in notifications(db, about)]


@pytest.mark.parametrize(("to", "judge"), [(None, "portal"), ("ours", "editor")])
def test_what_its_author_changes_waits_while_readers_see_what_was_accepted(
    browser_of, client, database, cast, to, judge
):
    slug = accepted(database, cast, to)
    writing, judging = browser_of(cast["author"]), browser_of(cast[judge])
    desk, changes = f"/en/writing/stories/{slug}", f"/en/writing/stories/{slug}/changes"
    assert "an editor reads what you change here" in words(writing.get(f"{desk}/edit"))
    answer = change(writing, slug, body_kk=NEW, byline="Ақку", tags="music")
    assert answer.headers["location"].endswith("?saved=proposed")
    assert "wait for an editor" in words(writing.get(answer.headers["location"]))
    assert OLD in client.get(f"/kk/stories/{slug}").text
    assert stored(database).body.source == OLD
    before = stored(database).revision
    # Told once, and not again for what is proposed instead.
    assert change(writing, slug, summary_kk="Жаңа сөз", funding="grant").status_code == 303
    waiting = [
        words
        for person, words in told(database, NotificationKind.STORY_WAITING)
        if "change" in words
    ]
    assert len(waiting) == (1 if to is None else 2)
    assert changes in addresses_of(judging.get("/en/writing"))
    shown = judging.get(changes)
    assert "екі" in page_of(shown).xpath("string(//ins)") + page_of(shown).text_content()
    assert "Ақку" in words(shown)
    assert "A grant" in words(shown, "//ins")
    assert browser_of(cast["stranger"]).get(changes).status_code == 404
    other = "editor" if judge == "portal" else "portal"
    assert browser_of(cast[other]).get(changes).status_code == 404
    assert writing.post(f"{changes}/acceptance").status_code == 403
    stale = judging.post(f"{changes}/acceptance", data={"seen": f"{before}-1"})
    assert stale.status_code == 422
    assert "has changed meanwhile" in words(stale)
    assert stored(database).body.source == OLD
    (seen,) = page_of(shown).xpath("//form[contains(@action, 'acceptance')]//input/@value")
    assert judging.post(f"{changes}/acceptance", data={"seen": seen}).status_code == 303
    page = client.get(f"/kk/stories/{slug}")
    assert NEW in page.text
    assert "Ақку" in page.text
    assert "Жаңа сөз" in page.text
    assert "Грант" in words(page, "//dl")
    assert stored(database).body.texts()["ru"] == "Всё началось с одной лошади."
    assert proposal(database) is None
    assert told(database, NotificationKind.STORY_ACCEPTED)[-1][1]["change"] == "yes"
    assert judging.post(f"{changes}/acceptance", data={"seen": seen}).status_code == 404
    assert "екі" in words(client.get(f"/en/stories/{slug}/history"))


def test_what_is_given_back_stands_in_the_authors_form_with_the_reason_in_a_letter(
    browser_of, client, database, cast
):
    slug = accepted(database, cast)
    writing, judging = browser_of(cast["author"]), browser_of(cast["portal"])
    changes = f"/en/writing/stories/{slug}/changes"
    change(writing, slug, body_kk=NEW)
    shown = judging.get(changes)
    (seen, *_more) = page_of(shown).xpath("//input[@name='seen']/@value")
    empty = judging.post(f"{changes}/return", data={"seen": seen, "note": ""})
    assert empty.status_code == 422
    assert "Say what is missing" in errors_of(empty)["note"]
    given = {"seen": seen, "note": "Дереккөз керек."}
    assert judging.post(f"{changes}/return", data=given).status_code == 303
    assert OLD in client.get(f"/kk/stories/{slug}").text
    assert proposal(database) is None
    (person, said) = told(database, NotificationKind.STORY_RETURNED)[-1]
    assert (person, said["note"], said["change"]) == (cast["author"].id, "Дереккөз керек.", "yes")
    assert value_of(writing.get(f"/en/writing/stories/{slug}/edit"), "body_kk") == NEW
    # Proposed again, and taken back by its author, who goes on where it was left.
    change(writing, slug)
    assert proposal(database).typed == {"body_kk": NEW}
    assert judging.post(f"{changes}/withdrawal").status_code == 403
    assert writing.post(f"{changes}/withdrawal").status_code == 303
    assert proposal(database) is None
    assert value_of(writing.get(f"/en/writing/stories/{slug}/edit"), "body_kk") == NEW
    # The same as is published is nothing to decide about.
    change(writing, slug, body_kk=OLD)
    assert proposal(database) is None


def test_a_translation_saved_meanwhile_stays_and_bad_input_is_kept(browser_of, database, cast):
    slug = accepted(database, cast)
    writing, judging = browser_of(cast["author"]), browser_of(cast["portal"])
    for wrong in ({"title_kk": ""}, {"event_1": "nothing"}, {"initiative": "nothing"}):
        refused = change(writing, slug, **({"body_kk": NEW} | wrong))
        assert refused.status_code == 422, wrong
        assert value_of(refused, "body_kk") == NEW
        assert proposal(database) is None
    change(writing, slug, body_kk=NEW)
    typed = story_fields(revision="1", body_kk="Кеш қалды")
    assert writing.post(f"/en/writing/stories/{slug}", data=typed).status_code == 422
    page = f"/en/manage/translations/story/{slug}/en"
    form = writing.get(page)
    names = page_of(form).xpath("//main//form[@data-paragraphs]//*[@name]/@name")
    sent = {name: value_of(form, name) or "" for name in names}
    sent |= {"paragraph.title.0": "Kokpar in Berlin"}
    assert writing.post(page, data=sent).status_code == 303
    assert stored(database).title.texts()["en"] == "Kokpar in Berlin"
    changes = f"/en/writing/stories/{slug}/changes"
    (seen, *_more) = page_of(judging.get(changes)).xpath("//input[@name='seen']/@value")
    assert judging.post(f"{changes}/acceptance", data={"seen": seen}).status_code == 303
    assert stored(database).title.texts()["en"] == "Kokpar in Berlin"
    assert stored(database).body.source == NEW
    # The editors hear of translations and pictures, once a day.
    with database.writing() as db:
        key = make_image(db, db.scalars(select(Story)).one(), kind=ItemKind.STORY).key
    pictures = f"/en/manage/images/story/{slug}/{key}"
    assert writing.post(f"{pictures}/cover").status_code == 303
    assert [person for person, _words in told(database, NotificationKind.STORY_CHANGED)] == [
        cast["portal"].id
    ]


def test_an_editor_of_the_portal_changes_an_own_story_at_once(browser_of, database, cast):
    with database.writing() as db:
        portal = db.get_one(Person, cast["portal"].id)
        slug = make_own_story(db, portal, published=True, body=Translated.of("kk", kk=OLD)).slug
    assert change(browser_of(cast["portal"]), slug, body_kk=NEW).status_code == 303
    assert stored(database).body.source == NEW
    assert proposal(database) is None


def test_a_proposal_is_in_the_archive_and_goes_with_its_author(browser_of, database, cast):
    slug = accepted(database, cast, "ours")
    change(browser_of(cast["author"]), slug, body_kk=NEW)
    with database.writing() as db:
        author = db.get_one(Person, cast["author"].id)
        held = holdings_of(db, author, clock.now())["stories"]
        assert any(NEW in each.get("proposed", ()) for each in held)
        privacy.erase(db, author, clock.now())
    with database.reading() as db:
        assert db.scalars(select(ChangeRequest)).all() == []
        assert db.scalars(select(Autosave)).all() == []
        assert db.scalars(select(Story)).one().body.source == OLD
