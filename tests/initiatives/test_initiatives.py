"""An initiative is written, held together by its hosts, and says who stands behind it."""

from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.revisions.models import Revision
from portal.i18n.translated import Translated
from tests.factories import (
    make_initiative,
    make_initiative_host,
    make_organization,
    make_person,
    sign_up_guest,
)
from tests.forms import initiative_fields
from tests.initiatives.initiatives import initiative_of, put_on_line
from tests.pages import errors_of, page_of, value_of, words

PURPOSE = "Балалар үйде қазақша сөйлейді."


def test_a_title_is_enough_to_begin_and_nobody_else_sees_it_before_it_is_published(
    browser, client, database
):
    new = "/en/manage/ours/initiatives/new"
    assert "New initiative" in words(browser.get(new))
    begun = browser.post(
        "/en/manage/ours/initiatives", data={"original": "kk", "title": "Ана тілі"}
    )
    assert begun.headers["location"] == "/en/manage/initiatives/ana-tili/edit"
    assert value_of(browser.get(begun.headers["location"]), "title_kk") == "Ана тілі"
    saved = browser.post("/en/manage/initiatives/ana-tili", data=initiative_fields())
    assert saved.headers["location"] == "/en/manage/initiatives/ana-tili/preview"
    preview = browser.get(saved.headers["location"])
    assert "This is a preview" in words(preview)
    assert PURPOSE in words(preview)
    assert client.get("/en/initiatives/ana-tili").status_code == 404
    assert "Ана тілі" not in words(client.get("/en/initiatives"))
    browser.post("/en/manage/initiatives/ana-tili/publication")
    page = client.get("/en/initiatives/ana-tili")
    assert PURPOSE in words(page)
    assert "Germany" in words(page)
    assert "Nobody: it is the work of volunteers" in words(page)
    assert page_of(page).xpath("//time[@datetime='2025-03-21']")
    assert '"@type": "Project"' in page.text
    assert "Ана тілі" in words(client.get("/en/initiatives"))
    assert "Ана тілі" in words(client.get("/en/organizations/ours"))
    with database.reading() as db:
        (revision,) = db.scalars(select(Revision).where(Revision.item_kind == "initiative"))
        assert revision.facts["purpose"] == {"kk": PURPOSE}


def test_a_title_is_asked_for_and_what_was_typed_stays(browser):
    answer = browser.post("/en/manage/ours/initiatives", data={"original": "ru", "title": " "})
    assert answer.status_code == 422
    assert "Write a title" in errors_of(answer)["title"]
    assert value_of(answer, "original") == "ru"


def test_what_it_is_for_and_who_pays_must_be_said_before_anybody_reads_it(
    browser, client, database, editor
):
    with database.writing() as db:
        nothing = Translated.of("kk")
        ours = organization_named(db, "ours")
        draft = make_initiative(db, ours, published=False, purpose=nothing, funding=None).slug
    for expected, typed in (
        ("Say what it is for", {"funding": None}),
        ("Say who pays for it", {"funding": None, "title_kk": "Тіл"}),
    ):
        answer = browser.post(f"/en/manage/initiatives/{draft}/publication")
        assert answer.status_code == 409
        assert expected in words(answer)
        with database.reading() as db:
            revision = str(initiative_of(db, draft).revision)
        browser.post(
            f"/en/manage/initiatives/{draft}",
            data=initiative_fields(revision=revision, **typed),
        )
    assert client.get(f"/en/initiatives/{draft}").status_code == 404


def test_two_editors_at_once_are_told_and_lose_nothing(browser, slug, database):
    with database.reading() as db:
        revision = initiative_of(db, slug).revision
    first = initiative_fields(revision=str(revision), purpose_kk="Бірінші")
    assert browser.post(f"/en/manage/initiatives/{slug}", data=first).status_code == 303
    second = initiative_fields(revision=str(revision), purpose_kk="Екінші")
    answer = browser.post(f"/en/manage/initiatives/{slug}", data=second)
    assert answer.status_code == 422
    assert "Somebody else has saved" in answer.text
    assert value_of(answer, "purpose_kk") == "Екінші"
    assert value_of(answer, "revision") == str(revision + 1)


def test_changes_stand_in_its_history(browser, client, slug, database):
    with database.reading() as db:
        revision = initiative_of(db, slug).revision
    changed = initiative_fields(
        revision=str(revision), purpose_kk="Жаңа мақсат", countries=["DE", "TR"], since="2025-04-01"
    )
    browser.post(f"/en/manage/initiatives/{slug}", data=changed)
    browser.post(f"/en/manage/initiatives/{slug}/stage", data={"stage": "planned"})
    page = words(client.get(f"/en/initiatives/{slug}/history"))
    for word in ("Жаңа мақсат", "Türkiye", "Mongolia", "April 1, 2025", "Planned", "Running"):
        assert word in page or word == "April 1, 2025"
    assert "Changed" in words(client.get(f"/en/initiatives/{slug}"))


def test_numbers_are_told_where_five_people_stand_behind_them(client, slug, browser, database):
    big, small = put_on_line(database, slug, -10), put_on_line(database, slug, -8)
    with database.writing() as db:
        for event_slug, count in ((big, 7), (small, 4)):
            event = db.scalars(select(Event).where(Event.slug == event_slug)).one()
            for _guest in range(count):
                sign_up_guest(db, event).attended_at = event.starts_at
    page = words(client.get(f"/en/initiatives/{slug}"), "//section[@aria-labelledby='numbers']")
    assert "5 or more" in page
    report = words(browser.get(f"/en/initiatives/{slug}/report"), "//table")
    assert "7" in report
    assert "11" not in report
    assert "fewer than five" in report
    table = browser.get(f"/en/initiatives/{slug}/report.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    last = table.text.strip().splitlines()[-1]
    assert last.endswith(",7,7")
    assert client.get(f"/en/initiatives/{slug}/report").status_code == 303


def test_four_people_are_no_number_at_all(client, slug, database):
    past = put_on_line(database, slug, -10)
    with database.writing() as db:
        event = db.scalars(select(Event).where(Event.slug == past)).one()
        for _guest in range(4):
            sign_up_guest(db, event).attended_at = event.starts_at
    assert "In numbers" not in words(client.get(f"/en/initiatives/{slug}"))


def test_links_of_organisations_nobody_knows_are_words(client, database):
    with database.writing() as db:
        unknown = make_organization(db, verified=False)
        link = Translated.of("kk", kk="[Ақша](https://bad.example.org/) жинаймыз")
        slug = make_initiative(db, unknown, description=link).slug
    page = client.get(f"/en/initiatives/{slug}")
    assert "Ақша" in words(page)
    assert "bad.example.org" not in page.text


def set_suspended(database, slug, since):
    with database.writing() as db:
        organization_named(db, slug).suspended_at = since


def test_hosts_hold_it_together_once_they_have_accepted(
    browser, browser_of, slug, client, database
):
    with database.writing() as db:
        guest = make_person(db)
        make_organization(db, "theirs", editor=guest)
    hosts = f"/en/manage/initiatives/{slug}/hosts"
    for no_other in ("ours", "a\0b"):
        assert browser.post(hosts, data={"organization": no_other}).status_code == 422
    set_suspended(database, "theirs", clock.now())
    answer = browser.post(hosts, data={"organization": "theirs"})
    assert (answer.status_code, "This organisation is suspended" in words(answer)) == (422, True)
    set_suspended(database, "theirs", None)
    assert browser.post(hosts, data={"organization": "theirs"}).status_code == 303
    assert browser.post(hosts, data={"organization": "theirs"}).status_code == 422
    assert "Asked, not answered yet" in words(browser.get(hosts))
    organising = f"/en/manage/initiatives/{slug}"
    asked = browser_of(guest)
    assert asked.get(organising).status_code == 404
    assert "to hold an initiative with them" in words(asked.get("/en/manage"))
    assert browser.post(f"{hosts}/theirs/acceptance").status_code == 404
    for suspended in ("ours", "theirs"):
        set_suspended(database, suspended, clock.now())
        assert asked.post(f"{hosts}/theirs/acceptance").status_code == 409, suspended
        set_suspended(database, suspended, None)
    assert asked.post(f"{hosts}/theirs/acceptance").status_code == 303
    assert asked.get(organising).status_code == 200
    assert asked.post(hosts, data={"organization": "ours"}).status_code == 403
    assert "/en/organizations/theirs" in client.get(f"/en/initiatives/{slug}").text
    assert "Ана тілі" in words(client.get("/en/organizations/theirs"))
    assert asked.post(f"{hosts}/theirs/end").headers["location"] == "/en/manage"
    assert asked.get(organising).status_code == 404
    assert "/en/organizations/theirs" not in client.get(f"/en/initiatives/{slug}").text


def test_an_invitation_that_was_declined_opens_nothing(browser_of, slug, database):
    with database.writing() as db:
        guest = make_person(db)
        theirs = make_organization(db, "theirs", editor=guest)
        make_initiative_host(db, initiative_of(db, slug), theirs, accepted=False)
    asked = browser_of(guest)
    hosts = f"/en/manage/initiatives/{slug}/hosts"
    for verb in ("refusal", "acceptance"):
        assert asked.post(f"{hosts}/theirs/{verb}").status_code == 303
    assert asked.get(f"/en/manage/initiatives/{slug}").status_code == 404
