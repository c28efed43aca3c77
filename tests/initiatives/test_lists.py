"""Lists of initiatives: narrowed, in order, and asked for in few questions."""

import pytest
from sqlalchemy import select

from portal.domain.initiatives.models import Initiative, Stage
from portal.domain.organizations.queries import organization_named
from portal.i18n.translated import Translated
from tests.factories import (
    make_initiative,
    make_initiative_host,
    make_organization,
)
from tests.pages import words
from tests.queries import queries_of

pytestmark = pytest.mark.both_engines


def test_lists_are_narrowed_by_stage_country_topic_and_organisation(client, slug, database):
    with database.writing() as db:
        make_initiative(
            db,
            make_organization(db, "theirs"),
            title=Translated.of("kk", kk="Өзге"),
            stage=Stage.PLANNED,
            countries=("TR",),
            tags=("music",),
        )
        make_initiative(
            db,
            organization_named(db, "ours"),
            published=False,
            title=Translated.of("kk", kk="Қара"),
        )
        make_initiative(db, make_organization(db), title=Translated.of("kk", kk="Соңғы"))
    everything = words(client.get("/en/initiatives"), "//ul[@class='initiatives']")
    assert everything.index("Соңғы") < everything.index("Ана тілі") < everything.index("Өзге")
    assert "Қара" not in everything
    for query in ("stage=running", "country=DE", "tag=language", "organization=ours"):
        found = words(client.get(f"/en/initiatives?{query}"), "//ul[@class='initiatives']")
        assert "Ана тілі" in found, query
        assert "Өзге" not in found, query
    assert "No initiative fits" in words(client.get("/en/initiatives?country=KR"))
    for query in ("stage=asleep", "tag=nothing", "country=ZZ", "organization=nobody", "page=0"):
        assert client.get(f"/en/initiatives?{query}").status_code == 404


def test_who_is_only_asked_to_hold_it_is_not_said_to_hold_it(client, slug, database):
    with database.writing() as db:
        initiative = db.scalars(select(Initiative).where(Initiative.slug == slug)).one()
        for name, accepted in (("asked", False), ("joined", True)):
            make_initiative_host(db, initiative, make_organization(db, name), accepted=accepted)
    for path in ("/en/initiatives?organization={}", "/en/organizations/{}"):
        assert "Ана тілі" in words(client.get(path.format("joined"))), path
        assert "Ана тілі" not in words(client.get(path.format("asked"))), path


def test_a_topic_has_its_own_initiatives_alone(client, slug, database):
    with database.writing() as db:
        title = Translated.of("kk", kk="Өзге")
        make_initiative(db, make_organization(db), title=title, tags=("music",))
    for topic, there, elsewhere in (
        ("music", "Өзге", "Ана тілі"),
        ("language", "Ана тілі", "Өзге"),
    ):
        for path in (f"/kk/tags/{topic}", f"/kk/tags/{topic}/feed.atom"):
            shown = client.get(path).text
            assert (there in shown, elsewhere in shown) == (True, False), path


def test_its_people_find_the_latest_first(database, browser, slug):
    with database.writing() as db:
        for name in ("Екінші", "Үшінші"):
            title = Translated.of("kk", kk=name)
            make_initiative(db, organization_named(db, "ours"), published=False, title=title)
    shown = words(browser.get("/en/manage"))
    assert shown.index("Үшінші") < shown.index("Екінші") < shown.index("Ана тілі")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_much_for_one_as_for_three(client, database, count):
    with database.writing() as db:
        ours = make_organization(db)
        for _each in range(count):
            make_initiative(db, ours)
    client.get("/en/privacy")  # the first page after a change also learns the settings
    with queries_of(database) as queries:
        client.get("/en/initiatives")
    assert len(queries) == 2, queries
