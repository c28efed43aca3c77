"""What readers say below stories: off, moderated or open; answered, hidden, taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.domain.letters.models import Notice
from portal.domain.organizations.models import Organization
from portal.domain.stories import commenting
from portal.domain.stories.models import Comment, CommentMode, Story
from tests.factories import (
    make_comment,
    make_organization,
    make_own_story,
    make_person,
    make_story,
)
from tests.functional.pages import errors_of, page_of, value_of, words
from tests.functional.queries import queries_of


@pytest.fixture
def people(database):
    """An editor of ours and an owner, two readers."""
    with database.writing() as db:
        made = {name: make_person(db, name) for name in ("editor", "owner", "reader", "other")}
        make_organization(db, "ours", owner=made["owner"], editor=made["editor"])
        db.flush()
        for person in made.values():
            db.expunge(person)
        return made


@pytest.fixture
def story_of(database, people):
    def make(mode=CommentMode.OPEN, **changes):
        with database.writing() as db:
            ours = db.scalars(select(Organization)).one()
            return make_story(db, ours, people["editor"], comments=mode, **changes).slug

    return make


def say(browser, slug, text="Рақмет!", **fields):
    return browser.post(f"/en/stories/{slug}/comments", data={"text": text} | fields)


def shown(browser, slug):
    return words(browser.get(f"/en/stories/{slug}"), "//section[@id='comments']")


def assert_leads_to(browser, answer, text):
    """The answer leads to a comment on the page it stands on."""
    address, anchor = answer.headers["location"].split("#")
    found = page_of(browser.get(address)).xpath(f"//*[@id='{anchor}']")
    assert len(found) == 1
    assert text in found[0].text_content()


def key_of(database, text):
    with database.reading() as db:
        return db.scalars(select(Comment.public_id).where(Comment.text == text)).one()


def told(database, about="comments_waiting"):
    with database.reading() as db:
        found = db.scalars(select(Notice.person_id).where(Notice.about == about))
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


@pytest.fixture
def many(database, people, story_of, monkeypatch):
    """Three comments, four answers to them, and one that waits; four on a page."""
    monkeypatch.setattr("portal.domain.stories.remarks.ON_A_PAGE", 4)
    slug = story_of(CommentMode.MODERATED)
    answers = ((0, "visible"), (2, "visible"), (0, "visible"), (0, "visible"), (1, "waiting"))
    with database.writing() as db:
        story = db.scalars(select(Story).where(Story.slug == slug)).one()
        said = [Comment(text=f"Пікір {number}.", state="visible") for number in range(3)]
        said += [Comment(text=f"Жауап {n}.", state=state) for n, (_to, state) in enumerate(answers)]
        for number, each in enumerate(said):
            each.public_id, each.story_id, each.language = f"key-{number}", story.id, "kk"
            each.written_at = clock.now() - timedelta(days=1) + timedelta(minutes=number)
            each.person_id = people["other"].id
        db.add_all(said[:3])
        db.flush()
        for each, (to, _state) in zip(said[3:], answers, strict=True):
            each.parent_id = said[to].id
        db.add_all(said[3:])
    return slug


TWO = ["Пікір 2", "Жауап 1"]


def spoken(page):
    return re.findall(r"(?:Пікір|Жауап) \d", words(page, "//section[@id='comments']"))


def test_a_long_conversation_is_read_page_by_page(client, browser_of, people, many):
    first = client.get(f"/en/stories/{many}")
    assert spoken(first) == ["Пікір 0", "Жауап 0", "Жауап 2", "Жауап 3"]
    (onward,) = page_of(first).xpath("//section[@id='comments']//a[@rel='next']/@href")
    assert onward == f"/en/stories/{many}?page=2#comments"
    second = client.get(onward)
    assert spoken(second) == ["Пікір 1", "Пікір 2", "Жауап 1"]
    assert not page_of(second).xpath("//section[@id='comments']//a[@rel='next']")
    (canonical,) = page_of(second).xpath("//link[@rel='canonical']/@href")
    assert canonical.endswith(f"/en/stories/{many}")
    assert client.get(f"/en/stories/{many}?page=3").status_code == 404
    assert client.get(f"/en/stories/{many}?page=0").status_code == 404
    # An editor sees what waits too, so that the last answer stands on a page further on.
    editor = browser_of(people["editor"])
    third = spoken(editor.get(f"/en/stories/{many}?page=2"))
    assert third == ["Пікір 1", "Жауап 4", "Пікір 2", "Жауап 1"]


def test_a_page_that_begins_among_answers_says_what_they_answer(
    client, database, many, monkeypatch
):
    monkeypatch.setattr("portal.domain.stories.remarks.ON_A_PAGE", 2)
    path = f"/en/stories/{many}?page=2"
    assert spoken(client.get(path)) == ["Пікір 0", "Жауап 2", "Жауап 3"]
    key = key_of(database, "Пікір 0.")
    with database.writing() as db:
        removed = db.scalars(select(Comment).where(Comment.public_id == key)).one()
        commenting.remove(removed)
    after = client.get(path)
    assert "removed by whoever wrote it" in words(after)
    assert spoken(after) == ["Жауап 2", "Жауап 3"]


def test_what_was_said_at_one_moment_keeps_together_with_its_answers(
    client, database, many, monkeypatch
):
    with database.writing() as db:
        db.execute(update(Comment).values(written_at=clock.now(), state="visible"))
        # The clock was put back meanwhile.
        earlier = update(Comment).where(Comment.text == "Жауап 0.")
        db.execute(earlier.values(written_at=clock.now() - timedelta(hours=1)))
    # In another language each, since pages that have been drawn are kept.
    for tag, most, pages in (
        ("en", 8, [["Пікір 0", "Жауап 0", "Жауап 2", "Жауап 3", "Пікір 1", "Жауап 4", *TWO]]),
        (
            "ru",
            3,
            [["Пікір 0", "Жауап 0", "Жауап 2"], ["Пікір 0", "Жауап 3", "Пікір 1", "Жауап 4"], TWO],
        ),
    ):
        monkeypatch.setattr("portal.domain.stories.remarks.ON_A_PAGE", most)
        path, found = f"/{tag}/stories/{many}", []
        while path:
            page = client.get(path)
            found.append(spoken(page))
            (path,) = page_of(page).xpath("//section[@id='comments']//a[@rel='next']/@href") or [
                None
            ]
        assert found == pages


def test_answers_to_what_is_hidden_are_hidden_with_it(
    client, browser_of, database, people, many, monkeypatch
):
    monkeypatch.setattr("portal.domain.stories.remarks.ON_A_PAGE", 5)
    with database.writing() as db:
        db.execute(update(Comment).where(Comment.text == "Пікір 2.").values(state="hidden"))
    assert spoken(client.get(f"/en/stories/{many}"))[-1] == "Пікір 1"
    path = f"/en/stories/{many}?page=2"
    assert client.get(path).status_code == 404
    assert "Жауап 1" in spoken(browser_of(people["editor"]).get(path))


def test_what_is_said_and_done_leads_to_its_page(browser_of, database, people, many):
    reader, editor = browser_of(people["reader"]), browser_of(people["editor"])
    said = say(reader, many, "Соңғысы.")
    assert_leads_to(reader, said, "Соңғысы.")
    key = key_of(database, "Пікір 2.")
    asked = reader.get(f"/en/stories/{many}?answer={key}")
    assert "You answer A reader" in words(asked)
    assert value_of(asked, "answers") == key
    refused = say(reader, many, "", answers=key)
    assert refused.status_code == 422
    assert value_of(refused, "answers") == key
    assert_leads_to(reader, say(reader, many, "Жауабым.", answers=key), "Жауабым.")
    desk = page_of(editor.get(f"/en/writing/stories/{many}"))
    (waiting,) = desk.xpath("//a[contains(., '3 comments wait')]/@href")
    story = page_of(editor.get(f"/en/stories/{many}"))
    assert story.xpath("//a[contains(., '3 comments wait')]/@href") == [waiting]
    page = page_of(editor.get(waiting))
    (first,) = page.xpath(f"//*[@id='{waiting.split('#')[1]}']")
    assert "Жауап 4." in first.text_content()
    (publication,) = first.xpath(".//form[contains(@action, 'publication')]/@action")
    assert_leads_to(editor, editor.post(publication), "Жауап 4.")
    hidden = editor.post(publication.replace("publication", "hiding"))
    assert_leads_to(editor, hidden, "Жауап 4.")
    # To whoever may not see it, its address is the story's.
    address = hidden.headers["location"].split("#")[0]
    assert "Пікір 0." in words(reader.get(address))
    assert not page_of(reader.get(f"/en/stories/{many}")).xpath("//a[contains(., 'wait')]")


def test_who_takes_back_a_comment_stays_where_it_stood(browser_of, database, people, many):
    """At what stands before it, or after the first; where nothing else is said, at the end."""
    other = browser_of(people["other"])

    def take_back(text):
        path = f"/en/stories/{many}/comments/{key_of(database, text)}/deletion"
        answer = other.post(path)
        assert answer.status_code == 303
        return answer

    assert_leads_to(other, take_back("Жауап 1."), "Пікір 2.")
    assert_leads_to(other, take_back("Жауап 0."), "Пікір 0.")
    for text in ("Жауап 2.", "Жауап 3."):
        take_back(text)
    first = take_back("Пікір 0.")
    assert "#comment-" in first.headers["location"]
    assert_leads_to(other, first, "Пікір 1.")
    assert_leads_to(other, take_back("Пікір 2."), "Жауап 4.")
    assert_leads_to(other, take_back("Жауап 4."), "Пікір 1.")
    alone = take_back("Пікір 1.")
    assert alone.headers["location"] == f"/en/stories/{many}#comments"
