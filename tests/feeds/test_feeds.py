"""Atom feeds: what two parsers read in them, what they keep back, and whom they send nothing."""

from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from portal.core import clock
from portal.domain.events import feed as events
from portal.domain.events.models import Status
from portal.domain.organizations.models import Organization
from portal.domain.publishing.feed_items import Narrowing
from portal.domain.publishing.publication import Visibility
from portal.domain.results import feed as results
from portal.i18n.locale import SWITCH
from portal.i18n.translated import Translated
from tests.factories import make_decision, make_event, make_host, make_organization, make_result
from tests.pages import page_of
from tests.published import OF_MEMBERS, OF_WRITERS, SECRET, publish_and_keep_back
from tests.queries import queries_of

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# One for each kind of item.
MAX_QUERIES = 5
# RFC 4287, appendix B, as far as the portal writes Atom.
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))


def read(answer):
    """The feed as both parsers read it; the schema holds."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    tree = etree.fromstring(answer.content)
    SCHEMA.assertValid(tree)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    ids = [each.text for each in tree.findall(f"{ATOM}entry/{ATOM}id")]
    assert ids == [entry.id for entry in parsed.entries]
    assert len(set(ids)) == len(ids)
    return parsed


def titles(answer):
    return [entry.title for entry in read(answer).entries]


@pytest.fixture
def programme(database):
    """Public events of two organisations, and some that only a few may know of."""
    with database.writing() as db:
        ours, theirs = make_organization(db, "ours"), make_organization(db, "theirs")
        hidden = make_event(db, theirs, title=Translated.of("kk", kk="Жасырылған"))
        make_decision(db, theirs, hidden, by=None)
        secret = {"title": Translated.of("kk", kk="Құпия")}
        make_event(db, ours, published=False, **secret)
        make_event(db, ours, visibility=Visibility.PRIVATE, **secret)
        for number in range(2):
            make_event(db, ours, title=Translated.of("kk", kk=f"Күй {number}"), tags=("music",))
        shared = make_event(db, theirs, title=Translated.of("kk", kk="Ортақ"), tags=("youth",))
        make_host(db, shared, ours)


@pytest.fixture(params=["little", "much"])
def looked_through(request, monkeypatch):
    """An organisation that holds a few events, by each of the two ways to find its newest."""
    if request.param == "much":
        monkeypatch.setattr(events, "LITTLE", 0)


def test_a_feed_is_valid_for_two_parsers_and_names_its_other_languages(client, programme):
    feed = read(client.get("/kk/feed.atom")).feed
    assert feed.language == "kk"
    links = {(link.rel, link.type, link.get("hreflang")): link.href for link in feed.links}
    assert links == {
        ("self", "application/atom+xml", None): "https://testserver/kk/feed.atom",
        ("alternate", "text/html", "kk"): "https://testserver/kk",
        **{
            ("alternate", "application/atom+xml", tag): f"https://testserver/{tag}/feed.atom"
            for tag in SWITCH
            if tag != "kk"
        },
    }


def test_an_empty_feed_is_valid_too(client):
    assert titles(client.get("/en/feed.atom")) == []


@pytest.mark.usefixtures("looked_through")
def test_feeds_tell_what_is_public_of_whom_they_are_about(client, programme):
    assert set(titles(client.get("/kk/feed.atom"))) == {"Күй 0", "Күй 1", "Ортақ"}
    assert set(titles(client.get("/kk/tags/music/feed.atom"))) == {"Күй 0", "Күй 1"}
    assert titles(client.get("/kk/tags/youth/feed.atom")) == ["Ортақ"]
    assert set(titles(client.get("/kk/organizations/ours/feed.atom"))) == {
        *("Күй 0", "Күй 1", "Ортақ")
    }
    assert titles(client.get("/kk/organizations/theirs/feed.atom")) == ["Ортақ"]


def test_feeds_of_nothing_are_not_found(client):
    for path in ("/en/tags/nothing/feed.atom", "/en/organizations/nobody/feed.atom"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("looked_through")
def test_a_result_is_news_once_its_event_is_over(client, database):
    with database.writing() as db:
        organization = make_organization(db, "ours")
        over = make_event(db, organization, starts_at=clock.now() - timedelta(days=1))
        make_result(db, over, happened=Translated.of("kk", kk="a < b & c"))
        slug = over.slug
    for path in ("/en/feed.atom", "/en/tags/music/feed.atom", "/en/organizations/ours/feed.atom"):
        told, event = read(client.get(path)).entries
        assert told.title == "What came of it: Dombyra evening"
        assert told.link == f"https://testserver/en/events/{slug}#result"
        assert event.link == f"https://testserver/en/events/{slug}"
        assert "<p>a &lt; b &amp; c</p>" in told.content[0].value
        assert told.published != event.published


def test_the_newest_are_the_same_whichever_way_they_are_found(database):
    with database.writing() as db:
        ours, theirs = make_organization(db), make_organization(db)
        for days in (3, 9, 1, 7):
            starts_at = clock.now() - timedelta(days=days)
            make_result(db, make_event(db, ours, starts_at=starts_at))
            joined = make_event(db, theirs, starts_at=starts_at - timedelta(hours=12))
            make_result(db, joined)
            make_host(db, joined, ours)
            make_event(db, theirs, starts_at=starts_at)
            make_event(db, ours, starts_at=clock.now() + timedelta(days=days))
        off = make_event(db, ours, starts_at=clock.now() - timedelta(days=2))
        make_result(db, off)
        off.status = Status.CANCELLED.value
        whose = ours.id
    with database.reading() as db:
        for kind, most in ((events, 5), (results, 5), (results, 20)):
            much, little = (
                [each.id for each in kind.newest(db, narrowing, clock.now(), most)]
                for narrowing in (
                    Narrowing(organization_id=whose),
                    Narrowing(organization_id=whose, hosts_few=True),
                )
            )
            assert much == little
            assert len(little) == min(most, 8)


def test_it_is_little_that_an_organisation_has_founded_and_joined(database, monkeypatch):
    monkeypatch.setattr(events, "LITTLE", 3)
    with database.writing() as db:
        ours, theirs = make_organization(db), make_organization(db)
        make_event(db, ours)
        make_host(db, make_event(db, theirs), ours)
        make_host(db, make_event(db, theirs), ours, accepted=False)
        ids = ours.id, theirs.id
    with database.reading() as db:
        assert [events.hosts_few(db, each) for each in ids] == [True, True]
    with database.writing() as db:
        ours, theirs = (db.get_one(Organization, each) for each in ids)
        make_host(db, make_event(db, theirs), ours)
    with database.reading() as db:
        assert [events.hosts_few(db, each) for each in ids] == [False, False]


def test_words_say_their_own_language_and_html_is_sanitised(client, database):
    with database.writing() as db:
        organization = make_organization(db)
        make_event(
            db,
            organization,
            title=Translated.of("kk", kk="Күй & <b>"),
            description=Translated.of(
                "kk",
                kk="<script>alert(1)</script>\n\n[Біз](/kk/events) [сыртта](https://a.example)",
            ),
        )
    answer = client.get("/en/feed.atom")
    (entry,) = read(answer).entries
    assert entry.title == "Күй & <b>"
    root = etree.fromstring(answer.content)
    assert root.find(f"{ATOM}entry").get(XML_LANG) == "kk"
    content = root.find(f"{ATOM}entry/{ATOM}content")
    assert (content.get("type"), content.get(XML_LANG)) == ("html", "kk")
    assert "<script" not in content.text
    assert 'href="https://testserver/kk/events"' in content.text
    assert 'href="https://a.example"' in content.text


def test_what_unverified_organisations_write_leads_nowhere(client, database):
    with database.writing() as db:
        organization = make_organization(db, "unknown", verified=False)
        make_event(
            db,
            organization,
            title=Translated.of("kk", kk="Кір: evil.example"),
            description=Translated.of("kk", kk="[мұнда](https://evil.example)"),
        )
    answer = client.get("/kk/organizations/unknown/feed.atom")
    (entry,) = read(answer).entries
    assert "evil.example" not in entry.title
    assert "href" not in entry.content[0].value
    assert "мұнда" in entry.content[0].value


def test_a_change_of_the_texts_is_an_update_of_the_same_entry(client, database):
    from portal.domain.events.actions import details_of
    from portal.domain.events.models import Event
    from portal.domain.events.queries import with_join_links
    from portal.domain.registrations.event_changes import change_event

    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug
    (before,) = read(client.get("/ru/feed.atom")).entries
    with database.writing() as db:
        event = db.query(Event).filter_by(slug=slug).one()
        db.refresh(event, ["tags", "languages", "join_links"])
        details = details_of(with_join_links(db, event))
        changed = details.__class__(
            **{**details.__dict__, "title": Translated.of("ru", ru="Иначе")}
        )
        change_event(db, event, changed, event.revision, clock.now() + timedelta(minutes=1))
    (after,) = read(client.get("/ru/feed.atom")).entries
    assert after.title == "Иначе"
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


def test_whoever_has_the_feed_is_not_sent_it_again(client, database, programme):
    first = client.get("/en/feed.atom")
    assert first.headers["cache-control"] == "public, no-cache"
    again = client.get("/en/feed.atom", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    with database.writing() as db:
        make_event(db, make_organization(db))
    fresh = client.get("/en/feed.atom", headers={"if-none-match": first.headers["etag"]})
    assert fresh.status_code == 200


def test_pages_name_their_feeds(client, database, programme):
    publish_and_keep_back(database)
    for page, feed in (
        ("/en", "/en/feed.atom"),
        ("/en/tags/music", "/en/tags/music/feed.atom"),
        ("/en/organizations/ours", "/en/organizations/ours/feed.atom"),
        ("/en/authors/aqku", "/en/authors/aqku/feed.atom"),
    ):
        found = page_of(client.get(page)).xpath("//link[@type='application/atom+xml']/@href")
        assert found == [feed]
        assert client.get(feed).status_code == 200


@pytest.mark.usefixtures("looked_through")
def test_stories_and_initiatives_are_news_and_what_is_kept_back_is_not(client, database):
    publish_and_keep_back(database)
    told = "Бұдан не шықты: Аяқталған"
    expected = {
        "/kk/feed.atom": {*OF_WRITERS, *OF_MEMBERS, told},
        "/kk/tags/music/feed.atom": {*OF_WRITERS, *OF_MEMBERS, told},
        "/kk/organizations/writers/feed.atom": {*OF_WRITERS, told},
        "/kk/organizations/gone/feed.atom": set(),
        "/kk/authors/aqku/feed.atom": set(OF_MEMBERS),
    }
    for path, found in expected.items():
        answer = client.get(path)
        assert set(titles(answer)) == found, path
        assert SECRET not in answer.text
        for entry in read(answer).entries:
            target, _hash, anchor = entry.link.removeprefix("https://testserver").partition("#")
            page = client.get(target)
            assert page.status_code == 200
            assert not anchor or page_of(page).xpath(f"//*[@id='{anchor}']"), entry.link
    (own,) = read(client.get("/ru/authors/aqku/feed.atom")).entries
    assert own.title == OF_MEMBERS[0]
    assert [author.name for author in own.authors] == ["Ақку"]
    assert own.summary == "Қалай ат таптық."
    assert client.get("/kk/authors/nobody/feed.atom").status_code == 404


def test_a_topic_has_stories_initiatives_and_results_of_both(client, database):
    publish_and_keep_back(database)
    answer = client.get("/kk/tags/music")
    assert SECRET not in answer.text

    def under(section):
        return page_of(answer).xpath(f"//section[@aria-labelledby='{section}']//h3/a/text()")

    assert under("story") == [*OF_MEMBERS, OF_WRITERS[2]]
    assert under("initiative") == [OF_WRITERS[1], OF_WRITERS[0]]
    assert under("result") == [OF_WRITERS[1]]


def test_a_feed_costs_the_same_whatever_it_holds(client, database):
    costs = set()
    for number in range(3):
        with database.writing() as db:
            make_event(db, make_organization(db), tags=("music",))
        if number == 1:
            continue
        client.get("/en/about")  # the first page after a change also learns the settings
        with queries_of(database) as asked:
            titles(client.get("/en/tags/music/feed.atom"))
        costs.add(len(asked))
    assert len(costs) == 1
    assert costs.pop() <= MAX_QUERIES


def test_a_topic_has_everything_under_it_and_nothing_else(client, programme):
    page = page_of(client.get("/kk/tags/music"))
    shown = page.xpath("//main//h3/a/text()")
    assert sorted(shown) == ["Күй 0", "Күй 1"]
    assert client.get("/kk/tags/nothing").status_code == 404


def test_a_topic_shows_results_and_past_events(client, database):
    with database.writing() as db:
        over = make_event(db, make_organization(db), starts_at=clock.now() - timedelta(days=1))
        make_result(db, over)
    page = page_of(client.get("/en/tags/music"))
    assert page.xpath("//section[@aria-labelledby='result']//h3/a/text()") == ["Dombyra evening"]
    assert page.xpath("//section[@aria-labelledby='past']//h3/a/text()") == ["Dombyra evening"]
