"""Initiatives as their editors write them: a title first, then what is asked for, then readers."""

from sqlalchemy import select

from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.revisions.models import Revision
from portal.i18n.translated import Translated
from tests.factories import (
    make_initiative,
)
from tests.forms import initiative_fields
from tests.initiatives.initiatives import initiative_of
from tests.pages import errors_of, page_of, value_of, words

PURPOSE = "Балалар үйде қазақша сөйлейді."


def test_a_title_is_enough_to_begin_and_nobody_else_sees_it_before_it_is_published(
    browser, client, database
):
    new = "/en/organizing/ours/initiatives/new"
    assert "New initiative" in words(browser.get(new))
    begun = browser.post(
        "/en/organizing/ours/initiatives", data={"original": "kk", "title": "Ана тілі"}
    )
    assert begun.headers["location"] == "/en/organizing/initiatives/ana-tili/edit"
    assert value_of(browser.get(begun.headers["location"]), "title_kk") == "Ана тілі"
    saved = browser.post("/en/organizing/initiatives/ana-tili", data=initiative_fields())
    assert saved.headers["location"] == "/en/organizing/initiatives/ana-tili/preview"
    preview = browser.get(saved.headers["location"])
    assert "This is a preview" in words(preview)
    assert PURPOSE in words(preview)
    assert client.get("/en/initiatives/ana-tili").status_code == 404
    assert "Ана тілі" not in words(client.get("/en/initiatives"))
    browser.post("/en/organizing/initiatives/ana-tili/publication")
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
    answer = browser.post("/en/organizing/ours/initiatives", data={"original": "ru", "title": " "})
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
        answer = browser.post(f"/en/organizing/initiatives/{draft}/publication")
        assert answer.status_code == 409
        assert expected in words(answer)
        with database.reading() as db:
            revision = str(initiative_of(db, draft).revision)
        browser.post(
            f"/en/organizing/initiatives/{draft}",
            data=initiative_fields(revision=revision, **typed),
        )
    assert client.get(f"/en/initiatives/{draft}").status_code == 404


def test_two_editors_at_once_are_told_and_lose_nothing(browser, slug, database):
    with database.reading() as db:
        revision = initiative_of(db, slug).revision
    first = initiative_fields(revision=str(revision), purpose_kk="Бірінші")
    assert browser.post(f"/en/organizing/initiatives/{slug}", data=first).status_code == 303
    second = initiative_fields(revision=str(revision), purpose_kk="Екінші")
    answer = browser.post(f"/en/organizing/initiatives/{slug}", data=second)
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
    browser.post(f"/en/organizing/initiatives/{slug}", data=changed)
    browser.post(f"/en/organizing/initiatives/{slug}/stage", data={"stage": "planned"})
    page = words(client.get(f"/en/initiatives/{slug}/history"))
    for word in ("Жаңа мақсат", "Türkiye", "Mongolia", "April 1, 2025", "Planned", "Running"):
        assert word in page or word == "April 1, 2025"
    assert "Changed" in words(client.get(f"/en/initiatives/{slug}"))
