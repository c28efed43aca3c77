"""Comments on stories: who says something, who reads it, who takes it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.core import clock
from portal.domain.emails.models import Notification
from portal.domain.stories.models import Comment, CommentMode, Story
from tests.factories import make_comment, make_own_story
from tests.pages import errors_of, page_of, value_of, words
from tests.queries import queries_of
from tests.stories.comments.comments import assert_leads_to, key_of, say, spoken


def shown(browser, slug):
    return words(browser.get(f"/en/stories/{slug}"), "//section[@id='comments']")


def told(database, about="comments_waiting"):
    with database.reading() as db:
        found = db.scalars(select(Notification.person_id).where(Notification.about == about))
        return sorted(found)


def test_an_open_comment_is_read_at_once_under_the_name_typed_for_it(
    client, browser_of, people, story_of
):
    slug = story_of()
    reader = browser_of(people["reader"])
    answer = say(reader, slug, "Бірінші жол.\n\nЕкінші жол. <b>", byline="Самал")
    assert answer.status_code == 303
    assert_leads_to(reader, answer, "Бірінші жол.")
    page = client.get(f"/en/stories/{slug}")
    said = words(page, "//section[@id='comments']")
    assert "Самал" in said
    assert "Екінші жол. <b>" in said
    # The account's own name is nobody's to read.
    assert "reader" not in said.replace("A reader", "")
    assert say(browser_of(people["other"]), slug, "Атсыз").status_code == 303
    assert "A reader" in shown(client, slug)
    # The form remembers the name.
    assert value_of(reader.get(f"/en/stories/{slug}"), "byline") == "Самал"


def test_a_moderated_comment_waits_for_an_editor(client, browser_of, database, people, story_of):
    slug = story_of(CommentMode.MODERATED)
    reader, editor = browser_of(people["reader"]), browser_of(people["editor"])
    say(reader, slug, "Күтіп тұрмын")
    assert "Күтіп тұрмын" not in client.get(f"/en/stories/{slug}").text
    assert "Күтіп тұрмын" not in browser_of(people["other"]).get(f"/en/stories/{slug}").text
    assert "Waits to be read" in shown(reader, slug)
    assert "One comment waits" in words(editor.get(f"/en/writing/stories/{slug}"))
    address = f"/en/stories/{slug}/comments/{key_of(database, 'Күтіп тұрмын')}"
    assert reader.post(f"{address}/publication").status_code == 404
    assert editor.post(f"{address}/publication").status_code == 303
    assert "Күтіп тұрмын" in shown(client, slug)
    assert editor.post(f"{address}/hiding").status_code == 303
    assert "Күтіп тұрмын" not in client.get(f"/en/stories/{slug}").text
    assert "Hidden by the editors" in shown(reader, slug)
    # An editor's own word waits for nobody.
    say(editor, slug, "Редактордың сөзі")
    assert "Редактордың сөзі" in shown(client, slug)


def test_editors_are_told_once_a_day_that_comments_wait(
    browser_of, database, people, story_of, monkeypatch
):
    first, second = story_of(CommentMode.MODERATED), story_of(CommentMode.MODERATED)
    reader = browser_of(people["reader"])
    for slug in (first, first, second):
        say(reader, slug)
    assert told(database) == sorted([people["editor"].id, people["owner"].id])
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    say(reader, second)
    assert len(told(database)) == 4
    open_story = story_of()
    say(reader, open_story)
    assert len(told(database)) == 4


def test_nobody_comments_where_it_is_off_or_not_public(
    client, browser_of, database, people, story_of
):
    reader = browser_of(people["reader"])
    off = story_of(CommentMode.OFF)
    assert client.get(f"/en/stories/{off}").text.count("comments-title") == 0
    answer = say(reader, off)
    assert answer.status_code == 422
    assert "cannot be commented" in errors_of(answer)[""]
    with database.writing() as db:
        draft = make_own_story(db, db.merge(people["other"]), comments=CommentMode.OPEN).slug
    assert say(reader, draft).status_code == 404
    stranger = say(client, story_of())
    assert stranger.status_code == 303
    assert "/sign-in" in stranger.headers["location"]
    with database.reading() as db:
        assert db.scalars(select(Comment)).all() == []


def test_answers_stand_one_level_below(client, browser_of, database, people, story_of):
    slug = story_of()
    reader, other = browser_of(people["reader"]), browser_of(people["other"])
    say(reader, slug, "Сұрақ", byline="Самал")
    question = key_of(database, "Сұрақ")
    form = other.get(f"/en/stories/{slug}?answer={question}")
    assert value_of(form, "answers") == question
    assert "You answer Самал." in words(form)
    assert say(other, slug, "Жауап", answers=question).status_code == 303
    page = page_of(client.get(f"/en/stories/{slug}"))
    (below,) = page.xpath("//ol[@class='comments']/li/ol/li")
    assert "Жауап" in below.text_content()
    # No level more, and nothing of another story.
    assert say(reader, slug, "Тағы", answers=key_of(database, "Жауап")).status_code == 422
    assert say(reader, story_of(), "Бөтен", answers=question).status_code == 404
    nonsense = other.get(f"/en/stories/{slug}?answer=nobodys")
    assert page_of(nonsense).xpath("//input[@name='answers']") == []


def test_one_takes_back_ones_own_words_and_no_others(
    client, browser_of, database, people, story_of
):
    slug = story_of()
    reader, other = browser_of(people["reader"]), browser_of(people["other"])
    say(reader, slug, "Сұрақ-7261", byline="Самал-7261")
    question = key_of(database, "Сұрақ-7261")
    say(other, slug, "Жауап", answers=question)
    address = f"/en/stories/{slug}/comments/{question}"
    for browser in (other, browser_of(people["editor"])):
        assert browser.post(f"{address}/deletion").status_code == 404
    assert reader.post(f"{address}/deletion").status_code == 303
    page = client.get(f"/en/stories/{slug}")
    assert "7261" not in page.text
    assert "removed by whoever wrote it" in shown(client, slug)
    assert "Жауап" in shown(client, slug)
    with database.reading() as db:
        gone = db.scalars(select(Comment).where(Comment.public_id == question)).one()
        assert (gone.text, gone.byline, gone.person_id) == ("", "", None)
    assert reader.post(f"{address}/deletion").status_code == 404
    # Without an answer below it, not even its place stays.
    assert (
        other.post(f"/en/stories/{slug}/comments/{key_of(database, 'Жауап')}/deletion").status_code
        == 303
    )
    assert "removed" not in shown(client, slug)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"text": "a\u202eb"}, "text"),
        ({"byline": "x" * 81}, "byline"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser_of, people, story_of, fields, field):
    reader = browser_of(people["reader"])
    typed = {"text": "Рақмет!", "byline": "Самал"} | fields
    answer = reader.post(f"/en/stories/{story_of()}/comments", data=typed)
    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert value_of(answer, "byline") == typed["byline"]


def test_a_members_own_story_is_kept_in_order_by_its_author(client, browser_of, database, people):
    with database.writing() as db:
        author = db.merge(people["other"])
        story = make_own_story(db, author, published=True, comments=CommentMode.MODERATED)
        comment = make_comment(db, story, db.merge(people["reader"]), "Сәлем")
        address = f"/en/stories/{story.slug}/comments/{comment.public_id}"
        slug = story.slug
    assert told(database) == [people["other"].id]
    assert browser_of(people["editor"]).post(f"{address}/publication").status_code == 404
    assert browser_of(people["other"]).post(f"{address}/publication").status_code == 303
    assert "Сәлем" in shown(client, slug)


def test_a_page_asks_as_much_for_three_comments_as_for_one(
    client, browser_of, database, people, story_of
):
    slug, reader = story_of(), browser_of(people["reader"])
    counts = []
    for number in (1, 2):
        for each in range(number):
            say(reader, slug, f"Сөз {number} {each}")
        # The first page drawn after a change also learns the settings.
        client.get(f"/en/privacy?drawn={number}")
        with queries_of(database) as asked:
            assert client.get(f"/en/stories/{slug}").status_code == 200
        counts.append(len(asked))
    assert counts == [3, 3]


def test_comments_are_limited(app, browser_of, database, people, story_of, monkeypatch):
    monkeypatch.setattr(app.state.site.rate_limiter, "_is_on", True)
    slug, reader = story_of(), browser_of(people["reader"])
    answers = [say(reader, slug, f"Сөз {number}").status_code for number in range(31)]
    assert answers == [303] * 30 + [429]
    with database.reading() as db:
        assert len(db.scalars(select(Comment)).all()) == 30
        assert db.scalars(select(Story)).one().comments == "open"


def test_answers_to_what_is_hidden_are_hidden_with_it(
    client, browser_of, database, people, many, monkeypatch
):
    monkeypatch.setattr("portal.domain.stories.comment_threads.ON_A_PAGE", 5)
    with database.writing() as db:
        db.execute(update(Comment).where(Comment.text == "Пікір 2.").values(state="hidden"))
    assert spoken(client.get(f"/en/stories/{many}"))[-1] == "Пікір 1"
    path = f"/en/stories/{many}?page=2"
    assert client.get(path).status_code == 404
    assert "Жауап 1" in spoken(browser_of(people["editor"]).get(path))
