"""Writing: a title, a form, nothing lost, two editors at once, versions."""

import pytest
from lxml import html
from sqlalchemy import func, select

from portal.domain.organizations.models import Organization
from portal.domain.publishing.revisions.models import Revision
from portal.domain.stories.models import Autosave
from portal.domain.stories.rules import MAX_DRAFT_REVISIONS
from tests.factories import (
    make_event,
    make_initiative,
)
from tests.forms import story_fields
from tests.pages import errors_of, page_of, value_of, words
from tests.stories.writing.seen import stored, versions


def test_a_title_and_a_language_begin_a_draft(browser_of, database, people):
    editor = browser_of(people["editor"])
    answer = editor.post(
        "/kk/writing", data={"original": "kk", "title": "Көкпар", "organization": "ours"}
    )
    assert answer.status_code == 303
    slug = answer.headers["location"].split("/")[-2]
    story = stored(database, slug)
    assert not story.is_by_author
    assert (story.state, story.organization_id is not None) == ("draft", True)
    form = editor.get(f"/kk/writing/stories/{slug}/edit")
    assert value_of(form, "title_kk") == "Көкпар"
    mine = browser_of(people["member"])
    answer = mine.post("/kk/writing", data={"original": "ru", "title": "Мой рассказ"})
    assert stored(database, answer.headers["location"].split("/")[-2]).is_by_author


def test_what_cannot_begin_is_said_beside_the_field(browser_of, people):
    member = browser_of(people["member"])
    answer = member.post("/en/writing", data={"original": "kk", "title": ""})
    assert answer.status_code == 422
    assert "title" in errors_of(answer)
    answer = member.post("/en/writing", data={"original": "kk", "title": "x" * 141})
    assert "141" in errors_of(answer)["title"]
    # One cannot write in the name of others.
    for slug in ("theirs", "ours", "nobodys"):
        form = {"original": "kk", "title": "Жала", "organization": slug}
        assert member.post("/en/writing", data=form).status_code == 404


# Fields of which several inputs have the name.
_CHOSEN = {"tags", "funding"}


def test_everything_of_the_form_is_saved_and_shown_again(browser_of, database, people, draft):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        event, line = make_event(db, ours).slug, make_initiative(db, ours).slug
    editor = browser_of(people["editor"])
    fields = story_fields(
        body_ru="Всё началось с одного коня.",
        tags=["games", "history"],
        event_1=f"https://testserver/ru/events/{event}?from=somewhere",
        initiative=f"https://testserver/kk-Arab/initiatives/{line}/",
        source_1="https://example.org/rules",
        source_label_1="Ереже",
        funding="grant",
        funding_note_kk="Қаланың мәдениет қоры",
        comments="open",
        byline="Ақбоз",
        publish_wall="2030-03-22T09:00",
        time_zone="Europe/Berlin",
    )
    answer = editor.post(f"/kk/writing/stories/{draft}", data=fields)
    assert answer.headers["location"].endswith(f"/writing/stories/{draft}?saved=yes")
    form = editor.get(f"/kk/writing/stories/{draft}/edit")
    shown = {name: value_of(form, name) for name in fields if name not in {*_CHOSEN, "revision"}}
    expected = fields | {"event_1": event, "initiative": line}
    assert shown == {name: expected[name] for name in shown}
    assert page_of(form).xpath("//input[@name='tags'][@checked]/@value") == ["history", "games"]
    assert page_of(form).xpath("//input[@name='funding'][@checked]/@value") == ["grant"]
    assert "22 наурыз, 09:00 (Берлин)" in words(editor.get(f"/kk/writing/stories/{draft}"))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title_kk", {"title_kk": ""}),
        ("title_ru", {"title_ru": "x" * 141}),
        ("body_kk", {"body_kk": "x" * 25_001}),
        ("body_kk", {"body_kk": "a\x07b"}),
        ("source_1", {"source_1": "javascript:alert(1)", "source_label_1": "x"}),
        ("source_1", {"source_1": "http://example.org/", "source_label_1": "x"}),
        ("source_1", {"source_1": "https://example.org/"}),
        ("source_2", {"source_1": "https://e.org/", "source_label_1": "x", "source_label_2": "y"}),
        ("event_1", {"event_1": "no-such-event"}),
        ("initiative", {"initiative": "no-such-initiative"}),
        ("event_1", {"event_1": "a\0b"}),
        ("initiative", {"initiative": "a\0b"}),
        ("tags", {"tags": ["games", "\0"]}),
        ("publish_wall", {"publish_wall": "2027-03-28T02:30", "time_zone": "Europe/Berlin"}),
        ("publish_wall", {"publish_wall": "2027-10-31T02:30", "time_zone": "Europe/Berlin"}),
        ("publish_wall", {"publish_wall": "tomorrow"}),
        ("time_zone", {"publish_wall": "2027-03-28T02:30", "time_zone": "Mars/Base"}),
        ("comments", {"comments": "shouted"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    browser_of, database, people, draft, field, changes
):
    fields = story_fields(**({"body_ru": "Всё с коня."} | changes))
    answer = browser_of(people["editor"]).post(f"/en/writing/stories/{draft}", data=fields)
    assert answer.status_code == 422
    assert field in errors_of(answer)
    assert value_of(answer, "body_ru") == "Всё с коня."
    assert stored(database, draft).revision == 1


def test_an_event_that_others_hide_cannot_be_named(browser_of, database, people, draft):
    with database.writing() as db:
        theirs = db.scalars(select(Organization).where(Organization.slug == "theirs")).one()
        hidden, shown = make_event(db, theirs, published=False).slug, make_event(db, theirs).slug
    editor = browser_of(people["editor"])
    answer = editor.post(f"/en/writing/stories/{draft}", data=story_fields(event_1=hidden))
    assert "event_1" in errors_of(answer)
    answer = editor.post(f"/en/writing/stories/{draft}", data=story_fields(event_1=shown))
    assert answer.status_code == 303


def test_a_preview_is_what_publishing_shows_and_writes_nothing(browser_of, database, people, draft):
    hostile = (
        "# Тақырып\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n|a|b|\n|-|-|\n|1|2|"
    )
    fields = story_fields(body_kk=hostile, byline="Ақбоз")
    editor = browser_of(people["editor"])
    answer = editor.post(f"/kk/writing/stories/{draft}/preview", data=fields)
    assert answer.status_code == 200
    (shown,) = page_of(answer).xpath("//*[@data-preview-page]//div[contains(@class, 'prose')]")
    assert stored(database, draft).revision == 1
    assert "Ақбоз" in words(answer, "//*[@data-preview-page]")
    # What was typed is still in the form, and goes on from there.
    assert value_of(answer, "body_kk") == hostile
    assert editor.post(f"/kk/writing/stories/{draft}", data=fields).status_code == 303
    assert editor.post(f"/kk/writing/stories/{draft}/publication").status_code == 303
    page = editor.get(f"/kk/stories/{draft}")
    (published,) = page_of(page).xpath("//article/div[contains(@class, 'prose')]")
    assert html.tostring(shown) == html.tostring(published)
    assert not published.xpath(".//script | .//a[contains(@href, 'javascript')]")


def test_two_editors_at_once_are_told_and_both_texts_are_kept(browser_of, database, people, draft):
    first, second = browser_of(people["editor"]), browser_of(people["second"])
    theirs = story_fields(body_kk="Екіншінің сөзі.")
    assert second.post(f"/en/writing/stories/{draft}", data=theirs).status_code == 303
    opened = first.get(f"/en/writing/stories/{draft}/edit")
    assert "Somebody else has saved this story" in words(opened)
    mine = story_fields(body_kk="Біріншінің сөзі.")
    answer = first.post(f"/en/writing/stories/{draft}", data=mine)
    assert answer.status_code == 422
    assert "since you opened it" in errors_of(answer)[""]
    assert value_of(answer, "body_kk") == "Біріншінің сөзі."
    assert "Екіншінің" in words(answer, "//dd[contains(@class, 'difference')]//ins")
    assert stored(database, draft).body.source == "Екіншінің сөзі."
    # Having seen it, one can save.
    revision = page_of(answer).xpath("//input[@name='revision']/@value")[0]
    again = first.post(f"/en/writing/stories/{draft}", data=mine | {"revision": revision})
    assert again.status_code == 303
    assert stored(database, draft).body.source == "Біріншінің сөзі."


def test_what_is_typed_is_kept_for_its_writer_alone(browser_of, database, people, draft):
    first, second = browser_of(people["editor"]), browser_of(people["second"])
    typed = story_fields(body_kk="Жарты сөйл", publish_wall="not yet a date")
    assert first.post(f"/kk/writing/stories/{draft}/unsaved", data=typed).status_code == 204
    assert stored(database, draft).revision == 1
    # In another session too, and nobody else's business.
    elsewhere = browser_of(people["editor"]).get(f"/en/writing/stories/{draft}/edit")
    assert value_of(elsewhere, "body_kk") == "Жарты сөйл"
    assert "did not save" in words(elsewhere)
    assert "Жарты" not in second.get(f"/en/writing/stories/{draft}/edit").text
    # Somebody else saves: from now on the browser is told.
    fields = story_fields(body_kk="Тұтас сөйлем.")
    assert second.post(f"/en/writing/stories/{draft}", data=fields).status_code == 303
    assert first.post(f"/kk/writing/stories/{draft}/unsaved", data=typed).status_code == 409
    later = first.get(f"/en/writing/stories/{draft}/edit")
    assert value_of(later, "body_kk") == "Жарты сөйл"
    assert "Тұтас" in words(later, "//dd[contains(@class, 'difference')]")
    # Let go, the form shows what is saved.
    assert first.post(f"/en/writing/stories/{draft}/unsaved/end").status_code == 303
    assert value_of(first.get(f"/en/writing/stories/{draft}/edit"), "body_kk") == "Тұтас сөйлем."


def test_saving_forgets_what_was_kept(browser_of, database, people, draft):
    editor = browser_of(people["editor"])
    editor.post(f"/kk/writing/stories/{draft}/unsaved", data=story_fields(body_kk="Жарты"))
    editor.post(f"/kk/writing/stories/{draft}", data=story_fields(body_kk="Тұтас"))
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Autosave)) == 0


def test_a_session_that_ended_keeps_nothing_and_says_so(client, draft):
    answer = client.post(f"/kk/writing/stories/{draft}/unsaved", data=story_fields())
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["location"]


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 30])
def test_a_nonsense_revision_is_nobodys(browser_of, people, draft, revision):
    answer = browser_of(people["editor"]).post(
        f"/kk/writing/stories/{draft}/unsaved", data=story_fields(revision=revision)
    )
    assert answer.status_code == 409


def test_every_save_is_a_version_that_can_be_brought_back(browser_of, database, people, draft):
    editor = browser_of(people["editor"])
    changes = {"body_kk": "Жаңа.", "tags": ["food"], "title_ru": None, "comments": "off"}
    editor.post(f"/en/writing/stories/{draft}", data=story_fields(**changes))
    page = editor.get(f"/en/writing/stories/{draft}/versions")
    assert "Version 2" in words(page)
    assert "бір аттан" in words(page, "//del")
    before = stored(database, draft)
    path = f"/en/writing/stories/{draft}/versions/1/restoration"
    assert editor.post(path, data={"revision": "1"}).status_code == 409
    assert editor.post(path, data={"revision": "2"}).status_code == 303
    story = stored(database, draft)
    assert story.revision == before.revision + 1
    assert story.body.source.startswith("Бәрі **бір аттан**")
    assert story.title.texts()["ru"] == "Кокпар в Берлине"
    assert (story.comments, story.languages) == ("moderated", "|kk|ru|")
    for nonsense in ("99", "x", "9" * 30):
        missing = path.replace("/1/", f"/{nonsense}/")
        assert editor.post(missing, data={"revision": "3"}).status_code == 404


def test_of_a_draft_the_last_versions_are_kept_and_of_a_story_all(
    browser_of, database, people, draft
):
    editor = browser_of(people["editor"])
    for number in range(MAX_DRAFT_REVISIONS + 3):
        fields = story_fields(body_kk=f"Нұсқа {number}", revision=str(number + 1))
        editor.post(f"/en/writing/stories/{draft}", data=fields)
    assert versions(database) == MAX_DRAFT_REVISIONS
    editor.post(f"/en/writing/stories/{draft}/publication")
    revision = stored(database, draft).revision
    for number in range(3):
        fields = story_fields(body_kk=f"Басылым {number}", revision=str(revision + number))
        assert editor.post(f"/en/writing/stories/{draft}", data=fields).status_code == 303
    assert versions(database, Revision.is_public) == 4
    assert stored(database, draft).editions == 4
