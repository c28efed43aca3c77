"""A conversation of many pages: how it is read, and where what is done in it leads."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.core import clock
from portal.domain.stories import comments
from portal.domain.stories.models import Comment
from tests.pages import page_of, value_of, words
from tests.stories.comments.comments import assert_leads_to, key_of, say, spoken

pytestmark = pytest.mark.both_engines

TWO = ["Пікір 2", "Жауап 1"]


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
    monkeypatch.setattr("portal.domain.stories.comment_threads.ON_A_PAGE", 2)
    path = f"/en/stories/{many}?page=2"
    assert spoken(client.get(path)) == ["Пікір 0", "Жауап 2", "Жауап 3"]
    key = key_of(database, "Пікір 0.")
    with database.writing() as db:
        removed = db.scalars(select(Comment).where(Comment.public_id == key)).one()
        comments.remove(removed)
    after = client.get(path)
    assert "removed by whoever wrote it" in words(after)
    assert spoken(after) == ["Жауап 2", "Жауап 3"]


def test_what_was_said_at_one_moment_keeps_together_with_its_answers(
    client, database, many, monkeypatch
):
    with database.writing() as db:
        db.execute(update(Comment).values(posted_at=clock.now(), state="visible"))
        # The clock was put back meanwhile.
        earlier = update(Comment).where(Comment.text == "Жауап 0.")
        db.execute(earlier.values(posted_at=clock.now() - timedelta(hours=1)))
    # In another language each, since pages that have been drawn are kept.
    for tag, most, pages in (
        ("en", 8, [["Пікір 0", "Жауап 0", "Жауап 2", "Жауап 3", "Пікір 1", "Жауап 4", *TWO]]),
        (
            "ru",
            3,
            [["Пікір 0", "Жауап 0", "Жауап 2"], ["Пікір 0", "Жауап 3", "Пікір 1", "Жауап 4"], TWO],
        ),
    ):
        monkeypatch.setattr("portal.domain.stories.comment_threads.ON_A_PAGE", most)
        path, found = f"/{tag}/stories/{many}", []
        while path:
            page = client.get(path)
            found.append(spoken(page))
            (path,) = page_of(page).xpath("//section[@id='comments']//a[@rel='next']/@href") or [
                None
            ]
        assert found == pages


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
