"""The front page: what is on, what comes, what came of it, and where people are waited for."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from portal.web.home.routes import SOON
from tests.factories import make_event, make_organization, make_result, sign_up_guest
from tests.pages import page_of
from tests.published import OF_MEMBERS, OF_WRITERS, SECRET, publish_and_keep_back
from tests.queries import queries_of

pytestmark = pytest.mark.both_engines

MAX_QUERIES = 2


def titled(text):
    return Translated.of("en", en=text)


def titles_in(answer, section):
    return page_of(answer).xpath(f"//section[@aria-labelledby='{section}']//h3/a/text()")


def test_what_is_on_now_stands_apart_from_what_comes(client, database):
    now = clock.now()
    with database.writing() as db:
        organization = make_organization(db)
        make_event(db, organization, title=titled("On"), starts_at=now - timedelta(minutes=5))
        make_event(db, organization, title=titled("Next"), starts_at=now + timedelta(hours=5))
        make_event(db, organization, title=titled("Then"), starts_at=now + timedelta(days=2))
        secret = {"starts_at": now - timedelta(minutes=5), "title": titled("Secret")}
        make_event(db, organization, visibility=Visibility.PRIVATE, **secret)
    answer = client.get("/en")
    assert titles_in(answer, "now") == ["On"]
    assert page_of(answer).xpath("//h2[@id='next-title']/text()") == ["Next"]
    assert titles_in(answer, "soon") == ["Then"]
    assert "Secret" not in answer.text


def test_an_empty_portal_has_an_honest_front_page(client):
    page = page_of(client.get("/en"))
    assert page.xpath("//section[contains(@class, 'sect')]/@aria-labelledby") == ["soon"]


def test_results_are_told_on_the_front_page_and_hidden_ones_are_not(client, database):
    over = clock.now() - timedelta(days=1)
    with database.writing() as db:
        organization = make_organization(db)
        make_result(db, make_event(db, organization, title=titled("Told"), starts_at=over))
        secret = make_event(db, organization, title=titled("Secret"), starts_at=over)
        make_result(db, secret)
        secret.visibility = Visibility.PRIVATE.value
    assert titles_in(client.get("/en"), "result") == ["Told"]


def test_new_stories_initiatives_and_closing_reports_stand_there_and_nothing_kept_back(
    client, database
):
    publish_and_keep_back(database)
    answer = client.get("/kk")
    assert titles_in(answer, "initiative") == [OF_WRITERS[1], OF_WRITERS[0]]
    assert titles_in(answer, "result") == [OF_WRITERS[1]]
    assert titles_in(answer, "story") == [*OF_MEMBERS, OF_WRITERS[2]]
    first = page_of(answer).xpath("//section[@aria-labelledby='story']//li")[0]
    assert "Ақку" in first.xpath("string(p)")
    assert SECRET not in answer.text


def test_people_are_called_to_what_has_places_and_to_nothing_else(client, database):
    with database.writing() as db:
        organization = make_organization(db)
        for number in range(SOON + 1):
            starts_at = clock.now() + timedelta(days=1 + number)
            make_event(db, organization, title=titled(f"Soon {number}"), starts_at=starts_at)
        far = {"starts_at": clock.now() + timedelta(days=60)}
        full = make_event(db, organization, title=titled("Full"), capacity=1, **far)
        sign_up_guest(db, full)
        make_event(db, organization, title=titled("Without limit"), capacity=None, **far)
        make_event(db, organization, title=titled("Free"), capacity=9, **far)
    answer = client.get("/en")
    assert titles_in(answer, "calls") == ["Free"]
    assert "Places free" in page_of(answer).xpath("string(//section[@aria-labelledby='calls'])")


def test_the_front_page_asks_the_same_few_questions_whatever_there_is(app, client, database):
    for number in (1, 3):
        with database.writing() as db:
            over = make_event(db, make_organization(db), starts_at=clock.now() - timedelta(days=1))
            make_result(db, over)
            make_event(db, make_organization(db))
        client.get("/ru")  # the first page after a change also learns the settings
        app.state.site.fragments.forget()
        with queries_of(database) as asked:
            client.get("/en")
        assert len(asked) == MAX_QUERIES, number
