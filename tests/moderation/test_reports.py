"""What anybody may report, and the queue in which moderators take reports on."""

from datetime import timedelta
from functools import partial

from sqlalchemy import func, select, update

from portal.core import clock
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import queries
from portal.domain.moderation.models import Measure, Progress, Report
from portal.domain.moderation.rules import CLAIM_LASTS, REPORT_RETENTION
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from tests.factories import make_decision, make_event, make_image, make_report, make_result
from tests.moderation.casework import acts, claim, decide, latest_decision, stored
from tests.pages import addresses_of, errors_of, page_of, value_of, words
from tests.registrations.races.rushing import all_at_once

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


def test_the_way_to_the_queue_is_shown_to_moderators_alone(as_, cast):
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


def test_a_long_queue_is_read_page_by_page(as_, cast, database, monkeypatch):
    monkeypatch.setattr("portal.domain.moderation.queries.PAGE_SIZE", 2)
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        keys = [make_report(db, organization).public_id for _report in range(4)]
    path, found = "/en/moderation?progress=open", []
    while path:
        page = page_of(as_("first").get(path))
        found.append(
            [row.rsplit("/", 1)[-1] for row in page.xpath("//ul[@class='stack']//a/@href")]
        )
        (path,) = page.xpath("//a[@rel='next']/@href") or [None]
    assert found == [[cast["key"], keys[0]], keys[1:3], keys[3:]]
    assert as_("first").get("/en/moderation?page=4").status_code == 404
    assert as_("first").get("/en/moderation?progress=closed&page=2").status_code == 404


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
    def act(name):
        try:
            with database.writing() as db:
                person = db.get_one(Person, cast["ids"][name])
                case = queries.case_for(db, person, cast["key"])
                moderation.claim(db, person, case, clock.now())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    outcomes = all_at_once([partial(act, name) for name in ("first", "second")])
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


# Keeping


def test_closed_reports_are_forgotten_and_open_ones_kept(as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        old, young = make_report(db, organization), make_report(db, organization)
        for report, days in ((old, REPORT_RETENTION.days), (young, REPORT_RETENTION.days - 1)):
            report.progress = Progress.CLOSED.value
            report.closed_at = clock.now() - timedelta(days=days)
    with database.writing() as db:
        assert moderation.forget_reports(db, clock.now()) == 1
    assert stored(database, select(func.count()).select_from(Report)) == [2]
