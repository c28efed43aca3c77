"""The sitemap leads to every public page in every language, and to nothing else."""

import pytest
from lxml import etree

from portal.core import clock
from portal.domain.publishing.publication import Visibility
from portal.domain.stories import author_pages
from portal.i18n.locale import SWITCH
from portal.web.feeds import sitemap
from tests.factories import (
    make_decision,
    make_event,
    make_organization,
    make_person,
    make_story,
)
from tests.pages import page_of
from tests.published import publish_and_keep_back

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
HERE = "https://testserver"


def addresses_in(answer):
    assert answer.status_code == 200
    return etree.fromstring(answer.content).xpath("//s:url/s:loc/text()", namespaces=NAMES)


@pytest.fixture
def programme(database):
    """Two public events of an organisation, and three that are nobody's business."""
    with database.writing() as db:
        ours = make_organization(db, "ours")
        hidden = make_event(db, ours)
        make_decision(db, ours, hidden, by=None)
        secret = [
            make_event(db, ours, published=False),
            make_event(db, ours, visibility=Visibility.PRIVATE),
            hidden,
        ]
        public = [make_event(db, ours) for _each in range(2)]
        return [each.slug for each in public], [each.slug for each in secret]


def test_every_page_of_the_sitemap_says_itself_that_it_may_be_found(client, programme):
    found = addresses_in(client.get("/sitemap.xml"))
    assert len(set(found)) == len(found)
    for address in found:
        answer = client.get(address.removeprefix(HERE))
        assert answer.status_code == 200, address
        page = page_of(answer)
        assert page.xpath("//link[@rel='canonical']/@href") == [address]
        assert page.xpath("//meta[@name='robots']") == []


def test_of_authors_it_names_those_who_have_told_something(client, database):
    with database.writing() as db:
        ours = make_organization(db, "ours")
        for name, signs_as in (("Айша", "Айша"), ("Бота", "Б. Б."), ("Гүл", None)):
            person = make_person(db)
            author_pages.introduce(db, person, name, clock.now())
            if signs_as:
                make_story(db, ours, person, byline=signs_as)
    found = addresses_in(client.get("/sitemap.xml"))
    assert [each for each in found if each.startswith(f"{HERE}/kk/authors/")] == [
        f"{HERE}/kk/authors/aisha"
    ]


def test_it_names_what_is_public_in_every_language_and_script_and_nothing_else(client, programme):
    public, secret = programme
    answer = client.get("/sitemap.xml")
    found = addresses_in(answer)
    for slug in public:
        assert {f"{HERE}/{tag}/events/{slug}" for tag in SWITCH} <= set(found)
    assert not [slug for slug in secret if f"/{slug}<" in answer.text]
    url = etree.fromstring(answer.content).xpath(
        f"//s:url[s:loc='{HERE}/ru/events/{public[0]}']", namespaces=NAMES
    )[0]
    assert url.xpath("x:link/@hreflang", namespaces=NAMES) == [*SWITCH]
    assert len(url.xpath("s:lastmod", namespaces=NAMES)) == 1


def test_stories_initiatives_and_authors_stand_in_it_and_what_is_kept_back_does_not(
    client, database
):
    before = set(addresses_in(client.get("/sitemap.xml")))
    publish_and_keep_back(database)
    found = set(addresses_in(client.get("/sitemap.xml"))) - before
    parts = sorted(address.removeprefix(f"{HERE}/kk/") for address in found if "/kk/" in address)
    assert [part.split("/")[0] for part in parts] == [
        *("authors", "initiatives", "initiatives", "organizations", "organizations"),
        *("stories", "stories"),
    ]
    assert len(found) == len(SWITCH) * len(parts)
    for part in parts:
        page = page_of(client.get(f"/kk/{part}"))
        assert page.xpath("//link[@rel='canonical']/@href") == [f"{HERE}/kk/{part}"]
        assert page.xpath("//meta[@name='robots']") == []


def test_many_addresses_stand_in_several_files_each_once(client, programme, monkeypatch):
    whole = addresses_in(client.get("/sitemap.xml"))
    monkeypatch.setattr(sitemap, "MAX_ITEMS", 4)
    # Another address, since the first is kept.
    index = etree.fromstring(client.get("/sitemap.xml?in=parts").content)
    parts = index.xpath("//s:sitemap/s:loc/text()", namespaces=NAMES)
    assert len(parts) == -(-len(whole) // (4 * len(SWITCH)))
    together = [each for part in parts for each in addresses_in(client.get(part))]
    assert together == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    for number in ("0", "-1", "x", "9" * 30):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_whoever_has_the_sitemap_is_not_sent_it_again(client, programme):
    etag = client.get("/sitemap.xml").headers["etag"]
    again = client.get("/sitemap.xml", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_robots_are_told_where_the_sitemap_is_and_what_is_private(client):
    text = client.get("/robots.txt").text
    assert f"\nSitemap: {HERE}/sitemap.xml\n" in text
    for private in ("passes", "manage", "administration", "sign-in", "moderation"):
        assert f"Disallow: /*/{private}/\n" in text
    # The public log's address begins like the moderators' pages.
    assert "moderation-log" not in text
    assert "Disallow: /*/moderation\n" not in text
