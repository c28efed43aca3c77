"""How those concerned can have a decision looked at again, once, by somebody else."""

from sqlalchemy import select

from portal.core import clock
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.moderation import appeals, queries
from portal.domain.moderation.models import Appeal, Measure, Standing
from portal.domain.organizations.models import Organization
from tests.factories import make_decision, make_organization, make_person
from tests.moderation.casework import acts, latest_decision, notices, stored
from tests.pages import addresses_of, errors_of, words
from tests.registrations.races.rushing import all_at_once


def test_those_concerned_read_the_decision_and_appeal_once(as_, cast, database, hidden):
    path = f"/en/decisions/{hidden}"
    for name in ("owner", "editor"):
        page = as_(name).get(path)
        assert page.status_code == 200, name
        assert "it is hidden from the public" in words(page)
        assert "They took money." in words(page)
        assert "First" not in words(page)  # nobody learns who has decided
    for name in ("member", "analyst", "first", "administrator"):
        assert as_(name).get(path).status_code == 404, name
        assert as_(name).post(f"{path}/appeal", data={"text": "No."}).status_code == 404, name
    assert as_(None).get(path).headers["location"].startswith("/en/sign-in")
    assert list(errors_of(as_("owner").post(f"{path}/appeal", data={"text": ""}))) == ["text"]
    assert stored(database, select(Appeal)) == []
    assert as_("owner").post(f"{path}/appeal", data={"text": "Charity."}).status_code == 303
    assert as_("editor").post(f"{path}/appeal", data={"text": "Again."}).status_code == 409
    (appeal,) = stored(database, select(Appeal))
    assert b"Charity" not in appeal.text_sealed


def test_those_concerned_find_standing_decisions_without_any_letter(as_, cast, database, hidden):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        foreign = make_organization(db, "foreign", owner=make_person(db))
        others = make_decision(db, foreign, by=None, measure=Measure.WARN).public_id
        proposed = make_decision(db, organization, by=None, measure=Measure.SUSPEND).public_id
    path = f"/en/decisions/{hidden}"
    for name in ("owner", "editor"):
        page = as_(name).get("/en/organizing")
        assert path in addresses_of(page), name
        assert others not in page.text
        assert proposed not in page.text
        assert "it is hidden from the public" in words(page)
    for name in ("analyst", "member"):
        assert path not in addresses_of(as_(name).get("/en/organizing")), name
    as_("owner").post(f"{path}/appeal", data={"text": "It is not so."})
    as_("second").post(f"/en/moderation/decisions/{hidden}/answer", data={"answer": "grant"})
    assert path not in addresses_of(as_("owner").get("/en/organizing"))


def test_an_appeal_is_answered_by_another_moderator(as_, client, cast, database, hidden):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}"
    assert hidden in as_("second").get("/en/moderation").text
    assert "Charity." in words(as_("second").get(path))
    answer = as_("first").post(f"{path}/answer", data={"answer": "uphold"})
    assert answer.status_code == 409
    assert as_("second").post(f"{path}/answer", data={"answer": "perhaps"}).status_code == 422
    assert as_("second").post(f"{path}/answer", data={"answer": "grant"}).status_code == 303
    assert as_("second").post(f"{path}/answer", data={"answer": "uphold"}).status_code == 409
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert "The appeal was granted." in words(as_("owner").get(f"/en/decisions/{hidden}"))
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-granted", "restore"]


def test_what_waits_longest_for_a_second_person_comes_first(as_, cast, database):
    with database.writing() as db:
        first = db.get_one(Person, cast["ids"]["first"])
        suspended = [make_organization(db, slug) for slug in ("one", "two", "three")]
        keys = [
            make_decision(db, each, by=first, measure=Measure.SUSPEND).public_id
            for each in suspended
        ]
    page = as_("second").get("/en/moderation").text
    assert [page.index(key) for key in keys] == sorted(page.index(key) for key in keys)


def test_a_refused_appeal_leaves_everything_and_is_told(as_, client, cast, database, hidden):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}/answer"
    assert as_("administrator").post(path, data={"answer": "uphold"}).status_code == 303
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-refused"]
    assert len(notices(database, "decision")) == 4
    assert latest_decision(database).standing == Standing.STANDING


def test_a_decision_taken_back_answers_the_appeal_and_nobody_is_told_otherwise(
    as_, client, cast, database, hidden
):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}"
    assert as_("first").post(f"{path}/reversal").status_code == 303
    assert "The appeal was granted." in words(as_("second").get(path))
    assert hidden not in as_("second").get("/en/moderation").text
    for answer in ("uphold", "grant"):
        assert as_("second").post(f"{path}/answer", data={"answer": answer}).status_code == 409
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-granted", "restore"]
    # Owner and editor, of the decision and of its end; of nothing else.
    assert len(notices(database, "decision")) == 4
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def test_neither_of_the_two_who_suspended_answers_the_appeal(as_, cast, database, proposed):
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    as_("owner").post(f"/en/decisions/{proposed}/appeal", data={"text": "Why?"})
    path = f"/en/moderation/decisions/{proposed}/answer"
    for name in ("first", "second"):
        assert as_(name).post(path, data={"answer": "grant"}).status_code == 409, name
    assert as_("administrator").post(path, data={"answer": "grant"}).status_code == 303
    assert stored(database, select(Organization.suspended_at)) == [None]


def test_two_appeals_at_once_are_one(cast, database, hidden):
    owner = cast["ids"]["owner"]

    def act():
        try:
            with database.writing() as db:
                ruling = queries.concerning(db, db.get_one(Person, owner), hidden)
                appeals.appeal(db, ruling, "Charity.", "en", clock.now())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    assert sorted(all_at_once([act, act])) == ["AppealedError", "done"]
