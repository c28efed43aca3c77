"""Where readers find what came of events: lists, pages of results, an organisation's share."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Status
from portal.domain.events.queries import managed_event
from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.publication import Hiding, Visibility
from portal.domain.registrations.event_changes import change_event
from portal.domain.results.models import Result
from portal.domain.results.rules import MAX_COUNTED
from tests.factories import make_details, make_event, make_host, make_organization, make_result
from tests.pages import page_of, words
from tests.published import SECRET, publish_and_keep_back
from tests.queries import queries_of, reads_of
from tests.results.result_forms import event_of, tell


def test_lists_mark_what_has_a_result_and_lead_to_all_of_them(browser, client, past):
    told, untold = past(), past(4)
    tell(browser, told)
    assert "/en/results" in page_of(client.get("/en")).xpath("//main//a/@href")
    for path in ("/en/events?when=past", "/en/organizations/ours"):
        page = page_of(client.get(path))
        marked = page.xpath("//article[.//*[normalize-space()='Result published']]//h3/a/@href")
        marked += page.xpath("//article[.//*[normalize-space()='Result published']]//h2/a/@href")
        assert marked == [f"/en/events/{told}"], path
        assert f"/en/events/{untold}" in page.xpath("//main//a/@href")
        if path != "/en/organizations/ours":
            assert "/en/results" in page.xpath("//main//a/@href")
    assert "/en/results" not in page_of(client.get("/en/events")).xpath("//main//a/@href")


def test_the_list_of_results_shows_what_was_told_last_first_in_pages(client, database, past):
    slugs = [past(days) for days in range(1, 13)]
    with database.writing() as db:
        for number, slug in enumerate(slugs):
            make_result(db, event_of(db, slug))
            stored = db.get_one(Result, ("event", event_of(db, slug).id))
            stored.published_at = clock.now() - timedelta(hours=number)
    first = client.get("/en/results")
    assert page_of(first).xpath("//article/h2/a/@href") == [f"/en/events/{s}" for s in slugs[:10]]
    assert page_of(first).xpath("//meta[@name='robots']") == []
    assert page_of(first).xpath("//a[@rel='next']/@href") == ["/en/results?page=2"]
    rest = page_of(client.get("/en/results?page=2"))
    assert rest.xpath("//article/h2/a/@href") == [f"/en/events/{s}" for s in slugs[10:]]
    assert rest.xpath("//link[@rel='canonical']/@href") == ["https://testserver/en/results?page=2"]
    assert client.get("/en/results?page=0").status_code == 404


def test_closing_reports_of_initiatives_stand_among_results_and_hidden_ones_do_not(
    client, database, past
):
    publish_and_keep_back(database)
    slug = past()
    with database.writing() as db:
        make_result(db, event_of(db, slug))
    answer = client.get("/en/results")
    links = page_of(answer).xpath("//article/h2/a/@href")
    assert links == [f"/en/events/{slug}", "/en/initiatives/ayaqtalgan"]
    assert SECRET not in answer.text
    report = page_of(answer).xpath("//article")[1]
    assert "Finished initiative" in report.text_content()
    assert "Бәрі болды." in report.text_content()


def test_what_is_hidden_private_or_moved_takes_its_result_along(browser, client, database, past):
    slugs = {name: past() for name in ("hidden", "private", "moved", "seen")}
    for name, slug in slugs.items():
        tell(browser, slug, happened_kk=f"Құпия {name}.")
    with database.writing() as db:
        event_of(db, slugs["hidden"]).hide(Hiding.DECISION)
        event_of(db, slugs["private"]).visibility = Visibility.PRIVATE.value
        later = make_details(starts_at=clock.now() + timedelta(days=2))
        editor = browser_editor(db)
        moved = managed_event(db, editor, slugs["moved"])
        change_event(db, moved, later, moved.revision, clock.now())
    pages = ("/en/results", "/en/events?when=past", "/en", "/en/organizations/ours")
    for path in pages:
        page = client.get(path).text
        assert not any(f"Құпия {name}" in page for name in ("hidden", "private", "moved")), path
    assert "Құпия seen" in client.get("/en/results").text
    assert "1 of 1 past event" in words(client.get("/en/organizations/ours"))
    assert [client.get(f"/en/events/{slugs[n]}").status_code for n in slugs] == [404, 404, 200, 200]
    assert "Құпия" not in client.get(f"/en/events/{slugs['moved']}").text
    # Its own people still read what they wrote, and moderators can bring it back.
    assert "Құпия hidden" in browser.get(f"/en/events/{slugs['hidden']}").text
    with database.writing() as db:
        event_of(db, slugs["hidden"]).restore()
    assert "Құпия hidden" in client.get("/en/results").text


def browser_editor(db):
    """The editor of ours."""
    from portal.domain.accounts.people.models import Person
    from portal.domain.organizations.models import Membership

    return db.scalars(select(Person).join(Membership)).first()


def test_an_organisation_says_the_share_of_its_past_events_that_have_results(
    browser, client, database, past
):
    path = "/en/organizations/ours"
    past(-3)  # to come
    past(3, visibility=Visibility.PRIVATE)
    past(3 * 365)
    assert "of the last two years" not in words(client.get(path))
    told, _untold, called_off = past(), past(5), past(6)
    with database.writing() as db:
        event_of(db, called_off).status = Status.CANCELLED.value
        partner = make_organization(db, "partner")
        joined, asked = (
            make_event(db, partner, starts_at=clock.now() - timedelta(days=9)) for _n in range(2)
        )
        ours = organization_named(db, "ours")
        make_host(db, joined, ours)
        make_host(db, asked, ours, accepted=False)
        make_result(db, joined)
        make_result(db, asked)
    tell(browser, told)
    said = "2 of 3 past events of the last two years have published results."
    assert said in words(client.get(path))
    assert "2 of 2 past events" in words(client.get("/en/organizations/partner"))


@pytest.mark.both_engines
def test_of_very_many_past_events_the_latest_are_counted(client, database):
    """And only they are read, through the organisation's own index."""
    with database.writing() as db:
        ours = make_organization(db, "ours")
        begun = clock.now() - timedelta(days=400)
        made = [
            make_event(db, ours, starts_at=begun + timedelta(days=n))
            for n in range(MAX_COUNTED + 1)
        ]
        make_result(db, made[0])  # the oldest, and one too many
        make_result(db, made[-1])
        partner = make_organization(db, "partner")
        joined = make_event(db, partner, starts_at=clock.now() - timedelta(days=3))
        make_host(db, joined, ours)
        make_result(db, joined)
        make_event(db, ours)  # to come
    with queries_of(database) as sent:
        said = words(client.get("/en/organizations/ours"))
    assert f"Of the last {MAX_COUNTED} past events, 2 have published results." in said
    (about,) = (statement for statement in sent if "count(results.item_id)" in statement)
    assert about.count("LIMIT") == 3
    if database.is_sqlite:
        read = reads_of(database, [about], "events")
        assert any("ix_events_of_organization" in step for step in read)
        assert not any("ix_events_listed" in step or "SCAN" in step for step in read)


def test_results_cost_pages_and_lists_no_further_question(client, database, past, slug):
    counts = []
    for told in (slug, past(), past()):
        client.get("/en/privacy")  # the first page after a change also learns the settings
        seen = []
        for path in ("/en", "/en/events?when=past", f"/en/events/{slug}", "/en/results"):
            with queries_of(database) as sent:
                assert client.get(path).status_code == 200
            seen.append(len(sent))
        # The list names what was told first, and asks for each kind of it then.
        assert seen.pop() <= 2
        counts.append(seen)
        with database.writing() as db:
            make_result(db, event_of(db, told))
    assert counts[0] == counts[1] == counts[2] == [2, 1, 1]
    with database.reading() as db:
        assert len(db.scalars(select(Result)).all()) == 3
