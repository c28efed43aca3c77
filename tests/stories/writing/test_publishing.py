"""From a draft to its readers: published, handed in, taken back, and at an hour."""

from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations.models import Organization
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated
from tests.factories import (
    make_story,
)
from tests.forms import story_fields
from tests.pages import errors_of, page_of, words
from tests.stories.writing.seen import notices, own, stored, versions


def test_an_editor_publishes_for_the_organisation_and_once(browser_of, database, people, draft):
    editor = browser_of(people["editor"])
    assert editor.post(f"/en/writing/stories/{draft}/publication").status_code == 303
    assert stored(database, draft).state == "published"
    again = editor.post(f"/en/writing/stories/{draft}/publication")
    assert again.status_code == 409
    assert "moved on" in errors_of(again)[""]
    assert editor.post(f"/en/writing/stories/{draft}/deletion").status_code == 409


def test_nothing_to_read_is_not_published(browser_of, database, people):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        empty = make_story(
            db, ours, people["editor"], published=False, body=Translated.of("kk")
        ).slug
    answer = browser_of(people["editor"]).post(f"/en/writing/stories/{empty}/publication")
    assert answer.status_code == 409
    assert "nothing to read" in errors_of(answer)[""]


def test_readers_are_told_who_pays_and_nobody_is_an_answer(
    browser_of, client, database, people, draft
):
    editor, member = browser_of(people["editor"]), browser_of(people["member"])
    mine, desk = own(database, people["member"], funding=None), f"/en/writing/stories/{draft}"
    unanswered = story_fields(funding=None, funding_note_kk="Қала қоры")
    assert editor.post(desk, data=unanswered).status_code == 303
    handed_in = member.post(f"/en/writing/stories/{mine}/submission")
    for refused in (editor.post(f"{desk}/publication"), handed_in):
        assert refused.status_code == 409
        assert "Say who pays for it." in errors_of(refused)[""]
    revision = str(stored(database, draft).revision)
    answered = unanswered | {"revision": revision, "funding": "grant"}
    preview = editor.post(f"{desk}/preview", data=answered)
    assert "Who pays for itA grant Қала қоры" in words(preview, "//article")
    assert editor.post(desk, data=answered).status_code == 303
    assert editor.post(f"{desk}/publication").status_code == 303
    page = f"/en/stories/{draft}"
    told = client.get(page)
    assert "Who pays for itA grant Қала қоры" in words(told, "//article")
    assert page_of(told).xpath("//dd[@lang='kk']/text()") == ["Қала қоры"]
    revision = str(stored(database, draft).revision)
    taken_back = editor.post(desk, data=unanswered | {"revision": revision})
    assert taken_back.status_code == 422
    assert "Say who pays for it." in errors_of(taken_back)["funding"]
    changed = answered | {"revision": revision, "funding": "nobody", "funding_note_kk": ""}
    assert editor.post(desk, data=changed).status_code == 303
    history = client.get(f"{page}/history")
    assert "A grant" in words(history, "//del")
    assert "Nobody: it is the work of volunteers" in words(history, "//ins")
    assert "Қала қоры" in words(history, "//del")
    revision = str(stored(database, draft).revision)
    editor.post(f"{desk}/versions/1/restoration", data={"revision": revision})
    assert "Who pays for itNobody" in words(client.get(page), "//article")
    with database.writing() as db:
        # As before it was asked.
        db.scalars(select(Story).where(Story.slug == draft)).one().funding = None
    assert "Who pays" not in words(client.get(page))


def test_a_suspended_organisation_publishes_and_takes_nothing(browser_of, database, people, draft):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        ours.suspended_at = clock.now()
    answer = browser_of(people["editor"]).post(f"/en/writing/stories/{draft}/publication")
    assert answer.status_code == 409
    mine = own(database, people["member"])
    member = browser_of(people["member"])
    handed_in = member.post(f"/en/writing/stories/{mine}/submission", data={"organization": "ours"})
    assert handed_in.status_code == 409
    assert stored(database, mine).state == "draft"


def test_a_members_story_goes_to_an_organisation_and_back_and_out(browser_of, database, people):
    slug = own(database, people["member"])
    member, editor = browser_of(people["member"]), browser_of(people["editor"])
    page = f"/en/writing/stories/{slug}"
    assert editor.get(page).status_code == 404
    assert member.post(f"{page}/submission", data={"organization": "ours"}).status_code == 303
    both = sorted(people[name].id for name in ("editor", "second"))
    assert notices(database, "story_waiting") == both
    # What waits for an answer comes before everything else.
    first = page_of(editor.get("/en/manage")).xpath("(//main//section)[1]")[0]
    assert "Көкпар Берлинде" in first.text_content()
    # What waits for an answer stays as it is.
    assert member.get(f"{page}/edit").status_code == 403
    assert member.post(f"{page}/acceptance").status_code == 403
    empty = editor.post(f"{page}/return", data={"note": ""})
    assert empty.status_code == 422
    assert "note" in errors_of(empty)
    assert editor.post(f"{page}/return", data={"note": "Дереккөз қайда?"}).status_code == 303
    assert notices(database, "story_returned") == [people["member"].id]
    assert "Дереккөз қайда?" in words(member.get(page))
    assert editor.get(page).status_code == 404
    assert member.post(f"{page}/submission", data={"organization": "ours"}).status_code == 303
    assert editor.post(f"{page}/acceptance").status_code == 303
    assert notices(database, "story_accepted") == [people["member"].id]
    story = stored(database, slug)
    assert (story.state, story.is_by_author) == ("published", True)
    # The organisation stands behind it now: its editors change it, the author proposes.
    assert "Propose the changes" in words(member.get(f"{page}/edit"))
    assert "Propose the changes" not in words(editor.get(f"{page}/edit"))
    assert editor.get(f"{page}/edit").status_code == 200
    assert browser_of(people["foreigner"]).get(page).status_code == 404


def test_a_members_own_story_is_accepted_by_the_portals_editors(browser_of, database, people):
    slug = own(database, people["member"])
    member, moderator = browser_of(people["member"]), browser_of(people["moderator"])
    page = f"/en/writing/stories/{slug}"
    assert moderator.get(page).status_code == 404
    assert member.post(f"{page}/submission").status_code == 303
    assert notices(database, "story_waiting") == [people["moderator"].id]
    assert "Көкпар Берлинде" in words(moderator.get("/kk/writing"))
    for name in ("editor", "foreigner"):
        assert browser_of(people[name]).get(page).status_code == 404
        assert browser_of(people[name]).post(f"{page}/acceptance").status_code == 404
    assert moderator.post(f"{page}/acceptance").status_code == 303
    assert member.get(f"/kk/stories/{slug}").status_code == 200
    # An editor has answered for it, so what its author corrects waits for one.
    revision = str(stored(database, slug).revision)
    fields = story_fields(body_kk="Түзетілді.", revision=revision)
    assert member.post(page, data=fields).status_code == 303
    assert "Түзетілді" not in words(member.get(f"/kk/stories/{slug}"))
    assert "Көкпар Берлинде" in words(moderator.get("/en/writing"))
    assert moderator.post(page, data=fields).status_code == 403


def test_what_was_handed_in_can_be_taken_back_and_thrown_away(browser_of, database, people):
    slug = own(database, people["member"], submitted=True)
    member = browser_of(people["member"])
    page = f"/en/writing/stories/{slug}"
    assert member.post(f"{page}/withdrawal").status_code == 303
    assert stored(database, slug).state == "draft"
    assert member.post(f"{page}/withdrawal").status_code == 409
    assert member.post(f"{page}/deletion").status_code == 303
    assert member.get(page).status_code == 404
    assert versions(database) == 0


def test_an_accepted_story_waits_for_the_hour_its_author_named(browser_of, database, people):
    wall = (clock.now() + timedelta(days=2)).replace(tzinfo=None)
    slug = own(database, people["member"], submitted=True, publish_wall=wall)
    moderator = browser_of(people["moderator"])
    assert moderator.post(f"/en/writing/stories/{slug}/acceptance").status_code == 303
    assert stored(database, slug).state == "scheduled"
    member = browser_of(people["member"])
    fields = story_fields(revision=str(stored(database, slug).revision))
    # It is as it was accepted until it appears; its author may take it back.
    assert member.post(f"/en/writing/stories/{slug}", data=fields).status_code == 403
    page = words(member.get(f"/en/writing/stories/{slug}"))
    assert "Take it back" in page


def test_what_waits_for_its_hour_keeps_one(browser_of, database, people):
    wall = (clock.now() + timedelta(days=2)).replace(tzinfo=None)
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        slug = make_story(db, ours, people["editor"], publish_wall=wall).slug
    fields = story_fields(revision=str(stored(database, slug).revision))
    answer = browser_of(people["editor"]).post(f"/en/writing/stories/{slug}", data=fields)
    assert "publish_wall" in errors_of(answer)


def test_handing_in_is_limited(app, browser_of, database, people, monkeypatch):
    monkeypatch.setattr(app.state.site.rate_limiter, "_is_on", True)
    member = browser_of(people["member"])
    answers = []
    for _number in range(11):
        slug = own(database, people["member"])
        answers.append(member.post(f"/en/writing/stories/{slug}/submission").status_code)
    assert answers == [303] * 10 + [429]
