"""Reports about initiatives, what moderators do about them, and whom that concerns."""

import pytest
from sqlalchemy import select

from portal.app import declared_links
from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.emails.models import Notification
from portal.domain.initiatives import follower_updates, following, steps
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import LogEntry, Report
from portal.i18n.translated import Translated
from portal.mail.notifications import compose_notification
from portal.worker.jobs import notify_followers
from tests.factories import (
    make_image,
    make_initiative,
    make_initiative_host,
    make_organization,
    make_person,
    make_report,
)
from tests.moderation.casework import claim, latest_decision, stored
from tests.moderation.stories.deciding import told
from tests.pages import addresses_of, words

HIDE = {"measure": "hide", "decided_reason": "fraud", "words": "Money vanished."}
NAMES = ("owner", "editor", "analyst", "partner", "asked", "member", "first", "second", "insider")

LISTS = (
    *("/en/initiatives", "/en/organizations/ours", "/sitemap-1.xml"),
    *("/en/feed.atom", "/en/organizations/ours/feed.atom"),
)


@pytest.fixture
def cast(database):
    """An initiative of one organisation that a second holds too and a third was asked to hold."""
    with database.writing() as db:
        people = {name: make_person(db, name) for name in NAMES}
        for name in ("asked", "first", "second", "insider"):
            people[name].is_moderator = True
        people["owner"].language, people["partner"].language = "kk", "ru"
        staff = {role: people[role] for role in ("owner", "editor", "analyst")}
        ours = make_organization(db, "ours", **staff)
        theirs = make_organization(db, owner=people["partner"], analyst=people["insider"])
        initiative = make_initiative(db, ours)
        make_initiative_host(db, initiative, theirs)
        strangers = make_organization(db, owner=people["asked"])
        make_initiative_host(db, initiative, strangers, accepted=False)
        now = clock.now()
        step = Translated.of("kk", kk="Ақша жинау https://evil.example")
        steps.add(db, initiative, StepKind.PLAN, step, None, now)
        following.follow(db, people["member"], initiative, now)
        caption = Translated.of("kk", kk="Шотқа аударыңыз")
        make_image(db, initiative, kind=ItemKind.INITIATIVE, caption=caption)
        draft = make_initiative(db, ours, published=False)
        report = make_report(db, ours, initiative=initiative, email="r@example.org")
        return {
            "people": people,
            "ids": {name: person.id for name, person in people.items()},
            "ours": ours.id,
            "slug": initiative.slug,
            "draft": draft.slug,
            "key": report.public_id,
        }


@pytest.fixture
def as_(browser_of, cast):
    """Browsers of the cast by name."""
    return lambda name: browser_of(cast["people"].get(name))


def decide(browser, key, **form):
    claim(browser, key)
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def test_anyone_reports_an_initiative_from_its_page_but_no_draft(client, as_, cast, database):
    page = f"/en/initiatives/{cast['slug']}"
    new = f"/en/reports/new?item=initiative%3A{cast['slug']}"
    assert new in addresses_of(client.get(page))
    assert client.get(new).status_code == 200
    form = {"item": f"initiative:{cast['slug']}", "reason": "spam", "text": "A scheme."}
    assert client.post("/en/reports", data=form).status_code == 303
    with database.reading() as db:
        made = db.scalars(select(Report).where(Report.reason == "spam")).one()
        about = db.get_one(Initiative, made.initiative_id).slug
        assert (about, made.organization_id) == (cast["slug"], cast["ours"])
    for item in (f"initiative:{cast['draft']}", "initiative:nothing"):
        form["item"] = item
        for browser in (client, as_("member")):
            assert browser.post("/en/reports", data=form).status_code == 404, item
    assert client.get(page).status_code == 200
    # What is judged is read as plain words, steps too; a link would be the stranger's.
    shown = as_("first").get(f"/en/moderation/reports/{cast['key']}")
    for said in ("Ақша жинау https://evil.example", "Үш домбырашы", "Шотқа аударыңыз"):
        assert said in words(shown), said
    assert not any("evil" in address for address in addresses_of(shown))
    assert page in addresses_of(shown)
    # Nobody judges what an organisation of one's own holds; who was only asked has no part in it.
    for name, status in (("insider", 404), ("asked", 200), ("member", 404), ("editor", 404)):
        path = f"/en/moderation/reports/{cast['key']}"
        assert as_(name).get(path).status_code == status, name
    assert cast["key"] not in as_("insider").get("/en/moderation").text


def test_a_hidden_initiative_is_gone_until_an_appeal_brings_it_back(
    client, as_, cast, database, settings
):
    path = f"/en/initiatives/{cast['slug']}"
    with database.writing() as db:
        initiative = db.scalars(select(Initiative).where(Initiative.slug == cast["slug"])).one()
        follower_updates.announce(db, initiative, initiative.title, clock.now())
    notify_followers(database, clock.now())
    for listing in LISTS:
        assert cast["slug"] in client.get(listing).text, listing
    assert decide(as_("first"), cast["key"]).status_code == 303
    for name in (None, "member", "asked"):
        for page in (path, f"{path}/card.png", f"{path}/history"):
            assert as_(name).get(page).status_code == 404, (name, page)
    for listing in LISTS:
        assert cast["slug"] not in client.get(listing).text, listing
    assert cast["slug"] not in as_("member").get("/en/profile/initiatives").text
    for name in ("analyst", "insider"):
        assert "The moderators have hidden this initiative" in words(as_(name).get(path)), name
    assert client.get(f"/en/reports/new?item=initiative:{cast['slug']}").status_code == 404
    # A letter that waited for its turn says nothing any more, and no new one is written.
    with database.writing() as db:
        (letter,) = db.scalars(select(Notification).where(Notification.about == "initiative"))
        links = declared_links(settings)
        assert compose_notification(db, letter, links, settings, clock.now()) is None
        initiative = db.scalars(select(Initiative).where(Initiative.slug == cast["slug"])).one()
        said = letter.payload_sealed
        follower_updates.announce(db, initiative, initiative.title, clock.now())
    notify_followers(database, clock.now())
    written = select(Notification.payload_sealed).where(Notification.about == "initiative")
    assert stored(database, written) == [said]
    ids = cast["ids"]
    assert {(person, target) for person, target, _item in told(database)} == {
        *((ids["owner"], "kk"), (ids["editor"], "en"), (ids["partner"], "ru"))
    }
    decision = f"/en/decisions/{latest_decision(database).public_id}"
    for name, status in (("owner", 200), ("partner", 200), ("analyst", 404), ("member", 404)):
        assert as_(name).get(decision).status_code == status, name
    assert decision in addresses_of(as_("editor").get("/en/manage"))
    assert as_("partner").post(f"{decision}/appeal", data={"text": "True."}).status_code == 303
    assert as_("owner").post(f"{decision}/appeal", data={"text": "Again."}).status_code == 409
    ruling = decision.replace("/decisions", "/moderation/decisions")
    for name, status in (("insider", 404), ("first", 409), ("second", 303)):
        answer = as_(name).post(f"{ruling}/answer", data={"answer": "grant"})
        assert answer.status_code == status, name
    assert client.get(path).status_code == 200
    assert [(e.act, e.item, e.reason) for e in stored(database, select(LogEntry))] == [
        ("hide", "initiative", "fraud"),
        ("appeal-granted", "initiative", "fraud"),
        ("restore", "initiative", "fraud"),
    ]
    assert "initiative" in words(client.get("/en/moderation-log"), "//main")
    with database.reading() as db:
        assert audit_log.first_fault(db) is None


def test_warnings_hide_nothing(client, as_, cast, database):
    assert decide(as_("first"), cast["key"], measure="warn").status_code == 303
    assert client.get(f"/en/initiatives/{cast['slug']}").status_code == 200
    assert len(told(database)) == 3
