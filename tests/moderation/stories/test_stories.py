"""Stories and comments are reported, hidden and brought back as events are."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Appeal, Decision, Measure, Report
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.models import Organization, Role
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.export import holdings_of
from portal.domain.stories.models import Comment, CommentMode
from portal.i18n.translated import Translated
from tests.factories import make_comment, make_decision, make_own_story, make_report, make_story
from tests.moderation.casework import acts, latest_decision, stored
from tests.moderation.stories.deciding import comment_of, decide, story_of, told
from tests.pages import addresses_of, errors_of, words


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
            grant_role(db, ours, insider, Role.ANALYST, clock.now())
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


def test_a_hidden_story_is_gone_and_told_to_its_editors_and_its_author(as_, client, cast, database):
    path = f"/en/stories/{cast['story']}"
    assert decide(as_("first"), cast["reports"]["story"]).status_code == 303
    for name in (None, "member", "writer"):
        for page in (path, f"{path}/history"):
            assert as_(name).get(page).status_code == 404, (name, page)
    for listing in ("/en/stories", "/en/organizations/ours", "/en"):
        assert cast["story"] not in addresses_of(client.get(listing)), listing
    for name in ("editor", "author"):
        assert "Hidden by the moderators" in words(as_(name).get(path)), name
    ids, letters = cast["ids"], told(database)
    expected = {(ids["owner"], "en"), (ids["editor"], "ru"), (ids["author"], "kk")}
    assert {(person, language) for person, language, _said in letters} == expected
    assert {said["item"] for person, _l, said in letters if person == ids["editor"]} == {
        "Кокпар в Берлине"
    }
    decision = f"/en/decisions/{latest_decision(database).public_id}"
    for name, status in (("author", 200), ("owner", 200), ("analyst", 404), ("writer", 404)):
        assert as_(name).get(decision).status_code == status, name
    assert decision in addresses_of(as_("editor").get("/en/manage"))
    assert as_("author").post(f"{decision}/appeal", data={"text": "True."}).status_code == 303
    assert as_("owner").post(f"{decision}/appeal", data={"text": "Once."}).status_code == 409
    ruling = decision.replace("/decisions", "/moderation/decisions")
    answer = {"answer": "grant"}
    assert as_("first").post(f"{ruling}/answer", data=answer).status_code == 409
    assert as_("second").post(f"{ruling}/answer", data=answer).status_code == 303
    assert client.get(path).status_code == 200
    assert acts(database) == [
        ("hide", "story", "hate"),
        ("appeal-granted", "story", "hate"),
        ("restore", "story", "hate"),
    ]
    assert "story" in words(client.get("/en/moderation-log"))
    with database.reading() as db:
        assert audit_log.first_fault(db) is None


def test_a_members_own_story_concerns_its_author_alone(as_, client, cast, database):
    assert decide(as_("first"), cast["reports"]["own"]).status_code == 303
    assert [person for person, _language, _said in told(database)] == [cast["ids"]["author"]]
    path = f"/en/decisions/{latest_decision(database).public_id}"
    assert path in addresses_of(as_("author").get("/en/writing"))
    for name in ("owner", "editor", "member", "second"):
        assert as_(name).get(path).status_code == 404, name
        assert path not in as_(name).get("/en/writing").text, name
    assert as_(None).get(path).headers["location"].startswith("/en/sign-in")
    # What is hidden is not hidden twice.
    with database.writing() as db:
        again = make_report(db, None, story=story_of(db, cast, "own")).public_id
    assert decide(as_("second"), again).status_code == 409
    ruling = path.replace("/decisions", "/moderation/decisions")
    assert as_("second").post(f"{ruling}/reversal").status_code == 303
    assert client.get(f"/en/stories/{cast['own']}").status_code == 200


def test_a_dismissed_report_changes_nothing(as_, client, cast, database):
    for name in ("story", "comment"):
        answer = decide(as_("first"), cast["reports"][name], measure="dismiss")
        assert answer.status_code == 303, name
    assert "Жаман сөз" in client.get(f"/en/stories/{cast['story']}").text
    assert told(database) == []
    assert acts(database) == [("dismiss", "story", "fraud"), ("dismiss", "comment", "fraud")]


def test_what_does_not_fit_cannot_be_decided(as_, cast, database):
    for name in ("own", "comment"):
        page = as_("first").get(f"/en/moderation/reports/{cast['reports'][name]}")
        assert "suspend" not in words(page), name
        for measure in ("suspend", "ban"):
            person = str(cast["ids"]["writer"])
            answer = decide(as_("first"), cast["reports"][name], measure=measure, person=person)
            assert (answer.status_code, list(errors_of(answer))) == (422, ["measure"]), name
    assert stored(database, select(Decision)) == []
    answer = decide(as_("first"), cast["reports"]["story"], measure="suspend")
    assert answer.status_code == 303


def test_a_hidden_comment_is_gone_and_its_editors_cannot_bring_it_back(as_, client, cast, database):
    page = f"/en/stories/{cast['story']}"
    assert decide(as_("first"), cast["reports"]["comment"]).status_code == 303
    for name in (None, "member", "author"):
        assert "Жаман сөз" not in as_(name).get(page).text, name
    for name in ("writer", "editor"):
        assert "Hidden by the moderators" in words(as_(name).get(page)), name
    address = f"{page}/comments/{cast['comment']}"
    assert f"{address}/publication" not in as_("editor").get(page).text
    for act in ("publication", "hiding"):
        assert as_("editor").post(f"{address}/{act}").status_code == 403, act
    assert stored(database, select(Comment.state).where(Comment.text == "Жаман сөз")) == [
        "withheld"
    ]
    ((person, language, said),) = told(database)
    assert (person, language) == (cast["ids"]["writer"], "ru")
    assert said["item"] == "Комментарий к истории «Кокпар в Берлине»"
    assert "Жаман" not in str(said)
    path = f"/en/decisions/{latest_decision(database).public_id}"
    for name in ("owner", "editor", "author", "member"):
        assert as_(name).get(path).status_code == 404, name
        assert path not in as_(name).get("/en/manage").text, name
    assert path in addresses_of(as_("writer").get("/en/writing"))
    assert as_("writer").post(f"{path}/appeal", data={"text": "A joke."}).status_code == 303
    assert as_("writer").post(f"{path}/appeal", data={"text": "Again."}).status_code == 409
    ruling = path.replace("/decisions", "/moderation/decisions")
    assert as_("second").post(f"{ruling}/answer", data={"answer": "grant"}).status_code == 303
    assert "Жаман сөз" in client.get(page).text
    assert [line[:2] for line in acts(database)] == [
        ("hide", "comment"),
        ("appeal-granted", "comment"),
        ("restore", "comment"),
    ]


@pytest.mark.parametrize("state", ["waiting", "hidden", "visible"])
def test_a_comment_comes_back_as_it_was(as_, cast, database, state):
    with database.writing() as db:
        comment_of(db, cast).state = state
    decide(as_("first"), cast["reports"]["comment"])
    ruling = f"/en/moderation/decisions/{latest_decision(database).public_id}"
    assert as_("second").post(f"{ruling}/reversal").status_code == 303
    with database.reading() as db:
        comment = comment_of(db, cast)
        assert (comment.state, comment.state_chosen) == (state, None)


def test_a_warning_about_a_comment_is_its_writers_alone(as_, client, cast, database):
    assert decide(as_("first"), cast["reports"]["comment"], measure="warn").status_code == 303
    assert [person for person, _language, _said in told(database)] == [cast["ids"]["writer"]]
    assert "Жаман сөз" in client.get(f"/en/stories/{cast['story']}").text
    assert acts(database) == [("warn", "comment", "hate")]
    # It is no decision about the organisation below whose story it stands.
    key = latest_decision(database).public_id
    page = as_("first").get(f"/en/moderation/reports/{cast['reports']['story']}")
    assert key not in page.text
    with database.writing() as db:
        again = make_report(db, None, story=story_of(db, cast), comment=comment_of(db, cast))
        again = again.public_id
    assert key in as_("first").get(f"/en/moderation/reports/{again}").text


def test_a_comment_taken_back_takes_what_was_decided_about_it_along(as_, cast, database):
    decide(as_("first"), cast["reports"]["comment"])
    path = f"/en/decisions/{latest_decision(database).public_id}"
    as_("writer").post(f"{path}/appeal", data={"text": "A joke."})
    address = f"/en/stories/{cast['story']}/comments/{cast['comment']}"
    assert as_("writer").post(f"{address}/deletion").status_code == 303
    assert stored(database, select(Decision)) == stored(database, select(Appeal)) == []
    with database.reading() as db:
        comment = comment_of(db, cast)
        assert (comment.state, comment.state_chosen, comment.text) == ("removed", None, "")
    assert len(stored(database, select(Report).where(Report.comment_id.is_not(None)))) == 2
    with database.writing() as db:
        again = make_report(db, None, story=story_of(db, cast), comment=comment_of(db, cast))
        again = again.public_id
    assert decide(as_("first"), again).status_code == 409
    assert decide(as_("first"), again, measure="dismiss").status_code == 303


def test_the_archive_tells_decisions_about_ones_own_words_and_erasure_takes_them(cast, database):
    with database.writing() as db:
        story, own = story_of(db, cast), story_of(db, cast, "own")
        ours = db.scalars(select(Organization)).one()
        make_decision(db, None, story=story, comment=comment_of(db, cast), by=None)
        make_decision(db, None, story=own, by=None)
        make_decision(db, ours, story=story, by=None, measure=Measure.WARN)
    with database.reading() as db:
        held = {
            name: holdings_of(db, db.get_one(Person, cast["ids"][name]), clock.now())["decisions"]
            for name in ("writer", "author", "member")
        }
    assert [each["measure"] for each in held["writer"]] == ["hide"]
    assert held["writer"][0]["about"] == "Comment on “Көкпар Берлинде”"
    # What concerns an organisation's story is the organisation's.
    assert [each["about"] for each in held["author"]] == ["Көкпар Берлинде"]
    assert held["member"] == []
    with database.writing() as db:
        for name in ("writer", "author"):
            privacy.erase(db, db.get_one(Person, cast["ids"][name]), clock.now())
    with database.reading() as db:
        (left,) = db.scalars(select(Decision))
        assert left.measure == "warn"
        assert set(db.scalars(select(Report.story_id))) == {left.story_id}
        assert (
            db.scalars(select(Report.comment_id).where(Report.comment_id.is_not(None))).all() == []
        )
        assert audit_log.first_fault(db) is None
