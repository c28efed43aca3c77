"""What moderators do about stories, and whom that concerns."""

from sqlalchemy import select

from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Decision
from tests.factories import make_report
from tests.moderation.casework import acts, latest_decision, stored
from tests.moderation.stories.deciding import decide, story_of, told
from tests.pages import addresses_of, errors_of, words


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
    assert decision in addresses_of(as_("editor").get("/en/organizing"))
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
