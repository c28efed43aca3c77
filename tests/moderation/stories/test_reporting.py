"""Reports about stories and comments: who sends them, who reads them, who may not decide."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.moderation.models import Report
from portal.domain.organizations.actions import give_role
from portal.domain.organizations.models import Organization, Role
from portal.domain.stories.models import CommentMode
from portal.i18n.translated import Translated
from tests.factories import make_comment, make_decision, make_own_story, make_story
from tests.moderation.casework import acts, latest_decision
from tests.moderation.stories.deciding import comment_of, decide, story_of
from tests.pages import addresses_of, words


def test_anyone_reports_a_story_and_a_comment_from_the_page(client, as_, cast, database):
    path = f"/en/stories/{cast['story']}"
    of_story = f"/en/reports/new?item=story%3A{cast['story']}"
    of_comment = f"/en/reports/new?item=comment%3A{cast['comment']}"
    assert {of_story, of_comment} <= set(addresses_of(client.get(path)))
    # Nobody is asked to report what is one's own.
    assert of_comment not in addresses_of(as_("writer").get(path))
    assert "Жаман сөз" in words(client.get(of_comment))
    assert "Жаман сөз" not in words(client.get(of_story))
    for item in (f"story:{cast['story']}", f"comment:{cast['comment']}"):
        form = {"item": item, "reason": "minors", "text": "Plain hatred."}
        assert client.post("/en/reports", data=form).status_code == 303, item
    with database.reading() as db:
        story, comment = story_of(db, cast), comment_of(db, cast)
        made = db.scalars(select(Report).where(Report.reason == "minors").order_by(Report.id))
        about = [(each.organization_id, each.story_id, each.comment_id) for each in made]
        assert about == [(story.organization_id, story.id, None), (None, story.id, comment.id)]
    assert "Жаман сөз" in client.get(path).text
    assert acts(database) == []


def test_stories_and_comments_one_cannot_see_cannot_be_reported(client, as_, cast, database):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        editor = db.get_one(Person, cast["ids"]["editor"])
        draft = make_story(db, ours, editor, published=False).slug
        moderated = make_story(db, ours, editor, comments=CommentMode.MODERATED)
        writer = db.get_one(Person, cast["ids"]["writer"])
        waiting = make_comment(db, moderated, writer, "Күтіп тұр").public_id
        hidden = make_own_story(db, editor, published=True, comments=CommentMode.OPEN)
        said = make_comment(db, hidden, writer).public_id
        make_decision(db, None, story=hidden, by=None)
        gone = hidden.slug
    missing = ("story:nothing", "comment:nothing", "comment:", "person:1")
    for item in (f"story:{draft}", f"story:{gone}", f"comment:{said}", f"comment:{waiting}"):
        missing += (item,)
    for item in missing:
        form = {"item": item, "reason": "spam"}
        for browser in (client, as_("member")):
            assert browser.post("/en/reports", data=form).status_code == 404, item
            assert browser.get("/en/reports/new", params={"item": item}).status_code == 404, item
    # Those who see it may.
    for name, item in (("editor", f"story:{draft}"), ("editor", f"comment:{waiting}")):
        form = {"item": item, "reason": "spam"}
        assert as_(name).post("/en/reports", data=form).status_code == 303, item
    as_("writer").post(f"/en/stories/{cast['story']}/comments/{cast['comment']}/deletion")
    item = f"comment:{cast['comment']}"
    assert client.get("/en/reports/new", params={"item": item}).status_code == 404


def test_moderators_read_stories_and_comments_as_plain_words(as_, cast, database):
    attack = "<img src=x onerror=alert(1)> [Ақша](https://evil.example/pay) https://evil.example"
    with database.writing() as db:
        story, comment = story_of(db, cast, "own"), comment_of(db, cast)
        story.body = Translated.of("kk", kk="Қазақша мәтін", ru=attack)
        story.sources = [{"label": "Дерек", "url": "https://evil.example/source"}]
        comment.text, comment.byline = attack, "<b>Боз</b>"
        db.flush()
        make_decision(db, None, story=story, by=None)
    page = as_("first").get(f"/en/moderation/reports/{cast['reports']['own']}")
    assert "Қазақша мәтін" in words(page)
    assert "https://evil.example/source" in words(page)
    assert "Hidden: only those who have a part in it see it now." in words(page)
    remark = as_("first").get(f"/en/moderation/reports/{cast['reports']['comment']}")
    assert "<b>Боз</b>" in words(remark)
    for each in (page, remark):
        assert attack in words(each)
        assert "<img" not in each.text
        assert not any("evil" in address for address in addresses_of(each))
        # Whoever writes under another name is known by that alone.
        assert "7261" not in words(each, "//main")
    assert f"/en/stories/{cast['own']}" not in addresses_of(page)
    place = f"/en/stories/{cast['story']}?comment={cast['comment']}#comment-{cast['comment']}"
    assert place in addresses_of(remark)
    for name in ("member", "author", "writer", "editor"):
        path = f"/en/moderation/reports/{cast['reports']['own']}"
        assert as_(name).get(path).status_code == 404, name


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        ({"writes": "story"}, {"story", "comment"}),
        ({"writes": "own"}, {"own", "below"}),
        ({"says": "comment"}, {"comment"}),
        ({"belongs": True}, {"story", "comment"}),
    ],
)
def test_nobody_moderates_what_is_ones_own(as_, cast, database, change, closed):
    with database.writing() as db:
        insider = db.get_one(Person, cast["ids"]["insider"])
        if "writes" in change:
            story_of(db, cast, change["writes"]).author_id = insider.id
        if "says" in change:
            comment_of(db, cast, change["says"]).person_id = insider.id
        if "belongs" in change:
            ours = db.scalars(select(Organization)).one()
            give_role(db, ours, insider, Role.ANALYST, clock.now())
    browser = as_("insider")
    listed = browser.get("/en/moderation").text
    for name, key in cast["reports"].items():
        expected = 404 if name in closed else 200
        assert (key in listed) is (name not in closed), name
        assert browser.get(f"/en/moderation/reports/{key}").status_code == expected, name
    for name in closed:
        key = cast["reports"][name]
        assert decide(browser, key).status_code == 404, name
        assert decide(as_("first"), key).status_code == 303, name
        path = f"/en/moderation/decisions/{latest_decision(database).public_id}"
        assert browser.get(path).status_code == 404, name
        assert browser.post(f"{path}/reversal").status_code == 404, name
