"""Every page of 0.1 is still found at the address it had."""

from urllib.parse import unquote

from portal.app import declarations, paths_of
from portal.core import clock
from portal.domain.privacy import actions as privacy
from portal.web.http.moved import moved_to
from tests.architecture.route_cases import TRIES
from tests.architecture.test_routes import RIGHTS
from tests.architecture.world import World
from tests.factories import make_person

# The pages of 0.1 that have another address today, below the language.
OLD = """
organizing
organizing/events/{slug}
organizing/events/{slug}/answers.{form}
organizing/events/{slug}/door
organizing/events/{slug}/edit
organizing/events/{slug}/hosts
organizing/events/{slug}/hosts/{organization}
organizing/events/{slug}/participants
organizing/events/{slug}/preview
organizing/events/{slug}/result
organizing/events/{slug}/results
organizing/images/{kind}/{slug}
organizing/images/{kind}/{slug}/{key}
organizing/initiatives/{slug}
organizing/initiatives/{slug}/closing
organizing/initiatives/{slug}/edit
organizing/initiatives/{slug}/hosts
organizing/initiatives/{slug}/preview
organizing/translations/{kind}/{slug}/{target}
organizing/translations/{kind}/{slug}/{target}/file.{form}
organizing/{organization}/edit
organizing/{organization}/errand
organizing/{organization}/events/new
organizing/{organization}/initiatives/new
organizing/{organization}/people
organizing/{organization}/translations
organizing/{organization}/verification
profile/ways
way-back
"""


def test_an_old_address_leads_to_the_page(app, database, browser_of):
    world = World.build(database, app.state.site.storage)
    with database.writing() as db:
        world.people["closed"] = make_person(db)
        privacy.close(db, world.people["closed"], clock.now())
    pages = paths_of([each for each in declarations() if each.method == "GET"])
    names = {path.replace("{language}", "en"): name for name, path in pages.items()}
    for old in OLD.split():
        new = unquote(moved_to(f"/en/{old}"))
        name = names[new]
        values = TRIES[name].values(world)
        visitors = [visitor for visitor, right in RIGHTS[name].items() if right == "ok"]
        browser = browser_of(world.people[visitors[0] if visitors else "closed"])
        answer = browser.get(f"/en/{old}?said=q%26a".format(**values))
        assert (answer.status_code, answer.headers["location"]) == (
            308,
            f"{new}?said=q%26a".format(**values),
        )
        assert browser.get(answer.headers["location"]).status_code == 200, old


def test_what_never_had_another_address_is_not_found(client):
    for path in (
        "/en/organizing-committee",
        "/organizing",
        "/xx/organizing",
        "/en/door",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post("/en/organizing").status_code == 404
    assert (
        client.head("/kk/organizing/events/a%3Fb").headers["location"] == "/kk/manage/events/a%3Fb"
    )
