"""People of a reported organisation are banned, and can appeal without signing in."""

from sqlalchemy import select

from portal.domain.accounts.people.models import Person, SignInSession
from tests.moderation.casework import (
    acts,
    claim,
    decide,
    latest_decision,
    notices,
    stored,
)
from tests.pages import errors_of, words


def test_a_ban_ends_sessions_and_refuses_new_ones(as_, browser_of, cast, database):
    owner = as_("owner")
    assert owner.get("/en/organizing").status_code == 200
    claim(as_("first"), cast["key"])
    person = str(cast["ids"]["owner"])
    answer = decide(as_("first"), cast["key"], measure="ban", person=person)
    assert answer.status_code == 303
    assert owner.get("/en/organizing").status_code == 303
    assert (
        stored(database, select(SignInSession).where(SignInSession.person_id == int(person))) == []
    )
    # Even a session that nobody has ended opens nothing.
    assert browser_of(cast["people"]["owner"]).get("/en/profile").status_code == 303
    assert as_("editor").get("/en/organizing").status_code == 200
    assert acts(database) == [("ban", "person", "fraud")]
    ((row, said),) = notices(database, "decision")
    assert (row.person_id, row.language) == (int(person), "kk")
    assert said["item"] == "тіркелгіңіз"


def test_only_people_of_the_organisation_are_banned_by_a_report(as_, cast, database):
    claim(as_("first"), cast["key"])
    for person in ("", "nobody", "0", str(cast["ids"]["member"])):
        answer = decide(as_("first"), cast["key"], measure="ban", person=person)
        assert (answer.status_code, list(errors_of(answer))) == (422, ["person"]), person
    assert stored(database, select(Person.id).where(Person.banned_at.is_not(None))) == []
    editor = str(cast["ids"]["editor"])
    assert decide(as_("first"), cast["key"], measure="ban", person=editor).status_code == 303


def test_moderators_are_relieved_before_they_are_banned(as_, cast, database):
    with database.writing() as db:
        db.get_one(Person, cast["ids"]["analyst"]).is_moderator = True
    claim(as_("first"), cast["key"])
    analyst = str(cast["ids"]["analyst"])
    assert decide(as_("first"), cast["key"], measure="ban", person=analyst).status_code == 409
    assert acts(database) == []
    with database.writing() as db:
        db.get_one(Person, cast["ids"]["analyst"]).is_moderator = False
    assert decide(as_("first"), cast["key"], measure="ban", person=analyst).status_code == 303


def test_the_banned_appeal_by_the_letters_secret_without_signing_in(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"], measure="ban", person=str(cast["ids"]["owner"]))
    ((_row, said),) = notices(database, "decision")
    path = said["url"].removeprefix("https://testserver").replace("/kk/", "/en/")
    page = client.get(path)
    assert page.status_code == 200
    assert "They took money." in words(page)
    assert client.post(f"{path}/appeal", data={"text": "It was not me."}).status_code == 303
    assert "The appeal waits for an answer." in words(client.get(path))
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert client.get(wrong).status_code == 404
    key = latest_decision(database).public_id
    answer = {"answer": "grant"}
    assert (
        as_("second").post(f"/en/moderation/decisions/{key}/answer", data=answer).status_code == 303
    )
    assert as_("owner").get("/en/profile").status_code == 200
