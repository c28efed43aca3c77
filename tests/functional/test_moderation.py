"""Reports, what moderators do about them, and how those concerned can have it looked at again."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.domain.events import hiding
from portal.domain.events.models import Event, Visibility
from portal.domain.letters.models import Notice
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals, queries
from portal.domain.moderation.models import (
    Appeal,
    Decision,
    LogEntry,
    Measure,
    Progress,
    Report,
    Standing,
)
from portal.domain.moderation.rules import CLAIM_LASTS, REPORT_KEPT
from portal.domain.moderation.subjects import Subject
from portal.domain.organizations.models import Organization
from portal.domain.people.models import Person, SignInSession
from portal.refusals import Refusal
from portal.translated import Translated
from tests.factories import (
    decision_url,
    make_decision,
    make_event,
    make_host,
    make_image,
    make_organization,
    make_person,
    make_report,
    make_result,
)
from tests.functional.forms import event_fields, saved_fields
from tests.functional.pages import addresses_of, errors_of, page_of, value_of, words

HIDE = {"measure": "hide", "decided_reason": "fraud", "words": "They took money."}


@pytest.fixture
def cast(database):
    """Ids and slugs of one reported organisation, its people, and three moderators."""
    with database.writing() as db:
        people = {
            "owner": make_person(db, "Иесі", language="kk", email="owner@example.org"),
            "editor": make_person(db, "Редактор", language="ru"),
            "analyst": make_person(db, "Analyst"),
            "first": make_person(db, "First", is_moderator=True),
            "second": make_person(db, "Second", is_moderator=True),
            "administrator": make_person(db, "Third", is_administrator=True),
            "member": make_person(db, "Member"),
        }
        staff = {role: people[role] for role in ("owner", "editor", "analyst")}
        organization = make_organization(db, "ours", **staff)
        event = make_event(db, organization)
        report = make_report(db, organization, event, email="reporter@example.org", language="ru")
        return {
            "people": people,
            "ids": {name: person.id for name, person in people.items()},
            "organization": organization.id,
            "event": event.id,
            "slug": event.slug,
            "key": report.public_id,
        }


@pytest.fixture
def as_(browser_of, cast):
    """Browsers of the cast by name."""
    return lambda name: browser_of(cast["people"].get(name))


def stored(database, statement):
    with database.reading() as db:
        return db.scalars(statement).all()


def notices(database, about):
    """What letters say, with whom they go to."""
    with database.reading() as db:
        seal = db.info["seal"]
        return [
            (row, json.loads(seal.open(row.payload_sealed, "notice")))
            for row in db.scalars(select(Notice).where(Notice.about == about).order_by(Notice.id))
        ]


def acts(database):
    return [(e.act, e.item, e.reason) for e in stored(database, select(LogEntry))]


def claim(browser, key):
    return browser.post(f"/en/moderation/reports/{key}/claim")


def decide(browser, key, **form):
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def latest_decision(database):
    return stored(database, select(Decision).order_by(Decision.id.desc()))[0]


# Reporting


def test_anyone_reports_an_event_and_nothing_happens_to_it(client, cast, database):
    slug = cast["slug"]
    page = client.get(f"/en/events/{slug}")
    assert f"/en/reports/new?item=event%3A{slug}" in addresses_of(page)
    shown = client.get(f"/en/reports/new?item=event:{slug}")
    assert value_of(shown, "item") == f"event:{slug}"
    form = {
        "item": f"event:{slug}",
        "reason": "hate",
        "text": "Plain hatred.",
        "email": "r@example.org",
    }
    assert client.post("/en/reports", data=form).headers["location"] == "/en/reports/sent"
    assert "moderator will read" in words(client.get("/en/reports/sent"))
    report = stored(database, select(Report).where(Report.reason == "hate"))[0]
    assert (report.event_id, report.progress) == (cast["event"], "open")
    assert b"hatred" not in report.text_sealed
    assert b"r@example.org" not in report.address_sealed
    assert client.get(f"/en/events/{slug}").status_code == 200
    assert acts(database) == []


def test_an_organisation_is_reported_from_its_page(client, cast, database):
    page = client.get("/en/organizations/ours")
    assert "/en/reports/new?item=organization%3Aours" in addresses_of(page)
    form = {"item": "organization:ours", "reason": "spam"}
    assert client.post("/en/reports", data=form).status_code == 303
    report = stored(database, select(Report).where(Report.reason == "spam"))[0]
    assert (report.event_id, report.text_sealed, report.address_sealed) == (None, None, None)


def test_a_report_that_cannot_be_is_refused_with_what_was_typed(client, cast, database):
    item = f"event:{cast['slug']}"
    for changes, field in (
        ({"reason": ""}, "reason"),
        ({"reason": "dislike"}, "reason"),
        ({"text": "a" * 2_001}, "text"),
        ({"text": "a\u202eb"}, "text"),
        ({"email": "nobody"}, "email"),
    ):
        form = {"item": item, "reason": "spam", "text": "Words", "email": ""} | changes
        answer = client.post("/en/reports", data=form)
        assert (answer.status_code, list(errors_of(answer))) == (422, [field])
        assert value_of(answer, "item") == item
    assert len(stored(database, select(Report))) == 1


def test_what_one_cannot_see_cannot_be_reported(client, as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        draft = make_event(db, organization, published=False).slug
    for item in (f"event:{draft}", "event:nothing", "person:1", "organization:nothing", "", "x"):
        form = {"item": item, "reason": "spam"}
        assert client.post("/en/reports", data=form).status_code == 404, item
        assert client.get("/en/reports/new", params={"item": item}).status_code == 404, item
    # Those who see it may.
    form = {"item": f"event:{draft}", "reason": "spam"}
    assert as_("editor").post("/en/reports", data=form).status_code == 303


def test_a_reports_words_do_nothing_on_the_moderators_page(as_, client, cast, database):
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    form = {"item": f"event:{cast['slug']}", "reason": "spam", "text": attack}
    client.post("/en/reports", data=form)
    key = stored(database, select(Report.public_id).where(Report.reason == "spam"))[0]
    first = as_("first")
    claim(first, key)
    first.post(f"/en/moderation/reports/{key}/note", data={"note": attack})
    page = first.get(f"/en/moderation/reports/{key}")
    assert attack in words(page)
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


# The queue


def test_the_queue_is_for_moderators_alone(as_, cast):
    assert as_(None).get("/en/moderation").status_code == 303
    for name in ("member", "owner", "editor"):
        assert as_(name).get("/en/moderation").status_code == 404, name
        assert claim(as_(name), cast["key"]).status_code == 404, name
    for name in ("first", "administrator"):
        page = as_(name).get("/en/moderation")
        assert f"/en/moderation/reports/{cast['key']}" in addresses_of(page), name
        assert "/en/moderation" in addresses_of(as_(name).get("/en")), name
    assert "/en/moderation" not in addresses_of(as_("member").get("/en"))


def test_the_queue_is_in_order_and_by_progress(as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        report = make_report(db, organization)
        report.reported_at = clock.now() - timedelta(days=1)
        older = report.public_id
    page = as_("first").get("/en/moderation").text
    assert page.index(older) < page.index(cast["key"])
    claim(as_("first"), older)
    assert older not in as_("first").get("/en/moderation").text
    assert older in as_("second").get("/en/moderation?progress=claimed").text
    decide(as_("first"), older, measure="dismiss")
    assert older in as_("first").get("/en/moderation?progress=closed").text
    assert as_("first").get("/en/moderation?progress=lost").status_code == 404


def test_only_one_moderator_takes_a_report_on(as_, cast, database):
    assert claim(as_("first"), cast["key"]).status_code == 303
    answer = claim(as_("second"), cast["key"])
    assert answer.status_code == 409
    assert "Another moderator already works on this report" in words(answer)
    # The other one cannot decide either; whoever has it can.
    assert decide(as_("second"), cast["key"], measure="dismiss").status_code == 409
    assert acts(database) == []
    assert decide(as_("first"), cast["key"], measure="dismiss").status_code == 303


def test_two_moderators_who_take_it_on_at_once(cast, database):
    outcomes, barrier = [], threading.Barrier(2)
    ids = [cast["ids"][name] for name in ("first", "second")]

    def run(person_id):
        barrier.wait(30)
        try:
            with database.writing() as db:
                person = db.get_one(Person, person_id)
                case = queries.case_for(db, person, cast["key"])
                moderation.claim(db, person, case, clock.now())
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(person_id,)) for person_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["AlreadyClaimedError", "done"]


def test_a_report_whose_moderator_stays_away_can_be_taken_on_again(as_, cast, database):
    claim(as_("first"), cast["key"])
    with database.writing() as db:
        report = db.scalars(select(Report)).one()
        report.claimed_at = clock.now() - CLAIM_LASTS
    assert decide(as_("first"), cast["key"], measure="dismiss").status_code == 409
    assert claim(as_("second"), cast["key"]).status_code == 303
    assert decide(as_("second"), cast["key"], measure="dismiss").status_code == 303


def test_nobody_moderates_their_own_organisation(as_, cast, database):
    with database.writing() as db:
        db.get_one(Person, cast["ids"]["analyst"]).is_moderator = True
    insider = as_("analyst")
    page = insider.get("/en/moderation")
    assert page.status_code == 200
    assert cast["key"] not in page.text
    for path in ("", "/claim", "/note", "/decision"):
        method = insider.get if path == "" else insider.post
        assert method(f"/en/moderation/reports/{cast['key']}{path}").status_code == 404, path
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        by = db.get_one(Person, cast["ids"]["first"])
        key = make_decision(db, organization, by=by, measure=Measure.SUSPEND).public_id
    for verb in ("confirmation", "reversal", "answer"):
        path = f"/en/moderation/decisions/{key}/{verb}"
        assert insider.post(path, data={"answer": "grant"}).status_code == 404, verb
    assert as_("second").post(f"/en/moderation/decisions/{key}/confirmation").status_code == 303


@pytest.fixture
def joint(cast, database):
    """A partner that holds the event too; its analyst moderates the portal."""
    with database.writing() as db:
        staff = {role: make_person(db, f"Partner {role}") for role in ("owner", "analyst")}
        staff["analyst"].is_moderator = True
        partner = make_organization(db, "partner", **staff)
        make_host(db, db.get_one(Event, cast["event"]), partner)
        idle = make_person(db, "Asked", is_moderator=True)
        asked = make_organization(db, "asked", owner=idle)
        make_host(db, db.get_one(Event, cast["event"]), asked, accepted=False)
        return staff | {"asked": idle, "owner id": staff["owner"].id}


def test_nobody_moderates_an_event_their_organisation_holds_too(
    as_, browser_of, cast, database, joint
):
    insider = browser_of(joint["analyst"])
    report = f"/en/moderation/reports/{cast['key']}"
    assert cast["key"] not in insider.get("/en/moderation").text
    assert insider.get(report).status_code == 404
    assert claim(insider, cast["key"]).status_code == 404
    # Whoever was only asked to hold it has no part in it yet.
    assert browser_of(joint["asked"]).get(report).status_code == 200
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    key = latest_decision(database).public_id
    as_("owner").post(f"/en/decisions/{key}/appeal", data={"text": "Charity."})
    assert key not in insider.get("/en/moderation").text
    for verb in ("reversal", "answer"):
        path = f"/en/moderation/decisions/{key}/{verb}"
        assert insider.post(path, data={"answer": "grant"}).status_code == 404, verb
    # What is about the founder alone is foreign to the partner.
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        other = make_report(db, organization).public_id
    page = insider.get(f"/en/moderation/reports/{other}")
    assert page.status_code == 200
    assert key not in page.text


def test_a_decision_about_a_joint_event_concerns_all_who_hold_it(
    as_, browser_of, cast, database, joint
):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    told = {row.person_id for row, _said in notices(database, "decision")}
    assert told == {cast["ids"]["owner"], cast["ids"]["editor"], joint["owner id"]}
    path = f"/en/decisions/{latest_decision(database).public_id}"
    for name, status in (("owner", 200), ("analyst", 404), ("asked", 404)):
        assert browser_of(joint[name]).get(path).status_code == status, name
    partner = browser_of(joint["owner"])
    assert partner.post(f"{path}/appeal", data={"text": "It is ours too."}).status_code == 303
    # A warning of the founder alone is none of the partner's business.
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        warning = make_decision(db, organization, by=None, measure=Measure.WARN).public_id
    assert partner.get(f"/en/decisions/{warning}").status_code == 404


def test_moderators_read_what_they_judge_even_where_its_page_is_closed(
    app, as_, browser_of, cast, database, joint
):
    attack = "<img src=x onerror=alert(1)> [Ақша](javascript:alert(1)) https://evil.example/pay"
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        private = make_event(
            db,
            organization,
            visibility=Visibility.PRIVATE,
            description=Translated.of("kk", kk="Домбыра", ru=attack),
        )
        slug, key = private.slug, make_report(db, organization, private).public_id
        other = make_event(db, organization, published=False)
        pictures = [
            f"/images/{make_image(db, each, storage=app.state.site.storage).key}/480.webp"
            for each in (private, other)
        ]
        private.starts_at = clock.now() - timedelta(days=2)
        private.ends_at = clock.now() - timedelta(days=1)
        db.flush()
        make_result(db, private)
    page = as_("first").get(f"/en/moderation/reports/{key}")
    for said in ("Домбыра", "Үш домбырашы", "Берлиндегі отбасыларға."):
        assert said in words(page), said
    assert attack in words(page)
    assert "<img src=x" not in page.text
    # The picture too, for whoever judges it and for nobody else.
    picture, unreported = pictures
    assert picture in page_of(page).xpath("//dd//source/@srcset")[0]
    seen = as_("first").get(picture)
    assert (seen.content, seen.headers["cache-control"]) == (b"480 webp", "private, no-store")
    assert as_("first").get(unreported).status_code == 404
    assert as_("member").get(picture).status_code == 404
    browser = as_("first")
    with database.writing() as db:
        db.execute(update(SignInSession).values(second_factor_at=None))
    assert browser.get(picture).status_code == 404
    assert not any("evil" in address or slug in address for address in addresses_of(page))
    assert "/en/organizations/ours" in addresses_of(page)
    assert "secret-room" not in page.text
    assert as_("first").get(f"/en/events/{slug}").status_code == 404
    # The same for an event that is hidden, where somebody else answers the appeal.
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    ruling = f"/en/moderation/decisions/{latest_decision(database).public_id}"
    page = as_("second").get(ruling)
    assert "Үш **домбырашы** күй тартады." in words(page)
    assert {"/en/organizations/ours", "/en/organizations/partner"} <= set(addresses_of(page))
    assert f"/en/events/{cast['slug']}" not in addresses_of(page)
    assert as_("second").post(f"{ruling}/reversal").status_code == 303
    assert f"/en/events/{cast['slug']}" in addresses_of(as_("second").get(ruling))
    for name in ("member", "owner"):
        assert as_(name).get(ruling).status_code == 404, name


def test_a_dismissed_report_changes_nothing_and_the_reporter_is_told(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"], measure="dismiss")
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert acts(database) == [("dismiss", "event", "fraud")]
    ((row, said),) = notices(database, "report_outcome")
    assert row.language == "ru"
    assert "не нашли повода" in said["outcome"]
    with database.reading() as db:
        address = db.info["seal"].open(row.address_sealed, "notice.address")
    assert address == "reporter@example.org"
    assert notices(database, "decision") == []
    # What the reporter left is forgotten once it is of no use.
    assert stored(database, select(Report.address_sealed)) == [None]
    assert decide(as_("first"), cast["key"]).status_code == 409


# Hiding


def test_a_hidden_event_is_gone_for_the_public_and_told_to_its_organisers(
    as_, client, cast, database
):
    slug = cast["slug"]
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"]).status_code == 303
    for path in (f"/en/events/{slug}", f"/en/events/{slug}/event.ics"):
        assert client.get(path).status_code == 404, path
        assert as_("member").get(path).status_code == 404, path
    for path in ("/en", "/en/events", "/en/calendar", "/en/calendar.ics", "/en/organizations/ours"):
        assert slug not in client.get(path).text, path
    shown = as_("analyst").get(f"/en/events/{slug}")
    assert "The moderators have hidden this event" in words(shown)
    decision = latest_decision(database)
    told = {row.person_id: (row.language, said) for row, said in notices(database, "decision")}
    assert set(told) == {cast["ids"]["owner"], cast["ids"]["editor"]}
    language, said = told[cast["ids"]["owner"]]
    assert (language, said["item"]) == ("kk", "Домбыра кеші")
    assert said["url"] == f"https://testserver/kk/decisions/{decision.public_id}"
    assert told[cast["ids"]["editor"]][1]["item"] == "Вечер домбры"
    ((_row, outcome),) = notices(database, "report_outcome")
    assert "приняли меры" in outcome["outcome"]
    assert acts(database) == [("hide", "event", "fraud")]


def test_editors_cannot_bring_a_hidden_event_back_and_what_they_chose_is_remembered(
    as_, client, cast, database
):
    slug = cast["slug"]
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    for visibility in ("public", "private"):
        form = saved_fields(database, slug, visibility=visibility)
        path = f"/en/organizing/events/{slug}"
        assert as_("editor").post(path, data=form).status_code == 303
        assert stored(database, select(Event.visibility)) == ["hidden"]
        assert client.get(f"/en/events/{slug}").status_code == 404
    form = saved_fields(database, slug, visibility="hidden")
    answer = as_("editor").post(f"/en/organizing/events/{slug}", data=form)
    assert list(errors_of(answer)) == ["visibility"]
    key = latest_decision(database).public_id
    assert as_("second").post(f"/en/moderation/decisions/{key}/reversal").status_code == 303
    assert stored(database, select(Event.visibility)) == ["private"]
    assert acts(database)[-1] == ("restore", "event", "fraud")


def test_a_hidden_draft_is_not_published(as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        drafts = [make_event(db, organization, published=False) for _number in range(2)]
        make_decision(db, organization, drafts[0], by=None)
        hidden, free = [draft.slug for draft in drafts]
    answer = as_("editor").post(f"/en/organizing/events/{hidden}/publication")
    assert answer.status_code == 409
    assert "The moderators have hidden this event" in words(answer)
    assert as_("editor").post(f"/en/organizing/events/{free}/publication").status_code == 303


def test_restoring_shows_the_event_again(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    key = latest_decision(database).public_id
    page = as_("second").get(f"/en/moderation/decisions/{key}")
    assert "They took money." in words(page)
    for promised in (303, 409):  # once
        answer = as_("second").post(f"/en/moderation/decisions/{key}/reversal")
        assert answer.status_code == promised
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert acts(database) == [("hide", "event", "fraud"), ("restore", "event", "fraud")]


def test_what_is_hidden_already_is_not_hidden_twice(as_, cast, database):
    with database.writing() as db:
        event = db.get_one(Event, cast["event"])
        make_decision(db, db.get_one(Organization, cast["organization"]), event, by=None)
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"]).status_code == 409
    assert decide(as_("first"), cast["key"], measure="warn").status_code == 303


def test_an_organisation_cannot_be_hidden_but_warned(as_, cast, database):
    with database.writing() as db:
        key = make_report(db, db.get_one(Organization, cast["organization"])).public_id
    claim(as_("first"), key)
    answer = decide(as_("first"), key)
    assert (answer.status_code, list(errors_of(answer))) == (422, ["measure"])
    assert value_of(answer, "words") == "They took money."
    assert decide(as_("first"), key, measure="warn").status_code == 303
    assert acts(database) == [("warn", "organization", "fraud")]


# Suspending


@pytest.fixture
def proposed(as_, cast, database):
    """The key of a suspension that the first moderator has proposed."""
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"], measure="suspend").status_code == 303
    return latest_decision(database).public_id


def test_a_suspension_takes_two_people(as_, client, cast, database, proposed):
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert notices(database, "decision") == []
    path = f"/en/moderation/decisions/{proposed}/confirmation"
    answer = as_("first").post(path)
    assert answer.status_code == 409
    assert "Somebody other than whoever decided first" in words(answer)
    assert stored(database, select(Organization.suspended_at)) == [None]
    assert f"/en/moderation/decisions/{proposed}" in as_("second").get("/en/moderation").text
    assert as_("second").post(path).status_code == 303
    assert as_("administrator").post(path).status_code == 409  # it is so already
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    assert "suspended this organisation" in words(client.get("/en/organizations/ours"))
    assert len(notices(database, "decision")) == 2
    assert [act for act, _item, _reason in acts(database)] == ["propose-suspension", "suspend"]


def test_a_suspended_organisation_neither_publishes_nor_invites(as_, cast, database, proposed):
    editor, owner = as_("editor"), as_("owner")
    draft = editor.post("/en/organizing/ours/events", data=event_fields()).headers["location"]
    invite = "/en/organizing/ours/invitations"
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    later = editor.post("/en/organizing/ours/events", data=event_fields()).headers["location"]
    copies = editor.post(f"/en/organizing/events/{cast['slug']}/copies")
    for path in (draft, later, copies.headers["location"].removesuffix("/edit")):
        slug = path.split("/events/")[1].split("/")[0]
        answer = editor.post(f"/en/organizing/events/{slug}/publication")
        assert answer.status_code == 409, path
    answer = owner.post(invite, data={"role": "editor"})
    assert answer.status_code == 422
    assert "can neither publish nor invite" in words(answer)
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    slug = later.split("/events/")[1].split("/")[0]
    assert editor.post(f"/en/organizing/events/{slug}/publication").status_code == 303


def test_lifting_a_suspension_leaves_hidden_what_was_hidden_for_itself(
    as_, client, cast, database, proposed
):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        made = [
            make_event(db, organization),
            make_event(db, organization, visibility=Visibility.PRIVATE),
            make_event(db, organization),
        ]
        before, private, during = [event.slug for event in made]
        make_decision(db, organization, made[0], by=None)
        during_id = made[2].id
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        make_decision(db, organization, db.get_one(Event, during_id), by=None)
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    now = dict(_rows(database, select(Event.slug, Event.visibility)))
    assert now == {cast["slug"]: "public", before: "hidden", private: "private", during: "hidden"}
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def test_restoring_an_event_of_a_suspended_organisation_waits_for_its_end(
    as_, client, cast, database, proposed
):
    with database.writing() as db:
        event = db.get_one(Event, cast["event"])
        decision = make_decision(db, db.get_one(Organization, cast["organization"]), event, by=None)
        key = decision.public_id
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    assert as_("second").post(f"/en/moderation/decisions/{key}/reversal").status_code == 303
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def _rows(database, statement):
    with database.reading() as db:
        return [tuple(row) for row in db.execute(statement)]


def test_a_declined_proposal_changes_nothing_and_is_told_to_nobody(as_, cast, database, proposed):
    assert as_("owner").get(f"/en/decisions/{proposed}").status_code == 404
    assert as_("second").post(f"/en/moderation/decisions/{proposed}/reversal").status_code == 303
    assert stored(database, select(Organization.suspended_at)) == [None]
    assert notices(database, "decision") == []
    assert acts(database)[-1][0] == "decline-suspension"
    path = f"/en/moderation/decisions/{proposed}/confirmation"
    assert as_("second").post(path).status_code == 409


# Banning


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


# Appeals


@pytest.fixture
def hidden(as_, cast, database):
    """The key of the first moderator's decision to hide the event."""
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    return latest_decision(database).public_id


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
    outcomes, barrier = [], threading.Barrier(2)
    owner = cast["ids"]["owner"]

    def run():
        barrier.wait(30)
        try:
            with database.writing() as db:
                ruling = queries.concerning(db, db.get_one(Person, owner), hidden)
                appeals.appeal(db, ruling, "Charity.", "en", clock.now())
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["AppealedError", "done"]


# Keeping


def test_closed_reports_are_forgotten_and_open_ones_kept(as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        old, young = make_report(db, organization), make_report(db, organization)
        for report, days in ((old, REPORT_KEPT.days), (young, REPORT_KEPT.days - 1)):
            report.progress = Progress.CLOSED.value
            report.closed_at = clock.now() - timedelta(days=days)
    with database.writing() as db:
        assert moderation.forget_reports(db, clock.now()) == 1
    assert stored(database, select(func.count()).select_from(Report)) == [2]


def test_hiding_by_the_verbs_is_undone_exactly(database, cast):
    """The same by hand: what was private stays private, whatever came between."""
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        event = make_event(db, organization, visibility=Visibility.PRIVATE)
        decision = make_decision(db, organization, event, by=None)
        hiding.hide_all_of(db, organization.id)
        db.refresh(event)
        ruling = queries.Ruling(decision, Subject(organization, event), None)
        appeals.reverse(db, ruling, clock.now(), decision_url)
        hiding.restore_all_of(db, organization.id)
        db.refresh(event)
        assert (event.visibility, event.hidden_for, event.visibility_chosen) == (
            *("private", None, None),
        )
