"""What moderators do about comments, and whom that concerns."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Appeal, Decision, Measure, Report
from portal.domain.organizations.models import Organization
from portal.domain.privacy import actions as accounts
from portal.domain.privacy.export import holdings_of
from portal.domain.stories.models import Comment
from tests.factories import make_decision, make_report
from tests.moderation.casework import acts, latest_decision, stored
from tests.moderation.stories.deciding import comment_of, decide, story_of, told
from tests.pages import addresses_of, words


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
        assert path not in as_(name).get("/en/organizing").text, name
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
            accounts.erase(db, db.get_one(Person, cast["ids"][name]), clock.now())
    with database.reading() as db:
        (left,) = db.scalars(select(Decision))
        assert left.measure == "warn"
        assert set(db.scalars(select(Report.story_id))) == {left.story_id}
        assert (
            db.scalars(select(Report.comment_id).where(Report.comment_id.is_not(None))).all() == []
        )
        assert audit_log.first_fault(db) is None
